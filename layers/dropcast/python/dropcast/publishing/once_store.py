"""Things that must happen once: what makes a request the same as an earlier one, and who had it first."""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from dropcast import aws, clock, dynamo, ids
from dropcast.publishing.models import Publish
from dropcast.settings import settings

_KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Taken:
    """A key that an earlier publish holds; `same` tells whether the same was asked for with it."""

    publish_id: str
    same: bool


class Once(Protocol):
    """Something that must happen once: an entry of the transaction that stores a publish, and who was first."""

    def write(self, publish: Publish) -> dynamo.Item: ...
    def taken(self) -> Taken | None: ...


@dataclass(frozen=True)
class OnceKey:
    """`name` is the key, `body` is what was asked for with it. It is good until 24 hours after the publish is due, or
    `forever`."""

    name: str
    body: str
    forever: bool = False

    def write(self, publish: Publish) -> dynamo.Item:
        """One entry of TransactWriteItems that claims the key for `publish`, unless another holds it."""
        now = clock.now()
        item = once_row(self.name) | {"publish_id": publish.publish_id, "body": _hash(self.body)}
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

    def taken(self) -> Taken | None:
        """Who holds the key, if anybody does."""
        answer = aws.client("dynamodb").get_item(
            TableName=settings().publishes_table, Key=dynamo.to_item(once_row(self.name)), ConsistentRead=True
        )
        if "Item" not in answer:
            return None
        item = dynamo.from_item(answer["Item"])
        if item.get("expires_at", clock.now()) < clock.now():
            return None
        return Taken(item["publish_id"], item["body"] == _hash(self.body))


def claim(key: OnceKey, due_at: int) -> str | None:
    """Claim `key` for what makes several publishes, due at `due_at` (seconds since the epoch); the claim's id.

    The same key with the same body has the same id until 24 hours after it was due. None: the key holds something else.
    ContendedError: another request claims the key now.
    """
    claim_id = ids.new_id("clm")
    row = once_row(key.name) | {"publish_id": claim_id, "body": _hash(key.body), "expires_at": due_at + _KEPT_SECONDS}
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
        raise dynamo.ContendedError
    return held.publish_id if held.same else None


def once_row(name: str) -> dynamo.Item:
    """The key of the row of what happens once under this name."""
    return {"pk": f"once#{_hash(name)}", "sk": "once"}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
