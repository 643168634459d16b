"""A connection to TikTok API for Business, as the rest of the house knows it. No token is in here."""

from dataclasses import dataclass
from typing import Literal

from dropcast.errors.problem import Problem, problem

BusinessKind = Literal["advertiser", "account"]
BusinessStatus = Literal["active", "reconnect_needed", "disconnected"]


@dataclass(frozen=True)
class BusinessConnection:
    """What one consent gave; `connected_at` and `ended_at` are in seconds since the epoch.

    An `advertiser` has its `advertiser_ids`. An `account` has its `business_id`, which is that portal's name of the
    TikTok account, and may serve the comments of one of our accounts (`account_id`). `made_for` names the account that
    it was agreed to for, also once another connection serves that account. `revoked`: TikTok took it back.
    `connection_number` rises with each consent, and tells one from another in the same second.
    """

    connection_id: str
    kind: BusinessKind
    user_id: str
    status: BusinessStatus
    connected_at: int
    account_id: str | None = None
    made_for: str | None = None
    business_id: str | None = None
    advertiser_ids: tuple[str, ...] = ()
    scopes: frozenset[str] = frozenset()
    ended_at: int | None = None
    revoked: bool | None = None
    connection_number: int = 1


def business_obstacle(connection: BusinessConnection) -> Problem | None:
    """Why nothing can be asked by `connection` now; None if it is active."""
    match connection.status:
        case "active":
            return None
        case "disconnected":
            return problem("business_not_connected", connection_id=connection.connection_id)
        case "reconnect_needed":
            return problem("business_reconnect_needed", connection_id=connection.connection_id)
