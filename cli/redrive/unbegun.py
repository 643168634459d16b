"""Finds due publishes whose executions never began, and starts these executions as the sweep does.

The sweep is the scheduled function that runs every minute.
"""

from collections.abc import Iterator
from dataclasses import replace

from cli.redrive.failure import Failure, Obstacle
from dropcast import clock
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING
from dropcast.publishing.outcome.sweep import AGAIN_S, process_row
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.publish_rows import UNSTARTED_SHARDS
from dropcast.publishing.store.unstarted_index import Overdue, overdue_pages

KIND = "unbegun"

# The sweep runs every minute and starts publishes that are a minute late.
_LATE_S = 180
_UNREADABLE = Obstacle(
    "row_unreadable",
    "This release cannot read the publish's row.",
    "Use the release that is deployed, and search the log of schedule-sweep for publish.not_swept.",
)
_REFUSED = Obstacle(
    "execution_refused",
    "AWS did not start the execution.",
    "Search the log of schedule-sweep for execution.not_started. The sweep tries again.",
)


def find() -> Iterator[Failure]:
    """The publishes that should have begun more than three minutes ago."""
    return (failure for _, failure in _found())


def put_back() -> Iterator[Failure]:
    """Start the executions of the publishes that `find` returns. A publish whose execution does not start has an
    obstacle.

    A publish that the sweep handles first is left out.
    """
    for overdue, failure in list(_found()):
        if failure.obstacle is not None:
            yield failure
            continue
        done = process_row(overdue)
        if done != "nothing":
            yield replace(failure, obstacle=_REFUSED if done == "failed" else None)


def _found() -> Iterator[tuple[Overdue, Failure]]:
    # The sweep postpones a row before it works on the row. So in the index even a row that always fails is never long
    # overdue.
    for shard in range(UNSTARTED_SHARDS):
        for page in overdue_pages(shard, clock.now() + AGAIN_S + 1):
            for overdue in page:
                if (failure := _failure(overdue)) is not None:
                    yield overdue, failure


def _failure(overdue: Overdue) -> Failure | None:
    name = overdue.publish_id
    failure = Failure(KIND, name, name, "its execution did not begin", overdue.at, "start its execution")
    try:
        publish = publish_store.get(name)
    except ValueError:
        return replace(failure, obstacle=_UNREADABLE)
    if publish is None or publish.state in RESTING:
        return None
    since = _should_begin_at(publish)
    return replace(failure, at=since) if since < clock.now() - _LATE_S else None


def _should_begin_at(publish: Publish) -> int:
    """When the execution should have begun: the latest of the due time, `not_before` and the last change."""
    return max(publish.due_at, publish.not_before or 0, publish.history[-1].at if publish.history else 0)
