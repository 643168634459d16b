"""The sweep: starts executions that did not start in time, and queues the rechecks that are due.

The sweep postpones each row before it works on the row. So a row that always fails does not block others, and after an
interrupted sweep a later sweep finds the row again.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from dropcast import clock
from dropcast.log import logger
from dropcast.publishing.execution.launch import launch_overdue
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING
from dropcast.publishing.outcome.recheck import queue_recheck
from dropcast.publishing.outcome.settle import recover
from dropcast.publishing.store.publish_rows import UNSTARTED_SHARDS
from dropcast.publishing.store.unstarted_index import Overdue, overdue_pages, put_off

AGAIN_S = 120
"""The seconds by which the sweep postpones a row. It postpones the row first, and then works on it."""

_OVERDUE_S = 60
_LEFT_S = 10

Done = Literal["begun", "look", "recovered", "failed", "nothing"]


@dataclass(frozen=True)
class Swept:
    """The counts of a sweep. `begun`: executions that it started. `looks`: rechecks that it queued.

    failed: rows that raised an error, and rows whose execution AWS refused to start.
    recovered: publishes whose execution had ended without bringing them to rest.
    """

    begun: int
    looks: int
    failed: int = 0
    recovered: int = 0


def sweep() -> Swept:
    """Work on the rows that were due more than a minute ago, until too little time is left."""
    done = Counter(process_row(overdue) for overdue in _overdue_rows(clock.now() - _OVERDUE_S))
    return Swept(done["begun"], done["look"], done["failed"], done["recovered"])


def _overdue_rows(before: int) -> Iterator[Overdue]:
    """The overdue rows, one page of each shard in turn. So no shard has to wait for the end of another."""
    shards = [overdue_pages(shard, before) for shard in range(UNSTARTED_SHARDS)]
    for pages in zip_longest(*shards, fillvalue=list[Overdue]()):
        for page in pages:
            for overdue in page:
                if clock.seconds_left() < _LEFT_S:
                    return
                yield overdue


def process_row(overdue: Overdue) -> Done:
    """Work on one row.

    An error is logged and not raised, so that a row that this release cannot read does not block other rows.
    """
    try:
        publish = put_off(overdue, clock.now() + AGAIN_S)
        return "nothing" if publish is None else _move_on(publish)
    except Exception:
        logger.exception("publish.not_swept", publish_id=overdue.publish_id)
        return "failed"


def _move_on(publish: Publish) -> Done:
    if publish.state in RESTING:
        queue_recheck(publish)
        return "look"
    if publish.due_at > clock.now():
        return "nothing"
    match launch_overdue(publish):
        case "running":
            return "begun"
        case "refused":
            return "failed"
        case over:
            recover(publish.publish_id, publish.execution, aborted=over == "aborted")
            return "recovered"
