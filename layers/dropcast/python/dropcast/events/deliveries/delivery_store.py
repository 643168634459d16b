"""The rows of events and of their deliveries, one delivery per endpoint. They are kept for a month.

The index `due` contains the pending deliveries, so that schedule/deliveries finds a delivery whose message was lost.
"""

import zlib
from dataclasses import dataclass, field
from typing import Literal

from dropcast import clock
from dropcast.aws.tables import EXISTING, HOOKS, NEW, Item, Query, set_expression
from dropcast.events.deliveries.delivery_queue import MAX_DELAY_S
from dropcast.events.endpoints import endpoint_store

DeliveryState = Literal["pending", "delivered", "failed"]

SHARDS = tuple(str(shard) for shard in range(8))
KEPT_S = 31 * 24 * 3600

_NET_S = 60
_ATTEMPTS_KEPT = 20


@dataclass(frozen=True)
class Attempt:
    """One call to an endpoint: the `status` of its answer, or the `error`.

    `answer`: the first characters of the answer.
    """

    at: int
    status: int | None = None
    error: str | None = None
    answer: str = ""
    took_ms: int = 0


@dataclass(frozen=True)
class Delivery:
    """The delivery of one event to one endpoint. Times are seconds since the epoch.

    since: when the delivery was last requested. tries: the calls since then. next_at: when the next call is due, if the
    delivery is pending. attempts: the latest 20.
    """

    endpoint_id: str
    event_id: str
    name: str
    state: DeliveryState
    since: int
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    next_at: int | None = None


@dataclass(frozen=True)
class FoundDelivery:
    """An endpoint, the text (`body`) of an event, and the event's delivery to the endpoint. Whatever does not exist is
    None.
    """

    endpoint: endpoint_store.Endpoint | None = None
    body: str | None = None
    delivery: Delivery | None = None


@dataclass(frozen=True)
class Due:
    """A delivery in the index `due`, and its time in that index."""

    endpoint_id: str
    event_id: str
    at: int


@dataclass(frozen=True)
class DeliveryChange:
    """A change of a delivery. `attempt` is added to the delivery's attempts."""

    state: DeliveryState
    next_at: int | None = None
    attempt: Attempt | None = None
    values: dict[str, int] = field(default_factory=lambda: dict[str, int]())


def put_event(event_id: str, name: str, body: str) -> None:
    """Store the event with its text, the signed body of its webhooks. A repeated call only renews the expiry."""
    HOOKS.put(_event_key(event_id) | {"name": name, "body": body, "expires_at": clock.now() + KEPT_S})


def event_name(event_id: str) -> str | None:
    """The name of a stored event; None if it does not exist or was deleted."""
    found = HOOKS.get_many([_event_key(event_id)])
    return found[0]["name"] if found else None


def put_delivery(endpoint_id: str, event_id: str, name: str, attempt: Attempt | None = None) -> bool:
    """Store a new delivery: failed if there is an `attempt`, otherwise due now.

    Returns False if the delivery already exists.
    """
    now = clock.now()
    item = _delivery_key(endpoint_id, event_id) | {
        "name": name,
        "state": "failed" if attempt else "pending",
        "since": now,
        "tries": 0,
        "attempts": [_written(attempt)] if attempt else [],
        "expires_at": now + KEPT_S,
        **({} if attempt else _due(event_id, now)),
    }
    return HOOKS.put_if(item, NEW)


def find(endpoint_id: str, event_id: str) -> FoundDelivery:
    """Read a delivery with its endpoint and its event, in one consistent read."""
    keys = [endpoint_store.endpoint_key(endpoint_id), _event_key(event_id), _delivery_key(endpoint_id, event_id)]
    rows = {item["pk"]: item for item in HOOKS.get_many(keys)}
    endpoint, event, delivery = (rows.get(key["pk"]) for key in keys)
    return FoundDelivery(
        endpoint_store.from_row(endpoint) if endpoint else None,
        event["body"] if event else None,
        from_row(delivery) if delivery else None,
    )


