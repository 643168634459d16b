"""Embeds in DynamoDB. An embed is a page that the site of an adopter shows, for one user and a limited time.

A row holds neither the embed's secret nor its token: both derive from the embed's id and the pepper. The row stays for
a day after the embed's end, so that the page can still report the end to the adopter's site. `expires_at` is for the
table's TTL.
"""

from dataclasses import dataclass
from typing import Literal

from dropcast import clock
from dropcast.access.caller_seal import is_sealed, seal
from dropcast.aws.tables import CONSOLE, EXISTING, NEW, Item
from dropcast.caller import Caller

EmbeddedPage = Literal["post", "connect"]

_KEPT_S = 86_400


@dataclass(frozen=True)
class Embed:
    """A page for the user `user_id` at `origin`, until `ends_at` (seconds since the epoch).

    `account_id`: the only account that the page offers. None: all accounts of the user.
    """

    embed_id: str
    key_id: str
    user_id: str
    account_id: str | None
    origin: str
    page: EmbeddedPage
    ends_at: int


@dataclass(frozen=True)
class Outcome:
    """The outcome of the last consent that began on the page: an account, an error's code, or none yet."""

    account_id: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class StoredEmbed:
    """An embed's row. It is valid only for the caller for which it is sealed."""

    embed: Embed
    seal: bytes
    outcome: Outcome

    def is_of(self, caller: Caller) -> bool:
        """Whether the key of `caller` made the embed. Also False if the row, or the key's scopes or user, changed
        later.
        """
        return is_sealed(self.seal, _row(self.embed.embed_id), caller, self.embed.ends_at, *_sealed(self.embed))


def put_embed(embed: Embed, caller: Caller) -> None:
    """Store the embed, sealed for `caller`, unless it already exists."""
    row = _row(embed.embed_id)
    item: Item = {
        "pk": row,
        "embed_id": embed.embed_id,
        "key_id": embed.key_id,
        "user_id": embed.user_id,
        "account_id": embed.account_id,
        "origin": embed.origin,
        "page": embed.page,
        "ends_at": embed.ends_at,
        "created_at": clock.now(),
        "expires_at": embed.ends_at + _KEPT_S,
        "seal": seal(row, caller, embed.ends_at, *_sealed(embed)),
    }
    CONSOLE.put_if(item, NEW)


def get_embed(embed_id: str) -> StoredEmbed | None:
    """The embed, read consistently, also for a day after its end. None if there is no such embed."""
    item = CONSOLE.get({"pk": _row(embed_id)})
    if not item or item["expires_at"] <= clock.now():
        return None
    embed = Embed(
        embed_id=item["embed_id"],
        key_id=item["key_id"],
        user_id=item["user_id"],
        account_id=item.get("account_id"),
        origin=item["origin"],
        page=item["page"],
        ends_at=item["ends_at"],
    )
    return StoredEmbed(embed, bytes(item["seal"]), Outcome(**item.get("outcome", {})))


def mark_opened(embed_id: str, *, again_s: int) -> bool:
    """Store the time of this use of the embed's secret if it is the first use. False if the first use was more than
    `again_s` seconds ago.
    """
    now = clock.now()
    lately = f"{EXISTING} AND (attribute_not_exists(opened_at) OR opened_at >= :earliest)"
    update = "SET opened_at = if_not_exists(opened_at, :now)"
    return CONSOLE.update_if({"pk": _row(embed_id)}, update, lately, {"now": now, "earliest": now - again_s})


def put_attempt(embed_id: str, attempt: str) -> None:
    """Store `attempt`, the hash that identifies the consent which begins on the page now. Delete an earlier consent's
    outcome.
    """
    CONSOLE.update_if({"pk": _row(embed_id)}, "SET attempt = :attempt REMOVE outcome", EXISTING, {"attempt": attempt})


def put_outcome(embed_id: str, attempt: str, outcome: Outcome) -> bool:
    """Store the `outcome` of the consent `attempt`. False if another consent has begun meanwhile, or if this consent
    already has an outcome.
    """
    values = {"attempt": attempt, "outcome": {"account_id": outcome.account_id, "error": outcome.error}}
    first = "attempt = :attempt AND attribute_not_exists(outcome)"
    return CONSOLE.update_if({"pk": _row(embed_id)}, "SET outcome = :outcome", first, values)


def _sealed(embed: Embed) -> tuple[str | None, ...]:
    return (embed.user_id, embed.account_id, embed.origin, embed.page)


def _row(embed_id: str) -> str:
    return f"embed#{embed_id}"
