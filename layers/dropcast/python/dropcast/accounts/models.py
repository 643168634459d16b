"""The model of a connected TikTok account, for all other modules. It holds no token."""

from dataclasses import dataclass, field
from typing import Any, Literal

from dropcast.errors.problem import Problem, problem

# TikTok's links to avatars expire after two hours.
_AVATAR_LIVES_S = 7200

AccountStatus = Literal["active", "unconfirmed", "reconnect_needed", "disconnected"]
EndReason = Literal[
    "disconnected_here",
    "removed_at_tiktok",
    "account_deleted",
    "age_changed",
    "banned",
    "revoked",
    "unknown",
]


@dataclass(frozen=True)
class CreatorCheck:
    """What TikTok reported about the creator at `at` (seconds since the epoch).

    `private`: whether the account is private, or None if TikTok did not say. `refusal`: TikTok's code if the creator
    cannot post at present.
    """

    at: int
    private: bool | None = None
    refusal: str | None = None


@dataclass(frozen=True)
class Profile:
    """The profile that TikTok returns to apps with the scope user.info.profile.

    A value is None if TikTok did not return it.
    """

    bio: str | None = None
    link: str | None = None
    verified: bool | None = None


@dataclass(frozen=True)
class Stats:
    """The account's counts, for apps with the scope user.info.stats. A value is None if TikTok did not return it."""

    followers: int | None = None
    following: int | None = None
    likes: int | None = None
    videos: int | None = None


@dataclass(frozen=True)
class Account:
    """One TikTok account (one `open_id`). Names are None until TikTok has returned them.

    `connected_at` and `ended_at` are in seconds since the epoch. `scopes` are the scopes that the person granted, not
    the requested ones. A disconnected account has `ended_at`, `end_reason` and `revoked` (whether the grant was revoked
    at TikTok). `connection_number` rises with each connection, so that two connections in the same second differ.
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
    creator: CreatorCheck | None = None
    profile: Profile | None = None
    stats: Stats | None = None
    ended_at: int | None = None
    end_reason: EndReason | None = None
    revoked: bool | None = None
    drop_defaults: dict[str, Any] = field(default_factory=dict[str, Any])
    connection_number: int = 1


def avatar_url_at(account: Account, now: int) -> str | None:
    """The address of the account's picture. None if TikTok's link has expired at `now` (seconds since the epoch)."""
    checked_at = account.creator.at if account.creator else 0
    return account.avatar_url if now - checked_at < _AVATAR_LIVES_S else None


def obstacle(account: Account, scope: str) -> Problem | None:
    """The reason why `account` cannot use `scope` now, or None if it can.

    Problems: `account_unconfirmed`, `account_disconnected`, `reconnect_needed`, `scope_not_granted`.
    """
    if inactive := inactivity(account):
        return inactive
    if scope not in account.scopes:
        return problem("scope_not_granted", account_id=account.account_id, scope=scope)
    return None


def inactivity(account: Account) -> Problem | None:
    """The reason why `account` cannot be used at TikTok now, or None if it is active."""
    match account.status:
        case "active":
            return None
        case "unconfirmed":
            return problem("account_unconfirmed", account_id=account.account_id)
        case "disconnected":
            return problem("account_disconnected", account_id=account.account_id)
        case "reconnect_needed":
            return problem("reconnect_needed", account_id=account.account_id)
