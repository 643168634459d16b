"""The model of a connection to TikTok API for Business, for all other modules. It holds no token."""

from dataclasses import dataclass
from typing import Literal

from dropcast.errors.problem import Problem, problem

BusinessKind = Literal["advertiser", "account"]
BusinessStatus = Literal["active", "reconnect_needed", "disconnected"]


@dataclass(frozen=True)
class BusinessConnection:
    """The result of one consent. `connected_at` and `ended_at` are in seconds since the epoch.

    A connection of the kind `advertiser` has `advertiser_ids`. A connection of the kind `account` has a `business_id`,
    the Business portal's id of the TikTok account, and may serve the comments of one of Dropcast's accounts
    (`account_id`). `made_for`: the account for which the consent was given, even if another connection serves that
    account now. `revoked`: whether TikTok revoked the grant.
    `connection_number` rises with each consent, so that two consents in the same second differ.
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
    """The reason why no call can use `connection` now, or None if it is active."""
    match connection.status:
        case "active":
            return None
        case "disconnected":
            return problem("business_not_connected", connection_id=connection.connection_id)
        case "reconnect_needed":
            return problem("business_reconnect_needed", connection_id=connection.connection_id)
