"""Runs the cells one after another, each with a separate country, and then checks the answers."""

import itertools
import time
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from local.stack_client import StackClient
from tests.alarm_metrics import own
from tests.trend_faults.cells import ROUTES, Cell
from tests.trend_faults.collecting import (
    WORKER,
    List,
    collect_counted,
    connect_sources,
    forget_queries,
    health,
    told,
)

ORDER = ("discovery", "creative_center", "ensembledata")
PUBLIC_VIDEOS = ("JP", "ID", "TH", "VN")
COUNTRIES = itertools.cycle(f"{first}{second}" for first in "QXZ" for second in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


@dataclass(frozen=True)
class Outcome:
    """The answers after a cell's fault. `complaints` is empty if the cell passed."""

    cell: Cell
    reason: str
    raw_status: str
    source: str
    stale: bool
    items: int
    counted: int
    complaints: tuple[str, ...]

    def row(self) -> str:
        """A line of the table."""
        holds = "yes" if not self.complaints else f"**no: {'; '.join(self.complaints)}**"
        then = f"{self.items} of {self.source or 'no source'}{', stale' if self.stale else ''}"
        cell = f"{self.cell.source} | {self.cell.kind} | {self.cell.wrong}"
        return f"| {cell} | {self.reason} | {self.raw_status} | {then} | {self.counted} | {holds} |"


HEAD = """| source | list | fault | reason | its own message | the caller gets | counted as failed | holds |
|---|---|---|---|---|---|---|---|"""


def run(cells: list[Cell], journey: StackClient) -> Iterator[Outcome]:
    """Yield each cell's outcome as it ends."""
    public = itertools.cycle(PUBLIC_VIDEOS)
    for cell in cells:
        of_public = cell.source == "creative_center" and cell.kind == "videos"
        country = next(public) if of_public else next(COUNTRIES)
        forget_queries(journey)  # there are more cells than countries with public videos
        wanted = List(cell.kind, country) if cell.kind != "keywords" else List(cell.kind, None, None)
        try:
            yield _run(cell, wanted, journey)
        except Exception as error:  # noqa: BLE001 - a cell that breaks is a row of the table, not the end of the run
            traceback.print_exc()
            yield Outcome(cell, "?", "", "", False, 0, 0, (f"{type(error).__name__}: {error}"[:200],))
        finally:
            heal(journey)


def heal(journey: StackClient) -> None:
    """Restore all sources."""
    journey.sandbox("DELETE", "/faults")
    journey.sandbox("PATCH", "/settings", json={"degraded": {}})


def _run(cell: Cell, wanted: List, journey: StackClient) -> Outcome:
    connect_sources(journey)
    collect_counted(journey, wanted)
    before = told(journey, wanted)
    time.sleep(1.1)  # two lists must be from different seconds
    _harm(cell, journey)
    emitted = collect_counted(journey, wanted)
    after, seen = told(journey, wanted), health(journey, cell.source)
    attempt = next((one for one in after["attempts"] if one["source"] == cell.source), None)
    outcome = Outcome(
        cell,
        attempt["reason"] if attempt else "",
        attempt["raw_status"] if attempt else "",
        after["source"] or "",
        after["stale"],
        len(after["items"]),
        int(sum(emitted.values(own("TrendSourceFailed", service=WORKER, source=cell.source)))),
        (),
    )
    judge = _complaints_of_odd if cell.then == "itself" else _complaints
    return Outcome(**{**vars(outcome), "complaints": tuple(judge(cell, outcome, before, after, seen))})


def _harm(cell: Cell, journey: StackClient) -> None:
    """Make this source fail as the cell says, and make the sources before it return empty lists."""
    earlier = ORDER[: ORDER.index(cell.source)]
    degraded = {ROUTES[source, cell.kind]: "empty" for source in earlier if (source, cell.kind) in ROUTES}
    if not cell.fault:
        degraded[cell.route] = cell.wrong
    journey.sandbox("PATCH", "/settings", json={"degraded": degraded})
    if cell.fault:
        journey.sandbox("POST", "/faults", json={"route": cell.route, "times": 9, **cell.fault})


def _complaints_of_odd(
    cell: Cell, outcome: Outcome, before: dict[str, Any], after: dict[str, Any], seen: dict[str, Any]
) -> Iterator[str]:
    if before["source"] != "discovery" or before["stale"] or not before["items"]:
        yield f"it had failed before: {before['source']}, {before['attempts']}"
    if (outcome.source, outcome.stale, outcome.reason) != (cell.source, False, ""):
        yield "it does not provide its list"
    if after["captured_at"] == before["captured_at"]:
        yield "the list is the previous one"
    if not outcome.items:
        yield "the list is empty"
    if outcome.counted:
        yield "counted as failed"
    if seen["state"] != "good":
        yield f"its health says {seen['state']}, {seen['reason']}"


def _complaints(
    cell: Cell, outcome: Outcome, before: dict[str, Any], after: dict[str, Any], seen: dict[str, Any]
) -> Iterator[str]:
    if before["source"] != "discovery" or before["stale"] or not before["items"]:
        yield f"it had failed before: {before['source']}, {before['attempts']}"
    if outcome.reason != cell.reason:
        yield f"not {cell.reason}"
    if cell.raw not in outcome.raw_status or not outcome.raw_status:
        yield f"its message lacks {cell.raw}"
    kept = cell.then == "kept"
    if (outcome.source, outcome.stale) != (before["source"] if kept else cell.then, kept):
        yield f"not {cell.then}"
    if not outcome.items:
        yield "the list is empty"
    if kept and (after["items"], after["captured_at"]) != (before["items"], before["captured_at"]):
        yield "the kept list changed"
    if outcome.counted != 1:
        yield "not counted once as failed"
    if (seen["state"], seen["reason"]) != ("failing", cell.reason):
        yield f"its health says {seen['state']}, {seen['reason']}"
