"""Finds the events that stayed in the outbox, and relays them to the event bus."""

import json
from collections.abc import Iterator
from dataclasses import replace

from cli.redrive.failure import Failure, Obstacle
from dropcast import clock, ids
from dropcast.events.outbox.outbox_store import Waiting, written_before
from dropcast.events.outbox.relay import LATE_SECONDS, relay

KIND = "outbox"

_NAMED = ("publish_id", "account_id", "endpoint_id")


def find() -> Iterator[Failure]:
    """The events that have been in the outbox for more than five minutes."""
    for page in written_before(clock.now() - LATE_SECONDS):
        yield from map(_failure, page)


def put_back() -> Iterator[Failure]:
    """Relay the events that `find` returns. An event that EventBridge refuses stays and has an obstacle."""
    for page in written_before(clock.now() - LATE_SECONDS):
        refused = relay(page)
        for event in page:
            yield replace(_failure(event), obstacle=_obstacle(refused.get(event.event_id)))


def _failure(event: Waiting) -> Failure:
    data = json.loads(event.body)["data"]
    of = next((data[name] for name in _NAMED if data.get(name)), "")
    about = f"{event.name} {of}".strip()
    return Failure(KIND, event.event_id, about, "not relayed in time", ids.made_at(event.event_id), "relay it")


def _obstacle(code: str | None) -> Obstacle | None:
    if code is None:
        return None
    return Obstacle(
        "events_refused",
        f"EventBridge refuses the event: {code}.",
        "Check the event bus. The schedule relay tries again.",
    )
