"""The sweep: a row whose execution should have begun and did not is begun; at one that rests somebody looks again."""

from dataclasses import dataclass

from dropcast import clock
from dropcast.publishing import publish_store
from dropcast.publishing.beginning import begin_due
from dropcast.publishing.look_again import queue_look
from dropcast.publishing.publish_row import UNSTARTED_SHARDS

_OVERDUE_SECONDS = 60


@dataclass(frozen=True)
class Swept:
    """How many executions were asked for, and how many looks."""

    begun: int
    looks: int


def sweep() -> Swept:
    """Begin what was due more than a minute ago and never began, and have the others on the list looked at."""
    before = clock.now() - _OVERDUE_SECONDS
    overdue = [
        publish_id for shard in range(UNSTARTED_SHARDS) for publish_id in publish_store.unstarted_before(shard, before)
    ]
    at_rest = [publish_id for publish_id in overdue if not begin_due(publish_id)]
    for publish_id in at_rest:
        queue_look(publish_id)
    return Swept(len(overdue) - len(at_rest), len(at_rest))
