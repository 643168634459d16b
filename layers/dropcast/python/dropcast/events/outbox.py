"""The outbox: an event is written in the same transaction as the change it tells of, and relayed afterwards.

So a crash can delay an event, never lose it; a receiver may see one twice and knows it by its `event_id`.
"""

import json
from typing import Any, Literal

from dropcast import clock, dynamo, ids
from dropcast.settings import settings

EventName = Literal[
    "publish.published",
    "publish.failed",
    "publish.unknown",
    "publish.cancelled",
    "publish.in_inbox",
    "publish.held",
    "account.connected",
    "account.reconnect_needed",
    "account.disconnected",
    "account.expiring",
    "budget.exhausted",
]

_KEPT_SECONDS = 14 * 24 * 3600


def event_write(name: EventName, payload: dict[str, Any]) -> dict[str, Any]:
    """One entry of TransactWriteItems that puts the event `name` into the outbox. `payload` holds no secrets."""
    at = clock.now()
    event_id = ids.new_id("evt")
    body = {"event_id": event_id, "event": name, "at": clock.iso(at), "data": payload}
    item = {"pk": event_id, "name": name, "body": json.dumps(body), "expires_at": at + _KEPT_SECONDS}
    return {"Put": {"TableName": settings().outbox_table, "Item": dynamo.to_item(item)}}
