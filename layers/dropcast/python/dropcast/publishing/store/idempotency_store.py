"""Things that must happen once: the keys that recognise a repeated request, and the publish that holds a key."""

from dataclasses import dataclass
from math import inf
from typing import Protocol

from dropcast import clock, ids
from dropcast.aws.clients import ContendedError
from dropcast.aws.dynamo import Item
from dropcast.aws.tables import PUBLISHES
from dropcast.idempotency import FREE, KEPT_S, claim_row, hashed, is_same_request
from dropcast.publishing.model.publish import Publish


@dataclass(frozen=True)
class TakenKey:
    """A key that an earlier publish holds; `same` tells whether the same was asked for with it."""

    publish_id: str
    same: bool


class UniqueEntry(Protocol):
    """Something that must happen once: an entry of the transaction that stores a publish, and the publish that was
    first."""

    def write(self, publish: Publish) -> Item: ...
    def taken(self) -> TakenKey | None: ...


@dataclass(frozen=True)
class IdempotencyKey:
    """`name` is the key, `body` is what was asked for with it. It is good until 24 hours after the publish is due, or
    `forever`."""

    name: str
    body: str
    forever: bool = False

    def write(self, publish: Publish) -> Item:
        """One entry of TransactWriteItems that claims the key for `publish`, unless another holds it."""
        until = None if self.forever else publish.due_at + KEPT_S
        row = claim_row(idempotency_row_key(self.name), self.body, until=until) | {"publish_id": publish.publish_id}
        return PUBLISHES.put_entry(row, FREE, {"now": clock.now()})

    def taken(self) -> TakenKey | None:
        """The holder of the key, or None."""
        row = PUBLISHES.get(idempotency_row_key(self.name))
        if row is None or row.get("expires_at", inf) <= clock.now():
            return None
        return TakenKey(row["publish_id"], is_same_request(row, self.body))


def claim(key: IdempotencyKey, due_at: int) -> str | None:
    """Claim `key` for what makes several publishes, due at `due_at` (seconds since the epoch); the claim's id.

    The same key with the same body has the same id until 24 hours after it was due. None: the key holds something else.
    ContendedError: another request claims the key now.
    """
    claim_id = ids.new_id("clm")
    row = claim_row(idempotency_row_key(key.name), key.body, until=due_at + KEPT_S) | {"publish_id": claim_id}
    if PUBLISHES.put_if(row, FREE, {"now": clock.now()}):
        return claim_id
    held = key.taken()
    if held is None:
        raise ContendedError
    return held.publish_id if held.same else None


def idempotency_row_key(name: str) -> Item:
    """The key of the row of the thing that happens once under this name."""
    return {"pk": f"once#{hashed(name)}", "sk": "once"}
