"""Reads functions' log events from CloudWatch Logs, and follows new ones."""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast import clock
from dropcast.aws import clients
from dropcast.aws.expected_refusals import NOT_FOUND, unless

# CloudWatch may list an event this many milliseconds after its time.
_OVERLAP_MS = 30_000
_PAUSE_S = 2.0
# AWS allows at least 5 calls of FilterLogEvents a second in each region.
_CALLS_PER_S = 4


@dataclass(frozen=True)
class LogEvent:
    """One event. at_ms: in milliseconds since the epoch. message: as the function wrote it."""

    at_ms: int
    function: str
    message: str


def read_events(groups: dict[str, str], since_ms: int, term: str) -> list[LogEvent]:
    """The events of all groups from `since_ms` on, oldest first. `groups`: the log groups by function name.

    term: only events that contain this text; "" for all. A group that does not exist has no events.
    """
    found = [event for name, group in groups.items() for event in _of_group(name, group, since_ms, term)]
    return sorted(found, key=lambda event: event.at_ms)


def follow_events(groups: dict[str, str], since_ms: int, term: str) -> Iterator[LogEvent]:
    """The events of `read_events`, and then each new event. The iterator does not end."""
    seen: set[LogEvent] = set()
    pause_s = max(_PAUSE_S, len(groups) / _CALLS_PER_S)
    while True:
        fresh = [event for event in read_events(groups, since_ms, term) if event not in seen]
        yield from fresh
        if fresh:
            since_ms = max(since_ms, fresh[-1].at_ms - _OVERLAP_MS)
        seen = {event for event in (*seen, *fresh) if event.at_ms >= since_ms}
        clock.sleep(pause_s)


def _of_group(name: str, group: str, since_ms: int, term: str) -> list[LogEvent]:
    pattern = {"filterPattern": f'"{term}"'} if term else {}
    pages = clients.client("logs").get_paginator("filter_log_events")
    found = unless(NOT_FOUND, lambda: list(pages.paginate(logGroupName=group, startTime=since_ms, **pattern)))
    return [
        LogEvent(event["timestamp"], name, event["message"]) for page in found or () for event in page.get("events", ())
    ]
