"""Who tells what trends, in order of trust. After them comes the last list that one of them told."""

from dropcast.trends import discovery_source
from dropcast.trends.shapes import Source

SOURCES = (Source("discovery", discovery_source.can, discovery_source.ask),)
