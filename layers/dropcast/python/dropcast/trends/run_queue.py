"""Queues a run as one message per list.

So a worker has its whole time for one list, and a failure affects only this list.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from dropcast import clock, ids
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.trends.collection_plan import planned_queries
from dropcast.trends.models import TrendQuery

_BATCH = 10
_LONGEST_DELAY_S = 900
_RUN_LASTS_S = 5 * 3600


@dataclass(frozen=True)
class Run:
    """A queued run. Requests are counted per run."""

    run_id: str
    queued: int


@dataclass(frozen=True)
class Task:
    """One list to collect in a run, not before `not_before` (seconds since the epoch; 0: now)."""

    run_id: str
    query: TrendQuery
    not_before: int = 0


def begin_run(run_id: str | None = None) -> Run:
    """Queue every planned list. `run_id`: the id of the run, if a request's Idempotency-Key has reserved an id.

    Raises RuntimeError if SQS refuses a message, so that the caller tries again.
    """
    run_id, lists = run_id or ids.new_id("run"), planned_queries()
    for start in range(0, len(lists), _BATCH):
        _send([Task(run_id, one) for one in lists[start : start + _BATCH]])
    return Run(run_id, len(lists))


def put_off(task: Task) -> None:
    """Queue the task again for its `not_before`. The delay is at most SQS's maximum."""
    delay_s = max(0, min(_LONGEST_DELAY_S, task.not_before - clock.now()))
    clients.client("sqs").send_message(
        QueueUrl=settings().trends_queue_url, MessageBody=_body(task), DelaySeconds=delay_s
    )


def later(task: Task, at: int | None) -> Task | None:
    """The task at a later time. None if `at` is None, or later than the next run."""
    if at is None or at > ids.made_at(task.run_id) + _RUN_LASTS_S:
        return None
    return replace(task, not_before=at)


def read(body: str) -> Task:
    """The task in a message."""
    told = json.loads(body)
    return Task(told["run_id"], TrendQuery(**told["wanted"]), told["not_before"])


def _send(tasks: Sequence[Task]) -> None:
    entries = [{"Id": str(number), "MessageBody": _body(task)} for number, task in enumerate(tasks)]
    answer: dict[str, Any] = clients.client("sqs").send_message_batch(
        QueueUrl=settings().trends_queue_url, Entries=entries
    )
    if refused := answer.get("Failed"):
        raise RuntimeError(f"SQS did not take {len(refused)} of {len(tasks)} lists")


def _body(task: Task) -> str:
    return json.dumps({"run_id": task.run_id, "wanted": asdict(task.query), "not_before": task.not_before})