def save(delivery: Delivery, change: DeliveryChange) -> bool:
    """Store the change. Returns False if the delivery has changed since it was read.

    A change to `delivered` is stored even then.
    """
    kept = [_written(one) for one in (*delivery.attempts, *filter(None, [change.attempt]))][-_ATTEMPTS_KEPT:]
    values = {"state": change.state, "attempts": kept, **change.values}
    values |= _due(delivery.event_id, change.next_at) if change.next_at is not None else {}
    condition = EXISTING if change.state == "delivered" else "#state = :seen_state AND next_at = :seen_at"
    seen = {"seen_state": delivery.state, "seen_at": delivery.next_at}
    return _update(delivery.endpoint_id, delivery.event_id, values, condition, seen)


def ask_again(endpoint_id: str, event_id: str) -> bool:
    """Restart the delivery, whatever its state. Returns False if it does not exist."""
    now = clock.now()
    values = {"state": "pending", "since": now, "tries": 0, "expires_at": now + KEPT_S, **_due(event_id, now)}
    return _update(endpoint_id, event_id, values, EXISTING, {})


def due_deliveries(shard: str, now: int, limit: int) -> list[Due]:
    """Up to `limit` due deliveries of a shard, the longest overdue first."""
    query = Query("due_shard = :shard AND due_at <= :now", {"shard": shard, "now": now}, index="due")
    items, _ = HOOKS.page(query, limit)
    return [Due(item["pk"].removeprefix("delivery#"), item["sk"], item["due_at"]) for item in items]


def sample_due_times(limit: int) -> tuple[list[int], bool]:
    """Up to `limit` due times from the index of pending deliveries, and whether the index contains no others."""
    rows, more = HOOKS.index_page("due", limit)
    return [row["due_at"] for row in rows], more is None


def put_off(due: Due, until: int) -> bool:
    """Postpone the delivery to `until`. Returns False if the delivery was changed meanwhile."""
    key, values = _delivery_key(due.endpoint_id, due.event_id), {"until": until, "seen_at": due.at}
    return HOOKS.mark_if(key, "SET due_at = :until", "due_at = :seen_at", values)


def partition(endpoint_id: str) -> str:
    """The partition key of an endpoint's deliveries; the sort key is the event id."""
    return f"delivery#{endpoint_id}"


def from_row(item: Item) -> Delivery:
    """A delivery's row as a Delivery."""
    return Delivery(
        endpoint_id=item["pk"].removeprefix("delivery#"),
        event_id=item["sk"],
        name=item["name"],
        state=item["state"],
        since=item["since"],
        tries=item["tries"],
        attempts=tuple(Attempt(**attempt) for attempt in item["attempts"]),
        next_at=item.get("next_at"),
    )


def _update(endpoint_id: str, event_id: str, values: Item, condition: str, seen: Item) -> bool:
    over = values.get("state") in ("delivered", "failed")
    update = set_expression(values) + (" REMOVE next_at, due_shard, due_at" if over else "")
    return HOOKS.update_if(_delivery_key(endpoint_id, event_id), update, condition, values | seen)


def _due(event_id: str, next_at: int) -> Item:
    """The time of the next call, and the time in the index `due`, which is usually a minute later.

    The times are equal if the wait exceeds SQS's maximum delay, because then only the index leads to the call.
    """
    net = _NET_S if next_at - clock.now() <= MAX_DELAY_S else 0
    shard = SHARDS[zlib.crc32(event_id.encode()) % len(SHARDS)]
    return {"next_at": next_at, "due_shard": shard, "due_at": next_at + net}


def _written(attempt: Attempt) -> Item:
    return {name: value for name, value in vars(attempt).items() if value is not None}


def _event_key(event_id: str) -> Item:
    return {"pk": f"event#{event_id}", "sk": "event"}


def _delivery_key(endpoint_id: str, event_id: str) -> Item:
    return {"pk": partition(endpoint_id), "sk": event_id}
