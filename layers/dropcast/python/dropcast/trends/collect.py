"""One list of trends, from the first source that tells it, in order of trust; where none does, the last one stays."""

from dataclasses import dataclass, replace
from functools import partial

from dropcast import clock
from dropcast.events.outbox import event_write
from dropcast.trends import health_store, history_store, snapshot_store
from dropcast.trends.moves import with_moves
from dropcast.trends.run_queue import Task
from dropcast.trends.shapes import Failed, Found, SourceName, Wanted
from dropcast.trends.snapshot_store import Snapshot
from dropcast.trends.sources import SOURCES
from dropcast.trends.spending_store import take_requests

# A list is held against the earliest one of this span: of about a day before, once there is one.
_COMPARED_S = 26 * 3600


@dataclass(frozen=True)
class Collected:
    """What came of it: the source that told the list, if one did, and those that did not, or not all of it.

    is_kept: the source was not asked, for it had told that before. again_at: when (seconds since the epoch) to try once
    more, where a source's turn had not come.
    """

    wanted: Wanted
    source: SourceName | None
    items: int
    attempts: tuple[Failed, ...]
    is_kept: bool = False

    @property
    def again_at(self) -> int | None:
        turns = [one.again_at for one in self.attempts if one.again_at is not None]
        return min(turns) if turns and self.source is None else None


def collect(task: Task) -> Collected:
    """Collect the list of `task`, counting the requests of its run."""
    wanted, attempts = task.wanted, list[Failed]()
    for source in SOURCES:
        if not source.can(wanted):
            continue
        match source.ask(wanted, partial(take_requests, task.run_id)):
            case Found() as told:
                found = replace(told, items=snapshot_store.fitting(told.items))
                attempts += [found.partly] if found.partly else []
                _keep(found, tuple(attempts), task)
                return Collected(wanted, found.source, len(found.items), tuple(attempts), found.is_kept)
            case Failed() as failed:
                health_store.note_failed(failed, wanted, clock.now())
                attempts.append(failed)
    snapshot_store.note_failure(wanted, attempts, clock.now())
    return Collected(wanted, None, 0, tuple(attempts))


def _keep(found: Found, attempts: tuple[Failed, ...], task: Task) -> None:
    """Store what was told, unless that is the list that is kept already."""
    now = clock.now()
    if found.is_kept and _is_latest(found, task.wanted):
        snapshot_store.note_still_good(task.wanted, attempts, now)
        return
    if not found.is_kept:
        _note_health(found, task.wanted)
    snapshot = _snapshot(found, attempts, task.wanted, now)
    history_store.append(snapshot, task.run_id)
    snapshot_store.keep(snapshot, event_write("trends.updated", _told(snapshot, task.run_id)))


def _is_latest(found: Found, wanted: Wanted) -> bool:
    """What a source told for another list may be told for this one too, and be new there."""
    kept = snapshot_store.latest(wanted)
    return kept is not None and (kept.source, kept.captured_at) == (found.source, found.captured_at)


def _note_health(found: Found, wanted: Wanted) -> None:
    health_store.note_good(found.source, found.captured_at)
    if found.partly:
        health_store.note_failed(found.partly, wanted, found.captured_at)


def _snapshot(found: Found, attempts: tuple[Failed, ...], wanted: Wanted, now: int) -> Snapshot:
    before = snapshot_store.earliest_since(wanted, found.source, found.captured_at - _COMPARED_S)
    return Snapshot(
        wanted=wanted,
        items=with_moves(found.items, found.curves, before, found.captured_at),
        source=found.source,
        captured_at=found.captured_at,
        total=found.total,
        attempts=attempts,
        attempted_at=now,
        good=True,
    )


def _told(snapshot: Snapshot, run_id: str) -> dict[str, object]:
    return {
        "run_id": run_id,
        "kind": snapshot.wanted.kind,
        "country": snapshot.wanted.country,
        "period_days": snapshot.wanted.period_days,
        "category": snapshot.wanted.category,
        "source": snapshot.source,
        "captured_at": clock.iso(snapshot.captured_at or 0),
        "items": len(snapshot.items),
    }
