"""Who tells what trends, in order of trust. After them comes the last list that one of them told."""

from dropcast.trends import creative_center_source, discovery_source, ensembledata_source
from dropcast.trends.shapes import Source

SOURCES = (
    Source("discovery", discovery_source.can, discovery_source.ask),
    Source("creative_center", creative_center_source.can, creative_center_source.ask),
    Source("ensembledata", ensembledata_source.can, ensembledata_source.ask),
)
