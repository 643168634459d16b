"""The outbox: an event is written in the transaction of its change, and relayed afterwards.

A crash can delay an event but not lose it. A receiver may get an event twice, and recognises it by its `event_id`.
"""

import json
from dataclasses import dataclass
from typing import Any

from dropcast import clock, ids
from dropcast.aws import dynamo
from dropcast.events.models import SHAPES, EventName, PublishShape
from dropcast.events.outbox import outbox_store


@dataclass(frozen=True)
class NewEvent:
    """An event that has not been sent yet. `body` is its JSON text, identical in each attempt to send it."""

    event_id: str
    name: EventName
    body: str
    at: int


def event_write(name: EventName, payload: dict[str, Any]) -> dynamo.Item:
    """An entry of TransactWriteItems that puts the event `name` into the outbox. `payload` holds no secrets.

    A payload that does not fit the event's model is a bug in Dropcast and raises pydantic's ValidationError (a
    ValueError).
    """
    event = new_event(name, payload)
    return outbox_store.put_write(event.event_id, event.name, event.body, event.at)


def new_event(name: EventName, payload: dict[str, Any]) -> NewEvent:
    """A new event `name` with the current time and a new id. Raises ValidationError as `event_write` does."""
    data = SHAPES[name].model_validate_json(json.dumps(payload))
    at, event_id = clock.now(), ids.new_id("evt")
    body = {
        "event_id": event_id,
        "event": name,
        "at": clock.iso(at),
        "sequence": _sequence(data),
        "data": payload,
    }
    # Without escapes, because escaped texts in scripts other than Latin would have two or three times as many bytes.
    return NewEvent(event_id, name, json.dumps(body, ensure_ascii=False), at)


def _sequence(data: object) -> int | None:
    """The number of an event among its publish's events.

    It is the length of the history, because each transition adds a line. None if the event does not concern a publish.
    """
    return len(data.history) + data.history_left_out if isinstance(data, PublishShape) else None
