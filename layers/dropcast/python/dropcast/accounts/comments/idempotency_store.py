"""The Idempotency-Keys of comments: claimed before the call to TikTok, then stored with the outcome.

Rows lie in the accounts table and leave a day later by its TTL, which deletes late, so it is also checked here.
"""

from dataclasses import dataclass, field
from typing import Literal

from dropcast import clock, ids
from dropcast.aws.dynamo import Item
from dropcast.aws.tables import ACCOUNTS, EXISTING, set_expression
from dropcast.idempotency import FREE, KEPT_S, claim_row, hashed, is_same_request

# A request that holds a claim for longer than its function lives has died.
_DIED_AFTER_S = 90


@dataclass(frozen=True)
class CommentKey:
    """A caller's key and the `body` of its request. `holder` names this request, so it releases no other's claim."""

    name: str
    body: str
    holder: str = field(default_factory=lambda: ids.random_bytes(9).hex(), compare=False)


@dataclass(frozen=True)
class CommentClaim:
    """The first claim of a key, of `at` (epoch seconds), and its outcome. `same`: it was for the same request.

    The function that claimed a key and still is "sending" may have died: then the claim is `stale`.
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
    sending = {"at": now, "state": "sending", "holder": key.holder, "user_id": user_id}
    if ACCOUNTS.put_if(claim_row(_key(key), key.body, until=now + KEPT_S) | sending, FREE, {"now": now}):
        return None
    found = ACCOUNTS.get(_key(key))
    if found is None:  # it was given back just now
        return claim(key, user_id)
    return CommentClaim(found["at"], found["state"], is_same_request(found, key.body), found.get("comment_id"))


def take_over(key: CommentKey, before: CommentClaim) -> bool:
    """Claim the key of a sender that died; False if another request has done so, or the sender has not."""
    values = {"now": clock.now(), "before": before.at, "sending": "sending"}
    return ACCOUNTS.update_if(_key(key), "SET #at = :now", "#at = :before AND #state = :sending", values)


def mark_made(key: CommentKey, comment_id: str) -> None:
    """The comment was made: the key stands for it."""
    _set(key, {"state": "made", "comment_id": comment_id})


def mark_unknown(key: CommentKey) -> None:
    """It is unknown whether TikTok made the comment; it is not sent again with this key."""
    _set(key, {"state": "unknown"})


def release(key: CommentKey) -> None:
    """Nothing was made: the key may be used again. A repeated delete leaves the next holder's claim alone."""
    ACCOUNTS.delete(_key(key), "holder = :holder", {"holder": key.holder})


def _set(key: CommentKey, changes: Item) -> None:
    ACCOUNTS.update_if(_key(key), set_expression(changes), EXISTING, changes)


def _key(key: CommentKey) -> Item:
    return {"pk": f"comment#{hashed(key.name)}", "sk": "once"}
