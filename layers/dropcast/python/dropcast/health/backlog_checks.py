"""Checks of rows that wait for a schedule. If a row stays in an index after its time, the schedule does not work.

A check reads one page of an index that holds only waiting rows. If there are more rows, the page is a sample, in
which the oldest rows of each shard come first.
"""

from collections.abc import Callable
from dataclasses import dataclass

from dropcast import clock
from dropcast.accounts.tokens import refresh_due_index
from dropcast.events.deliveries import delivery_store
from dropcast.events.outbox import outbox_store
from dropcast.health.finding import Finding, Status, duration
from dropcast.publishing.store import unstarted_index

_SAMPLE = 500


@dataclass(frozen=True)
class _Backlog:
    """Rows that wait for a schedule.

    waits: how long after its time a row may stay, in seconds. act_after: after how many seconds a person must act.
    """

    one: str
    many: str
    waits: int
    act_after: int
    fix: str
    see: str


_REFRESHES = _Backlog(
    "token refresh",
    "token refreshes",
    900,
    3600,
    "Look at the log of the function schedule-refresh and at the queue refresh-schedule-failed.",
    "operate.md#when-refreshing-fails",
)
_EVENTS = _Backlog(
    "event",
    "events",
    900,
    3600,
    "Look at the log of the function schedule-relay and at the queue relay-failed.",
    "operate.md#how-events-leave",
)
_DELIVERIES = _Backlog(
    "webhook delivery",
    "webhook deliveries",
    300,
    1800,
    "Look at the log of the function schedule-deliveries and at the queue due-deliveries-failed.",
    "webhooks.md#failures-and-retries",
)
_PUBLISHES = _Backlog(
    "start or recheck of a publish",
    "starts and rechecks of publishes",
    300,
    900,
    "Look at the log of the function schedule-sweep and at its queue of failures.",
    "operate.md",
)


def check_token_refresh() -> Finding:
    """Whether the tokens of accounts and business connections are refreshed in time. Makes one call."""
    return _finding(_REFRESHES, refresh_due_index.sample_due_times)


def check_events() -> Finding:
    """Whether events leave the outbox. Makes one call."""
    return _finding(_EVENTS, outbox_store.sample_times)


def check_deliveries() -> Finding:
    """Whether pending webhook deliveries are attempted in time. Makes one call."""
    return _finding(_DELIVERIES, delivery_store.sample_due_times)


def check_publishes() -> Finding:
    """Whether executions begin in time, and publishes without an execution are rechecked in time. Makes one call."""
    return _finding(_PUBLISHES, unstarted_index.sample_due_times)


def _finding(backlog: _Backlog, sample: Callable[[int], tuple[list[int], bool]]) -> Finding:
    times, is_all = sample(_SAMPLE)
    now = clock.now()
    late = [at for at in times if at < now - backlog.waits]
    if not late:
        due = sum(at <= now for at in times)
        return Finding("ok", f"No {backlog.one} is late.{_due_words(due)}")
    oldest = now - min(late)
    status: Status = "act" if oldest >= backlog.act_after else "look"
    named = backlog.one if len(late) == 1 else backlog.many
    count = f"{len(late)} {named}" if is_all else f"At least {len(late)} {named}"
    verb = "is" if len(late) == 1 else "are"
    return Finding(status, f"{count} {verb} late, the oldest by {duration(oldest)}.", backlog.fix, backlog.see)


def _due_words(due: int) -> str:
    return f" {due} {'is' if due == 1 else 'are'} due now." if due else ""
