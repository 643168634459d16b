"""Collects one list of trends from the most trusted source that has the list.

If no source has it, the last list stays.
"""

from dataclasses import dataclass
from functools import partial

from dropcast import clock
from dropcast.aws.clients import AWS_ERRORS
from dropcast.events.outbox.outbox import event_write
from dropcast.log import logger
from dropcast.trends import health_store, history_in_s3, snapshot_store
from dropcast.trends.models import Failed, Found, Source, SourceName, TrendQuery
from dropcast.trends.rank_changes import EarlierRanks, with_moves
from dropcast.trends.run_queue import Task
from dropcast.trends.sources import creative_center, discovery, ensembledata
from dropcast.trends.sources.failures import failed
from dropcast.trends.sources.request_and_unit_limits_store import take_requests

SOURCES = (
    Source("discovery", discovery.supports, discovery.fetch),
    Source("creative_center", creative_center.supports, creative_center.fetch),
    Source("ensembledata", ensembledata.supports, ensembledata.fetch),
)
"""The sources of trends in order of trust."""


@dataclass(frozen=True)
class Collected:
    """The result for `query`: the source that had the list, if any, the number of items, and the sources that failed
    completely or in part (`attempts`).

    is_kept: the source was not called again, because its last list is recent. again_at: when to try again (seconds
    since the epoch), if Dropcast may not call a source yet.
    """

    query: TrendQuery
    source: SourceName | None
    items: int
    attempts: tuple[Failed, ...]
    is_kept: bool = False

    @property
    def again_at(self) -> int | None:
        turns = [one.again_at for one in self.attempts if one.again_at is not None]
        return min(turns) if turns and self.source is None else None


def collect(task: Task) -> Collected:
    """Collect the list of `task`. The requests count against the run's limit."""
    query, attempts = task.query, list[Failed]()
    for source in SOURCES:
        if not source.supports(query):
            continue
        match _fetch(source, task):
            case Found() as found:
                attempts += [found.partly] if found.partly else []
                count = _keep(found, tuple(attempts), task)
                return Collected(query, found.source, count, tuple(attempts), found.is_kept)
            case Failed() as no:
                health_store.note_failed(no, query, clock.now())
                attempts.append(no)
    snapshot_store.note_failure(query, attempts, clock.now(), run_id=task.run_id)
    return Collected(query, None, 0, tuple(attempts))


def _fetch(source: Source, task: Task) -> Found | Failed:
    """Fetch the list from a source. An unexpected exception counts as a failure of this source only.

    Raises AWS's errors. SQS then delivers the message again.
    """
    try:
        return source.fetch(task.query, partial(take_requests, task.run_id))
    except AWS_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a server can send
        # The exception's message is left out, because it may quote the answer or an address with a token.
        logger.error("source.crashed", source=source.name, error=type(error).__name__, place=_code_place(error))
        return failed(source.name, "changed", f"{type(error).__name__} while its answer was read")


def _code_place(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}" if trace else ""


def _keep(found: Found, attempts: tuple[Failed, ...], task: Task) -> int:
    """Store the list, unless it is already stored. Returns its number of items."""
    now = clock.now()
    if found.is_kept and _is_latest(found, task.query):
        snapshot_store.note_still_good(task.query, attempts, now, run_id=task.run_id)
        return len(found.items)
    if not found.is_kept:
        _note_health(found, task.query)
    snapshot = _snapshot(found, attempts, task, now)
    history_in_s3.append(snapshot, task.run_id)
    snapshot_store.keep(snapshot, event_write("trends.updated", _event_data(snapshot, task.run_id)))
    return len(snapshot.items)


def _is_latest(found: Found, query: TrendQuery) -> bool:
    """Whether `found` is already the stored list of `query`.

    A source may return a list that it made for another query. That list can be new for this query.
    """
    kept = snapshot_store.latest(query)
    return kept is not None and (kept.source, kept.captured_at) == (found.source, found.captured_at)


def _note_health(found: Found, query: TrendQuery) -> None:
    health_store.note_good(found.source, found.captured_at)
    if found.partly:
        health_store.note_failed(found.partly, query, found.captured_at)


def _snapshot(found: Found, attempts: tuple[Failed, ...], task: Task, now: int) -> snapshot_store.Snapshot:
    before = _before(found, task.query)
    return snapshot_store.Snapshot(
        query=task.query,
        items=snapshot_store.fitting(with_moves(found.items, found.curves, before, found.captured_at)),
        source=found.source,
        captured_at=found.captured_at,
        total=found.total,
        attempts=attempts,
        attempted_at=now,
        good=True,
        told_in=task.run_id,
        made_of=found.made_of,
    )


def _before(found: Found, query: TrendQuery) -> EarlierRanks | None:
    """The ranks to compare the list with. None for a partial list."""
    if found.partly:
        return None
    return snapshot_store.about_a_day_before(query, found.source, found.made_of, found.captured_at)


def _event_data(snapshot: snapshot_store.Snapshot, run_id: str) -> dict[str, object]:
    return {
        "run_id": run_id,
        "kind": snapshot.query.kind,
        "country": snapshot.query.country,
        "period_days": snapshot.query.period_days,
        "category": snapshot.query.category,
        "source": snapshot.source,
        "captured_at": clock.iso(snapshot.captured_at or 0),
        "items": len(snapshot.items),
    }
