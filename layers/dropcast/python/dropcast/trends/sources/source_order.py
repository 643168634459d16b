"""The sources of trends in order of trust."""

from dropcast.trends.models import Source
from dropcast.trends.sources import creative_center, discovery, ensembledata

SOURCES = (
    Source("discovery", discovery.supports, discovery.fetch),
    Source("creative_center", creative_center.supports, creative_center.fetch),
    Source("ensembledata", ensembledata.supports, ensembledata.fetch),
)
