"""The outbox: an event is written in the same transaction as the change it tells of, and relayed afterwards.

So a crash can delay an event, never lose it; a receiver may see one twice and knows it by its `event_id`.
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
    """An event that nobody was told of yet. `body` is its JSON text, the same each time that it is sent."""

    event_id: str
    name: EventName
    body: str
    at: int


def event_write(name: EventName, payload: dict[str, Any]) -> dynamo.Item:
    """One entry of TransactWriteItems that puts the event `name` into the outbox. `payload` holds no secrets.

    A payload that has not the shape of its name is a bug of ours: pydantic's ValidationError, a ValueError.
    """
    event = new_event(name, payload)
    return outbox_store.put_write(event.event_id, event.name, event.body, event.at)


def new_event(name: EventName, payload: dict[str, Any]) -> NewEvent:
    """The event `name`, made now, with the id that it keeps. ValidationError: as `event_write`."""
    told = SHAPES[name].model_validate_json(json.dumps(payload))
    at, event_id = clock.now(), ids.new_id("evt")
    body = {
        "event_id": event_id,
        "event": name,
        "at": clock.iso(at),
        "sequence": _sequence(told),
        "data": payload,
    }
    # Other scripts than Latin would take two or three times the bytes if they were escaped.
    return NewEvent(event_id, name, json.dumps(body, ensure_ascii=False), at)


def _sequence(told: object) -> int | None:
    """The place of an event among those of its publish: each transition adds one line to the history, and is one."""
    return len(told.history) + told.history_left_out if isinstance(told, PublishShape) else None
