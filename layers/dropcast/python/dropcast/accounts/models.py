"""A connected TikTok account, as the rest of the house knows it. No token is in here."""

from dataclasses import dataclass, field
from typing import Any, Literal

from dropcast.errors import Problem, problem

AccountStatus = Literal["active", "reconnect_needed", "disconnected"]


@dataclass(frozen=True)
class Account:
    """One TikTok account (one `open_id`); names are None until TikTok told them.

    `connected_at` is in seconds since the epoch. `scopes` are what the person granted, not what we asked for.
    """

    account_id: str
    user_id: str
    open_id: str
    status: AccountStatus
    scopes: frozenset[str]
    connected_at: int
    username: str | None = None
    nickname: str | None = None
    avatar_url: str | None = None
    drop_defaults: dict[str, Any] = field(default_factory=dict[str, Any])


def obstacle(account: Account, scope: str) -> Problem | None:
    """Why `account` cannot do now what needs `scope`: `reconnect_needed` or `scope_not_granted`; None if it can."""
    if account.status != "active":
        return problem("reconnect_needed", account_id=account.account_id)
    if scope not in account.scopes:
        return problem("scope_not_granted", account_id=account.account_id, scope=scope)
    return None
