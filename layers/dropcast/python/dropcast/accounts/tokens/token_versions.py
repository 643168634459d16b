"""The versions of an account's tokens: that of the stored pair or of a disconnection, and the last reserved one."""

from dataclasses import dataclass

from dropcast.accounts.tokens.token_store import NEXT_NUMBER, tokens_key
from dropcast.aws.dynamo import Item
from dropcast.aws.tables import ACCOUNTS

_OF_A_PAIR = (
    "open_id",
    "access_token",
    "refresh_token",
    "refreshed_at",
    "access_expires_at",
    "refresh_expires_at",
    "due_at",
    "in_use_until",
    "client_key",
    "journal",
    "dead",
    "told_expiring",
    "waiting",
)


@dataclass(frozen=True)
class TokenVersions:
    """The version of the stored pair, or of the disconnection after it, and the last reserved version; 0 for none.

    `refreshed_at`: when the stored pair was requested from TikTok, in seconds since the epoch; 0 for none. `waiting`:
    the hash of the code that will confirm the newest pair.
    """

    version: int = 0
    last: int = 0
    refreshed_at: int = 0
    waiting: str | None = None


def get_token_versions(account_id: str) -> TokenVersions:
    """The account's versions, read consistently."""
    item = ACCOUNTS.get(tokens_key(account_id)) or {}
    return TokenVersions(
        item.get("version", 0), item.get("last_version", 0), item.get("refreshed_at", 0), item.get("waiting")
    )


def erase_tokens(account_id: str) -> Item:
    """An entry of TransactWriteItems that erases the account's tokens.

    The disconnection gets a version of its own, so that neither a refresh nor a confirmation can store a pair later.
    """
    update = f"SET version = {NEXT_NUMBER}, last_version = {NEXT_NUMBER} REMOVE {', '.join(_OF_A_PAIR)}"
    return ACCOUNTS.update_entry(tokens_key(account_id), update, None, {"none": 0, "one": 1})
