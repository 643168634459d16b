"""Deletes events from the outbox once they are on the bus, and counts their publishes in the same transaction.

The transaction counts an event only if it deletes the event. So each event counts once, even if a relay is killed or
the stream repeats a batch. An event is deleted even if it could not be counted, because it would otherwise reach every
receiver again and delay the events after it. The log names the events that were not counted.
"""

from collections.abc import Sequence

from dropcast.aws import dynamo
from dropcast.aws.clients import AWS_ERRORS
from dropcast.events.daily_counts import count_writes, is_counted
from dropcast.events.outbox import outbox_store
from dropcast.events.outbox.outbox_store import Waiting
from dropcast.log import logger


def remove_and_count(events: Sequence[Waiting]) -> None:
    """Delete the events, and count the events that are outcomes of publishes.

    Takes at most ten events (the batch of one PutEvents call). One transaction deletes and counts the outcomes.
    ContendedError: an event could not be deleted. It then stays in the outbox and is relayed again.
    """
    left = {event.event_id: event for event in events if is_counted(event.name)}
    for event in events:
        if event.event_id not in left:
            outbox_store.remove(event.event_id)
    try:
        _count(left)
    except AWS_ERRORS as error:
        logger.warning("publishes.uncounted", events=list(left), error=type(error).__name__)
        for event_id in left:
            outbox_store.remove(event_id)


def _count(left: dict[str, Waiting]) -> None:
    """Delete and count the events, and remove them from `left`.

    If another relay has deleted some of them, this relay handles the others one by one.
    """
    if left and _is_written(list(left.values())):
        left.clear()
    for event_id, event in list(left.items()):
        _is_written([event])
        del left[event_id]


def _is_written(events: Sequence[Waiting]) -> bool:
    """Delete and count the events in one transaction. False if an event was already deleted, and so already counted."""
    removals = [outbox_store.remove_write(event.event_id) for event in events]
    return dynamo.write_all([*removals, *count_writes((event.name, event.body) for event in events)])
