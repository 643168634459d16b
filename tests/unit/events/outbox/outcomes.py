"""Events of publish outcomes in the outbox, and their counts."""

import json

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.events.daily_counts import DayCounts, get_days
from dropcast.events.outbox import outbox_store
from dropcast.events.outbox.outbox_store import Waiting
from tests.unit.support.accounts import items

DAY, NEXT = "2027-01-15", "2027-01-16"
OUTCOMES = ["published", "in_inbox", "failed", "unknown", "cancelled"]


def body_of(state: str, user_id: str | None = "ana", sent: int = 0, day: str = DAY) -> str:
    data = {"user_id": user_id, "bytes_sent": sent, "state": state}
    return json.dumps({"at": f"{day}T08:00:00Z", "event": f"publish.{state}", "data": data})


def put(state: str, user_id: str | None = "ana", sent: int = 0, day: str = DAY) -> Waiting:
    """Put an event into the outbox."""
    event = Waiting(f"evt_{len(items('outbox')):04}", f"publish.{state}", body_of(state, user_id, sent, day))
    assert dynamo.write_all([outbox_store.put_write(event.event_id, event.name, event.body, clock.now())])
    return event


def counts(user_id: str | None = None, day: str = DAY) -> DayCounts:
    [found] = get_days([day], user_id)
    return found
