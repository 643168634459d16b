"""Version numbers of an account's pairs of tokens: the stored version (of a pair or a disconnection), and the last
reserved version.
"""

from dataclasses import dataclass

from dropcast.aws.dynamo import LONG_PATIENCE_S, Item
from dropcast.aws.tables import ACCOUNTS

# The expression that reserves the next version.
NEXT_NUMBER = "if_not_exists(last_version, :none) + :one"


@dataclass(frozen=True)
class TokenVersions:
    """The version numbers of an account's tokens. 0 means none.

    `version`: the version of the stored pair, or of the disconnection that erased the pair. `last`: the last reserved
    version. `refreshed_at`: when the stored pair was requested from TikTok, in seconds since the epoch.
    `waiting`: the hash of the code that will confirm the newest pair.
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


def reserve_version(account_id: str, *, waiting: str | None = None) -> int:
    """Reserve a version for a pair that is stored later. `waiting`: the hash of the code that will confirm the pair."""
    noted = ", waiting = :waiting" if waiting else ""
    update, values = f"SET last_version = {NEXT_NUMBER}{noted}", {"none": 0, "one": 1, "waiting": waiting}
    return ACCOUNTS.update(tokens_key(account_id), update, values, patience_s=LONG_PATIENCE_S)["last_version"]


def tokens_key(account_id: str) -> Item:
    """The key of the account's tokens."""
    return {"pk": f"account#{account_id}", "sk": "tokens"}
