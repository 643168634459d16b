"""Shows accounts and business connections on pages: their names, their state in words, and what a key may do."""

from dataclasses import dataclass
from typing import Literal

from dropcast import clock
from dropcast.accounts.abilities import Ability, abilities
from dropcast.accounts.business.models import BusinessConnection, business_obstacle
from dropcast.accounts.models import Account, AccountStatus, avatar_url_at, inactivity
from dropcast.accounts.tokens.account_health import account_health
from dropcast.caller import Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.admission.account_check import posting_obstacle
from dropcast.settings import settings

Tone = Literal["done", "waits", "failed"]

_STATUS: dict[AccountStatus, tuple[str, Tone]] = {
    "active": ("Connected", "done"),
    "unconfirmed": ("Not confirmed", "waits"),
    "reconnect_needed": ("Needs to be connected again", "failed"),
    "disconnected": ("Disconnected", "waits"),
}
_KINDS = {"advertiser": "Advertiser, for trends", "account": "Account, for comments"}


@dataclass(frozen=True)
class ShownAccount:
    """An account on a page. `why` is the reason why it cannot post, and `fix` is the remedy. Both are None if it can
    post.
    """

    account: Account
    name: str
    avatar: str | None
    status: str
    tone: Tone
    why: str | None
    fix: str | None
    can_post: bool


@dataclass(frozen=True)
class ShownConnection:
    """A business connection on a page. `obstacle`: why no call can use it, or None if it works."""

    connection: BusinessConnection
    kind: str
    obstacle: Problem | None


@dataclass(frozen=True)
class Refusals:
    """For each action, the problem that /v1 would return for the session's key. None if the key may do the action."""

    connect: Problem | None
    post: Problem | None
    disconnect: Problem | None


def refusals_of(caller: Caller) -> Refusals:
    """For each action, the problem if the caller's key may not do the action."""
    return Refusals(caller.refusal("publish"), caller.refusal("publish", "draft"), caller.refusal("admin"))


def shown_account(account: Account) -> ShownAccount:
    """The account as a page shows it. This needs no tokens and no call to TikTok."""
    status, tone = _STATUS[account.status]
    why, fix = _hindrance(account)
    if account.status == "active" and why is not None:
        status, tone = "Cannot publish now", "waits"
    return ShownAccount(
        account,
        name_of(account),
        avatar_url_at(account, clock.now()),
        status,
        tone,
        why,
        fix,
        can_post=posting_obstacle(account, "direct") is None or posting_obstacle(account, "draft") is None,
    )


def shown_abilities(account: Account) -> list[Ability]:
    """What the account can and cannot do, with the reasons."""
    return abilities(account, audited=settings().app_audit == "audited")


def shown_connection(connection: BusinessConnection) -> ShownConnection:
    """The business connection as a page shows it."""
    return ShownConnection(connection, _KINDS[connection.kind], business_obstacle(connection))


def name_of(account: Account) -> str:
    """The name by which a person recognises the account."""
    return account.nickname or account.username or account.account_id


def _hindrance(account: Account) -> tuple[str | None, str | None]:
    if inactivity(account):
        health = account_health(account, None, clock.now())
        return health.words, health.fix
    publish = next(one for one in shown_abilities(account) if one.code == "publish")
    return (None, None) if publish.can else (publish.why, publish.fix)


def comments_path(account_id: str) -> str:
    """The address of the account's comments."""
    return f"/console/accounts/{account_id}/comments"
