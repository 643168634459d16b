"""A connected TikTok account, as the rest of the house knows it. No token is in here."""

from dataclasses import dataclass, field
from typing import Any, Literal

AccountStatus = Literal["active", "reconnect_needed", "disconnected"]


@dataclass(frozen=True)
class Account:
    """One TikTok account (one `open_id`). `connected_at` is in seconds since the epoch; names are None until TikTok told them."""

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

    def can(self, scope: str) -> bool:
        """Whether the person granted `scope` and the connection stands."""
        return self.status == "active" and scope in self.scopes
