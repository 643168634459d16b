"""Things that must happen once: what makes a request the same as an earlier one, and who had it first."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from dropcast import clock, ids
from dropcast.aws import clients, dynamo
from dropcast.aws.clients import ContendedError
from dropcast.publishing.model.publish import Publish
from dropcast.settings import settings

_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class TakenKey:
    """A key that an earlier publish holds; `same` tells whether the same was asked for with it."""

    publish_id: str
    same: bool


class UniqueEntry(Protocol):
    """Something that must happen once: an entry of the transaction that stores a publish, and who was first."""

    def write(self, publish: Publish) -> dynamo.Item: ...
    def taken(self) -> TakenKey | None: ...


@dataclass(frozen=True)
class IdempotencyKey:
    """`name` is the key, `body` is what was asked for with it. It is good until 24 hours after the publish is due, or
    `forever`."""

    name: str
    body: str
    forever: bool = False

    def write(self, publish: Publish) -> dynamo.Item:
        """One entry of TransactWriteItems that claims the key for `publish`, unless another holds it."""
        now = clock.now()
        item = idempotency_row_key(self.name) | {"publish_id": publish.publish_id, "body": _hash(self.body)}
        if not self.forever:
            item["expires_at"] = publish.due_at + _KEPT_SECONDS
        return {
            "Put": {
                "TableName": settings().publishes_table,
                "Item": dynamo.to_item(item),
                "ConditionExpression": "attribute_not_exists(pk) OR expires_at < :now",
                "ExpressionAttributeValues": dynamo.to_item({":now": now}),
            }
        }

    def taken(self) -> TakenKey | None:
        """Who holds the key, if anybody does."""
        answer = clients.client("dynamodb").get_item(
            TableName=settings().publishes_table,
            Key=dynamo.to_item(idempotency_row_key(self.name)),
            ConsistentRead=True,
        )
        if "Item" not in answer:
            return None
        item = dynamo.from_item(answer["Item"])
        if item.get("expires_at", clock.now()) < clock.now():
            return None
        return TakenKey(item["publish_id"], item["body"] == _hash(self.body))


def claim(key: IdempotencyKey, due_at: int) -> str | None:
    """Claim `key` for what makes several publishes, due at `due_at` (seconds since the epoch); the claim's id.

    The same key with the same body has the same id until 24 hours after it was due. None: the key holds something else.
    ContendedError: another request claims the key now.
    """
    claim_id = ids.new_id("clm")
    row = idempotency_row_key(key.name) | {
        "publish_id": claim_id,
        "body": _hash(key.body),
        "expires_at": due_at + _KEPT_SECONDS,
    }
    put = dynamo.write_if(
        "put_item",
        TableName=settings().publishes_table,
        Item=dynamo.to_item(row),
        ConditionExpression="attribute_not_exists(pk) OR expires_at < :now",
        ExpressionAttributeValues=dynamo.to_item({":now": clock.now()}),
    )
    if put is not None:
        return claim_id
    held = key.taken()
    if held is None:
        raise ContendedError
    return held.publish_id if held.same else None


def idempotency_row_key(name: str) -> dynamo.Item:
    """The key of the row of what happens once under this name."""
    return {"pk": f"once#{_hash(name)}", "sk": "once"}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
