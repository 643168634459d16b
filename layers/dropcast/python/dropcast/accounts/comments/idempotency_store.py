"""The idempotency keys of comments. A request claims its key before it calls TikTok, then stores the outcome.

Rows are in the accounts table and expire after a day. DynamoDB deletes them late, so this module checks the time too.
"""

from dataclasses import dataclass, field
from typing import Literal

from dropcast import clock, ids
from dropcast.aws.tables import ACCOUNTS, EXISTING, Item, set_expression
from dropcast.idempotency import FREE, KEPT_S, claim_row, hashed, is_same_request

# No function that sends comments runs this long. So a request whose claim is older can no longer be running.
_DIED_AFTER_S = 90


@dataclass(frozen=True)
class CommentKey:
    """A caller's key `name` and the `body` of its request. `holder` identifies the request, because a request releases
    only its own claim.
    """

    name: str
    body: str
    holder: str = field(default_factory=lambda: ids.random_bytes(9).hex(), compare=False)


@dataclass(frozen=True)
class CommentClaim:
    """The existing claim of a key, made at `at` (epoch seconds), and its outcome.

    `same`: whether the claim's request had the same body as the present request. If a `stale` claim is still "sending",
    the function that made it has died.
    """

    at: int
    state: Literal["sending", "unknown", "made"]
    same: bool
    comment_id: str | None

    @property
    def stale(self) -> bool:
        return clock.now() - self.at > _DIED_AFTER_S


def claim(key: CommentKey, user_id: str) -> CommentClaim | None:
    """Claim the key for a comment of `user_id`.

    None if this request holds the key now, otherwise the existing claim.
    """
    now = clock.now()
    sending = {"at": now, "state": "sending", "holder": key.holder, "user_id": user_id}
    if ACCOUNTS.put_if(claim_row(_key(key), key.body, until=now + KEPT_S) | sending, FREE, {"now": now}):
        return None
    return get_claim(key) or claim(key, user_id)  # claim again if another request has just released it


def get_claim(key: CommentKey) -> CommentClaim | None:
    """The claim of the key. None if no request holds the key."""
    found = ACCOUNTS.get(_key(key))
    if found is None or found["expires_at"] <= clock.now():
        return None
    return CommentClaim(found["at"], found["state"], is_same_request(found, key.body), found.get("comment_id"))


def take_over(key: CommentKey, before: CommentClaim) -> bool:
    """Take over the key of a request that died.

    False if another request has taken the key over, or if the first request ended after all.
    """
    values = {"now": clock.now(), "before": before.at, "sending": "sending"}
    return ACCOUNTS.update_if(_key(key), "SET #at = :now", "#at = :before AND #state = :sending", values)


def mark_made(key: CommentKey, comment_id: str) -> None:
    """Store that TikTok created the comment with this id."""
    _set(key, {"state": "made", "comment_id": comment_id})


def mark_unknown(key: CommentKey) -> None:
    """Store that it is unknown whether TikTok created the comment. No request sends it again with this key."""
    _set(key, {"state": "unknown"})


def release(key: CommentKey) -> None:
    """Delete the claim, because no comment was created. A repeated delete does not affect the claim of a later
    request.
    """
    ACCOUNTS.delete(_key(key), "holder = :holder", {"holder": key.holder})


def _set(key: CommentKey, changes: Item) -> None:
    ACCOUNTS.update_if(_key(key), set_expression(changes), EXISTING, changes)


def _key(key: CommentKey) -> Item:
    return {"pk": f"comment#{hashed(key.name)}", "sk": "once"}
