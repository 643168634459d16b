"""The sweep: a row whose execution should have begun and did not is begun."""

from dropcast import clock
from dropcast.publishing import publish_store
from dropcast.publishing.beginning import begin_due

_OVERDUE_SECONDS = 60


def sweep() -> int:
    """Begin what was due more than a minute ago and never began. Returns how many executions were asked for."""
    before = clock.now() - _OVERDUE_SECONDS
    overdue = [
        publish_id
        for shard in range(publish_store.UNSTARTED_SHARDS)
        for publish_id in publish_store.unstarted_before(shard, before)
    ]
    return sum(begin_due(publish_id) for publish_id in overdue)
