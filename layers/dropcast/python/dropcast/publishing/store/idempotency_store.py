"""Idempotency keys of publishes. One publish claims a key, and a repeated request finds this publish by the key."""

from dataclasses import dataclass
from math import inf
from typing import Protocol

from dropcast import clock, ids
from dropcast.aws.clients import ContendedError
from dropcast.aws.tables import PUBLISHES, Item
from dropcast.idempotency import FREE, KEPT_S, claim_row, hashed, is_same_request
from dropcast.publishing.model.publish import Publish


@dataclass(frozen=True)
class TakenKey:
    """A key that an earlier publish has claimed. `same`: whether the earlier request had the same body."""

    publish_id: str
    same: bool


class UniqueEntry(Protocol):
    """A key that only one publish can claim. `write` claims it when the publish is stored.

    `taken` returns the claim of another publish.
    """

    def write(self, publish: Publish) -> Item: ...
    def taken(self) -> TakenKey | None: ...


@dataclass(frozen=True)
class IdempotencyKey:
    """The key `name` of a request with `body`. It expires 24 hours after the publish is due, or never if `forever`."""

    name: str
    body: str
    forever: bool = False

    def write(self, publish: Publish) -> Item:
        """An entry of TransactWriteItems that claims the key for `publish`.

        It fails if another publish has claimed the key.
        """
        until = None if self.forever else publish.due_at + KEPT_S
        row = claim_row(idempotency_row_key(self.name), self.body, until=until) | {"publish_id": publish.publish_id}
        return PUBLISHES.put_entry(row, FREE, {"now": clock.now()})

    def taken(self) -> TakenKey | None:
        """The claim of the key by another publish, or None."""
        row = PUBLISHES.get(idempotency_row_key(self.name))
        if row is None or row.get("expires_at", inf) <= clock.now():
            return None
        return TakenKey(row["publish_id"], is_same_request(row, self.body))


def claim(key: IdempotencyKey, due_at: int) -> str | None:
    """Claim `key` for a request that creates several publishes, due at `due_at` (seconds since the epoch).

    Returns the claim's id, which is the same for the same key and body until 24 hours after `due_at`. None if the key
    was claimed with another body. ContendedError: another request claims the key now.
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
    """The row key of the idempotency key `name`."""
    return {"pk": f"once#{hashed(name)}", "sk": "once"}
