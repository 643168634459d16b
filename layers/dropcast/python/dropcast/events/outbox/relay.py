"""Relays events from the outbox to the EventBridge bus."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dropcast import clock
from dropcast.aws import event_bus
from dropcast.events.outbox import outbox_store
from dropcast.events.outbox.outbox_store import Waiting
from dropcast.events.outbox.remove_and_count import remove_and_count
from dropcast.function_telemetry import emit_metric
from dropcast.settings import settings

SOURCE = "dropcast"
LATE_SECONDS = 300
"""An event is late if it has been in the outbox for longer than this."""

# The events that the operator's alarms watch.
_WATCHED = ("publish.unknown", "account.expiring", "budget.exhausted")

# The limits of one PutEvents call.
_ENTRIES_MAX = 10
_BYTES_MAX = 256 * 1024

_PAUSES_S = (0.1, 0.4)
_LEFT_SECONDS = 20


@dataclass(frozen=True)
class Late:
    """How many late events were relayed. `refused`: EventBridge's error codes by event_id, for events that it
    refused.
    """

    relayed: int
    refused: dict[str, str]


def relay(events: Sequence[Waiting]) -> dict[str, str]:
    """Put the events on the bus, then delete them from the outbox and count their publishes.

    Events that EventBridge refuses three times stay in the outbox. Returns EventBridge's codes for them by event_id.
    """
    refused: dict[str, str] = {}
    for batch in _batches(events):
        no = _put_with_patience(batch)
        relayed = [event for event in batch if event.event_id not in no]
        _emit_watched(relayed)
        remove_and_count(relayed)
        refused |= no
    return refused


def relay_late() -> Late:
    """Relay events that have been in the outbox for more than five minutes. Stops if this process has little time
    left.
    """
    seen, refused = 0, dict[str, str]()
    for events in outbox_store.written_before(clock.now() - LATE_SECONDS):
        if clock.seconds_left() < _LEFT_SECONDS:
            break
        refused |= relay(events)
        seen += len(events)
    return Late(seen - len(refused), refused)


def _emit_watched(relayed: Sequence[Waiting]) -> None:
    """Count the events that alarms watch. An event that is relayed twice counts twice."""
    for name, count in Counter(event.name for event in relayed if event.name in _WATCHED).items():
        emit_metric("EventsForOperator", count, service="outbox", event=name)


def _batches(events: Sequence[Waiting]) -> Iterator[list[Waiting]]:
    """The events in order, in as few batches as possible."""
    batch: list[Waiting] = []
    for event in events:
        if len(batch) == _ENTRIES_MAX or sum(map(_size, [*batch, event])) > _BYTES_MAX:
            if batch:
                yield batch
            batch = []
        batch.append(event)
    if batch:
        yield batch


def _size(event: Waiting) -> int:
    """The size in bytes, as EventBridge counts it."""
    return len(SOURCE) + len(event.name) + len(event.body.encode())


def _put_with_patience(batch: list[Waiting]) -> dict[str, str]:
    refused = _put(batch)
    for pause_s in _PAUSES_S:
        if not refused:
            break
        clock.sleep(pause_s)
        refused = _put([event for event in batch if event.event_id in refused])
    return refused


def _put(batch: list[Waiting]) -> dict[str, str]:
    """Call EventBridge once. Returns its error code for each event that it refused, by event_id."""
    entries = [
        {"EventBusName": settings().event_bus_name, "Source": SOURCE, "DetailType": event.name, "Detail": event.body}
        for event in batch
    ]
    codes = zip(batch, event_bus.put_events(entries), strict=True)
    return {event.event_id: code for event, code in codes if code is not None}
