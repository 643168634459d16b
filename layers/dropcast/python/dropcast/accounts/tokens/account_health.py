"""The state of an account and of its connection to TikTok, described for people. Pure rules.

What the account can and cannot do is in dropcast.accounts.abilities.
"""

from dataclasses import dataclass

from dropcast.accounts.models import Account, EndReason, inactivity
from dropcast.accounts.tokens.refresh_due_time import EXPIRING_S
from dropcast.accounts.tokens.token_store import StoredTokens

_ENDS: dict[EndReason, str] = {
    "disconnected_here": "The account was disconnected in Dropcast.",
    "removed_at_tiktok": "The account's owner removed the app in TikTok.",
    "account_deleted": "The account was deleted at TikTok.",
    "age_changed": "TikTok ended the connection, because the age of the account's owner changed.",
    "banned": "TikTok banned the account.",
    "revoked": "TikTok ended the connection.",
    "unknown": "TikTok ended the connection without a reason.",
}
_RECONNECT = "Connect the account again."


@dataclass(frozen=True)
class AccountHealth:
    """A description of whether the account works. `fix`: what a person can do, or None if nothing needs to be done.

    renewed_at: when Dropcast last renewed the connection. ends_at: when TikTok ends the connection if it is not
    renewed. Both are in seconds since the epoch, and None without tokens.
    """

    works: bool
    words: str
    fix: str | None = None
    renewed_at: int | None = None
    ends_at: int | None = None


def account_health(account: Account, tokens: StoredTokens | None, now: int) -> AccountHealth:
    """The health of `account` at `now` (seconds since the epoch)."""
    obstacle = inactivity(account)
    if obstacle is not None:
        words = _ENDS[account.end_reason] if account.end_reason else obstacle.message
        return AccountHealth(False, words, obstacle.fix)
    if tokens is None:
        return AccountHealth(False, "Dropcast has no tokens of this account.", _RECONNECT)
    works, words, fix = _connection_state(tokens.refresh_expires_at - now)
    return AccountHealth(works, words, fix, tokens.refreshed_at, tokens.refresh_expires_at)


def _connection_state(left_s: int) -> tuple[bool, str, str | None]:
    """Whether a connection that ends in `left_s` seconds works, a description of the connection, and the fix, if one is
    needed.
    """
    if left_s <= 0:
        return False, "The connection has expired at TikTok.", _RECONNECT
    if left_s <= EXPIRING_S:
        return True, "The connection works, but ends soon, and Dropcast could not renew it yet.", _RECONNECT
    return True, "The connection works. Dropcast renews it before it ends.", None
