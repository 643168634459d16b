"""The sweep: a row whose execution never began is begun."""

from dropcast import clock
from dropcast.publishing import publish_store
from dropcast.publishing.intake import begin_execution

_OVERDUE_SECONDS = 60


def sweep() -> int:
    """Begin what was stored more than a minute ago and never began. Returns how many executions were asked for."""
    before = clock.now() - _OVERDUE_SECONDS
    overdue = [
        publish_id
        for shard in range(publish_store.UNSTARTED_SHARDS)
        for publish_id in publish_store.unstarted_before(shard, before)
    ]
    return sum(begin_execution(publish_id) for publish_id in overdue)
