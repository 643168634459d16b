"""The Idempotency-Keys of comments: claimed before the call to TikTok, then stored with the outcome.

Rows lie in the accounts table and leave a day later by its TTL, which deletes late, so it is also checked here.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Literal

from dropcast import clock, ids
from dropcast.accounts.account_store import read_item
from dropcast.aws import dynamo
from dropcast.settings import settings

_KEPT_S = 24 * 3600
# A request that holds a claim for longer than its function lives has died.
_DIED_AFTER_S = 90


@dataclass(frozen=True)
class CommentKey:
    """A caller's key, and what was asked for with it. `holder` names this request, so that it gives back no other's."""

    name: str
    body: str
    holder: str = field(default_factory=lambda: ids.random_bytes(9).hex(), compare=False)


@dataclass(frozen=True)
class CommentClaim:
    """Who claimed a key first, at `at` (epoch seconds), and what came of it; `same`: the same was asked for.

    "sending" may also be the end of a sender who died: `stale` then.
    """

    at: int
    state: Literal["sending", "unknown", "made"]
    same: bool
    comment_id: str | None

    @property
    def stale(self) -> bool:
        return clock.now() - self.at > _DIED_AFTER_S


def claim(key: CommentKey, user_id: str) -> CommentClaim | None:
    """Claim the key for a comment of `user_id`: None if it is ours now, else the claim that was before."""
    now = clock.now()
    item = _key(key) | {"at": now, "state": "sending", "body": _hash(key.body), "expires_at": now + _KEPT_S}
    item |= {"holder": key.holder, "user_id": user_id}
    put = dynamo.write_if(
        "put_item",
        TableName=settings().accounts_table,
        Item=dynamo.to_item(item),
        ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
        ExpressionAttributeValues=dynamo.to_item({":now": now}),
    )
    if put is not None:
        return None
    found = read_item(_key(key))
    if found is None:  # it was given back just now
        return claim(key, user_id)
    return CommentClaim(found["at"], found["state"], found["body"] == _hash(key.body), found.get("comment_id"))


def take_over(key: CommentKey, before: CommentClaim) -> bool:
    """Claim the key of a sender that died; False if another request has done so, or the sender has not."""
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().accounts_table,
        Key=dynamo.to_item(_key(key)),
        UpdateExpression="SET #at = :now",
        ConditionExpression="#at = :before AND #state = :sending",
        ExpressionAttributeNames={"#at": "at", "#state": "state"},
        ExpressionAttributeValues=dynamo.to_item({":now": clock.now(), ":before": before.at, ":sending": "sending"}),
    )
    return answer is not None


def mark_made(key: CommentKey, comment_id: str) -> None:
    """The comment was made: the key stands for it."""
    _set(key, "SET #state = :state, comment_id = :id", {":state": "made", ":id": comment_id})


def mark_unknown(key: CommentKey) -> None:
    """Nobody knows whether the comment was made; it is not sent again with this key."""
    _set(key, "SET #state = :state", {":state": "unknown"})


def release(key: CommentKey) -> None:
    """Nothing was made: the key may be used again. A repeated delete leaves the next holder's claim alone."""
    dynamo.delete(
        TableName=settings().accounts_table,
        Key=dynamo.to_item(_key(key)),
        ConditionExpression="holder = :holder",
        ExpressionAttributeValues=dynamo.to_item({":holder": key.holder}),
    )


def _set(key: CommentKey, expression: str, values: dynamo.Item) -> None:
    dynamo.write_if(
        "update_item",
        TableName=settings().accounts_table,
        Key=dynamo.to_item(_key(key)),
        UpdateExpression=expression,
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=dynamo.to_item(values),
    )


def _key(key: CommentKey) -> dynamo.Item:
    return {"pk": f"comment#{_hash(key.name)}", "sk": "once"}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
