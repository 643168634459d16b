"""Runs cells and checks them on both sides: our API and our events, and the sandbox's journal."""

import time
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.e2e.road import wait_for
from tests.faults.case import CHUNK, CHUNKED, Case, connected
from tests.faults.cell import Cell
from tests.faults.cells import UNHARMED
from tests.faults.redriven import redrive
from tests.faults.stand import Stand

_LAST_CHUNK = CHUNKED - 5 * CHUNK
_INITS = ("video_init", "inbox_init", "content_init")
_RESTING = ("published", "failed", "cancelled", "in_inbox", "unknown")
_EVENT_S = 90
# The sandbox processes a file in two seconds.
_WORK_S = 10
_ENDED = ("PUBLISH_COMPLETE", "SEND_TO_USER_INBOX", "FAILED")


@dataclass(frozen=True)
class Outcome:
    """How a cell ended. `complaints` is empty if the cell passed. posts_after: the posts after its redrive, if any."""

    cell: Cell
    state: str
    code: str
    log_id: str
    posts: int
    inits: int
    sent_twice: int
    seconds: float
    complaints: tuple[str, ...]
    posts_after: int | None = None

    def row(self) -> str:
        """A line of the table."""
        end = f"{self.state} {self.code}".strip()
        log_id = "yes" if self.log_id else ""
        holds = "yes" if not self.complaints else f"**no: {'; '.join(self.complaints)}**"
        after = "" if self.posts_after is None else self.posts_after
        numbers = f"{self.posts} | {after} | {self.inits} | {self.sent_twice or ''} | {self.seconds:.0f}"
        return f"| {self.cell.step} | {self.cell.fault} | {end} | {log_id} | {numbers} | {holds} |"


HEAD = """| step | what goes wrong | end | log_id | posts | posts after redrive | inits | bytes sent again | s | holds |
|---|---|---|---|---|---|---|---|---|---|"""


def run(cells: list[Cell], stand: Stand, *, lanes: int) -> Iterator[Outcome]:
    """Yield each cell's outcome as it ends: `lanes` cells at a time, then one by one those that affect all accounts.

    First, `lanes` publishes run without a fault, so that no cell waits for cold starts.
    """
    shared = [cell for cell in cells if not cell.alone]
    with ThreadPoolExecutor(lanes) as threads:
        warm = list(threads.map(lambda _: run_cell(UNHARMED, stand), range(lanes)))
        yield from (outcome for outcome in warm if outcome.complaints)
        yield from threads.map(lambda cell: run_cell(cell, stand), shared)
    for cell in (cell for cell in cells if cell.alone):
        yield run_cell(cell, stand)


def run_cell(cell: Cell, stand: Stand) -> Outcome:
    """One cell, from a new account to its verdict."""
    try:
        return _run(cell, connected(stand.journey, stand.videos, stand.aws, cell.what), stand)
    except Exception as error:  # noqa: BLE001 - a cell that breaks is a row of the table, not the end of the run
        traceback.print_exc()
        words = " ".join(str(error).split())[:200]
        return Outcome(cell, "?", "", "", 0, 0, 0, 0, (f"{type(error).__name__}: {words}",))


def _run(cell: Cell, case: Case, stand: Stand) -> Outcome:
    cell.injury(case)
    began = time.monotonic()
    case.begin()
    for do in case.later:
        do()
    try:
        shown = case.until_rest(max(cell.within - (time.monotonic() - began), 1))
    except TimeoutError:
        shown = case.journey.show(case.publish_id)
    seconds = time.monotonic() - began
    if cell.redriven:
        _await_tiktok(case)
    outcome = _outcome(cell, case, shown, seconds)
    if cell.redriven:
        redrive(case)
        shown = case.until_rest(cell.within)
        outcome = _after_redrive(outcome, _outcome(cell, case, shown, seconds))
    complaints = (*_complaints(cell, outcome, shown), *_event_complaints(stand, shown), *case.untouched())
    return Outcome(**{**vars(outcome), "complaints": complaints})


def _outcome(cell: Cell, case: Case, shown: dict[str, Any], seconds: float) -> Outcome:
    error = shown["error"] or {}
    begun = _begun(case, shown)
    return Outcome(
        cell,
        shown["state"],
        error.get("code", ""),
        error.get("log_id") or "",
        sum(1 for one in begun if one["status"] == "PUBLISH_COMPLETE"),
        sum(len(case.asked(route)) for route in _INITS),
        _sent_again(case, begun),
        seconds,
        (),
    )


def _after_redrive(before: Outcome, after: Outcome) -> Outcome:
    """The end after the redrive, with the number of posts before and after it."""
    return Outcome(**{**vars(after), "posts": before.posts, "posts_after": after.posts})


def _begun(case: Case, shown: dict[str, Any]) -> list[dict[str, Any]]:
    """The publishes that TikTok's inits created.

    After an early webhook a publish ends while TikTok still processes the file.
    """
    deadline = time.monotonic() + _WORK_S
    while (begun := case.all_begun()) and shown["state"] == "published" and time.monotonic() < deadline:
        if any(one["status"] == "PUBLISH_COMPLETE" for one in begun):
            break
        time.sleep(0.2)
    return begun


def _await_tiktok(case: Case) -> None:
    """Wait until TikTok has finished what its inits created, as far as possible.

    A pull continues after its publish is unknown. A post that appears after a redrive then comes from the redrive.
    """
    deadline = time.monotonic() + _WORK_S
    while any(one["status"] not in _ENDED for one in case.all_begun()) and time.monotonic() < deadline:
        time.sleep(0.2)


def _sent_again(case: Case, begun: list[dict[str, Any]]) -> int:
    """Bytes that TikTok's upload host received but did not keep, because they were sent twice or refused."""
    kept = sum(one["received_bytes"] for one in begun if one["declared_size"])
    return sum(entry["bytes_received"] for entry in case.asked("upload")) - kept


def _complaints(cell: Cell, outcome: Outcome, shown: dict[str, Any]) -> Iterator[str]:
    if f"{outcome.state} {outcome.code}".strip() != cell.end:
        yield f"not {cell.end} but {outcome.state} {outcome.code} ({' > '.join(_told(shown))})"
    if outcome.posts > 1 or (outcome.posts == 0 and outcome.state == "published"):
        yield f"{outcome.posts} posts"
    if outcome.posts_after is not None and outcome.posts_after != outcome.posts:
        yield f"{outcome.posts_after} posts after the redrive"
    if outcome.posts and outcome.state in ("failed", "cancelled"):
        yield "posted, and called failed"
    if outcome.inits > cell.inits:
        yield f"{outcome.inits} inits"
    if outcome.sent_twice > cell.twice * _LAST_CHUNK:
        yield "more than a chunk sent again"
    if cell.says and not outcome.log_id:
        yield "no log_id"


def _event_complaints(stand: Stand, shown: dict[str, Any]) -> Iterator[str]:
    """The publish's events that are wrong. Each end sends exactly one event, for any number of deliveries."""
    if shown["state"] not in _RESTING:
        return
    name = f"publish.{shown['state']}"

    def events() -> int:
        told = stand.bus.told(shown["publish_id"]).values()
        return sum(1 for event in told if event["event"] == name)

    try:
        wait_for(events, seconds=_EVENT_S)
    except AssertionError:
        yield f"no event {name}"
        return
    if (count := events()) > 1:
        yield f"{count} events {name}"


def _told(shown: dict[str, Any]) -> list[str]:
    return [f"{moment['state']}{':' + moment['code'] if moment['code'] else ''}" for moment in shown["history"]]
