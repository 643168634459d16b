"""Who tells what trends, in order of trust. After them comes the last list that one of them told."""

from dropcast.trends.shapes import Source
from dropcast.trends.sources import creative_center, discovery, ensembledata

SOURCES = (
    Source("discovery", discovery.can, discovery.ask),
    Source("creative_center", creative_center.can, creative_center.ask),
    Source("ensembledata", ensembledata.can, ensembledata.ask),
)
