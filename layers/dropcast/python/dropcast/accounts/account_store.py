"""Accounts in DynamoDB. save_connection and the modules in tokens/ write the attributes that change with tokens."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from dropcast import clock
from dropcast.accounts.models import Account, CreatorCheck, Profile, Stats
from dropcast.aws.tables import ACCOUNTS, EXISTING, Item, Query, set_expression
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem, problem


def account_key(account_id: str) -> Item:
    """The key of the account's row."""
    return {"pk": f"account#{account_id}", "sk": "account"}


def get_account(account_id: str) -> Account | None:
    """The account, read consistently, or None."""
    row = ACCOUNTS.get(account_key(account_id))
    return from_row(row) if row else None


def visible_account(account_id: str, caller: Caller) -> Account | Problem:
    """The account if the caller may see it. Problem: account_not_found."""
    account = get_account(account_id)
    if account is None or not caller.sees(account.user_id, account_id):
        return problem("account_not_found", account_id=account_id)
    return account


def get_accounts(account_ids: Iterable[str]) -> dict[str, Account]:
    """The accounts that exist among `account_ids` (at most 100 different ids), by id, read consistently."""
    items = ACCOUNTS.get_many([account_key(account_id) for account_id in dict.fromkeys(account_ids)])
    return {account.account_id: account for account in map(from_row, items)}


def pointer_key(open_id: str) -> Item:
    """The key of the item that maps the open_id to the account to which it belongs or last belonged."""
    return {"pk": f"open_id#{open_id}", "sk": "open_id"}


def account_of_open_id(open_id: str) -> Account | None:
    """The account to which the open_id belongs or last belonged, read consistently, or None."""
    pointer = ACCOUNTS.get(pointer_key(open_id))
    return get_account(pointer["account_id"]) if pointer else None


def accounts_of_user(user_id: str) -> list[Account]:
    """Every account of `user_id`, oldest first, including disconnected ones. Eventually consistent."""
    return [from_row(row) for row in ACCOUNTS.items(Query("user_id = :user", {"user": user_id}, index="by_user"))]


def save_creator_details(
    account_id: str,
    *,
    username: str | None,
    nickname: str | None,
    avatar_url: str | None,
    creator: CreatorCheck | None = None,
    profile: Profile | None = None,
    stats: Stats | None = None,
) -> Account | None:
    """Store TikTok's details of the creator. A detail that is None stays unchanged.

    Returns the account, or None if it does not exist.
    """
    told = {"username": username, "nickname": nickname, "avatar_url": avatar_url}
    parts = {"creator": creator, "profile": profile, "stats": stats}
    return _set(
        account_id,
        {name: value for name, value in told.items() if value}
        | {name: asdict(part) for name, part in parts.items() if part},
    )


def set_drop_defaults(account_id: str, defaults: dict[str, Any], caller: Caller = SYSTEM) -> Account | Problem:
    """Set the default options of the account's drops to `defaults`. Problem: account_not_found."""
    return _set(account_id, {"drop_defaults": defaults}, caller) or problem("account_not_found", account_id=account_id)


def note_refresh_request(account_id: str, caller: Caller, *, every_s: int) -> bool:
    """Store that a person requests a refresh now.

    False if the account is not active, if the caller may not see it, or if the last request is less than `every_s`
    seconds old.
    """
    now = clock.now()
    # A wrong clock may have stored a future time.
    once = "(attribute_not_exists(refresh_asked_at) OR refresh_asked_at <= :before OR refresh_asked_at > :now)"
    return ACCOUNTS.update_if(
        account_key(account_id),
        "SET refresh_asked_at = :now",
        f"{_owned_by(caller)} AND #status = :active AND {once}",
        {"active": "active", "now": now, "before": now - every_s, **_owner(caller)},
    )


def refresh_requested_at(account_id: str) -> int:
    """When a person last requested a refresh, in seconds since the epoch. 0 if no person ever did."""
    return (ACCOUNTS.get(account_key(account_id)) or {}).get("refresh_asked_at", 0)


def _set(account_id: str, values: Item, caller: Caller = SYSTEM) -> Account | None:
    if not values:
        return get_account(account_id)
    owned = values | _owner(caller)
    row = ACCOUNTS.update_and_get(account_key(account_id), set_expression(values), _owned_by(caller), owned)
    return from_row(row) if row else None


def _owned_by(caller: Caller) -> str:
    """The condition that the caller may see the account. `_owner` returns the values of this condition."""
    bounds = {"user_id = :owner": caller.user_id, "account_id = :only": caller.account_id}
    return " AND ".join([EXISTING, *(condition for condition, value in bounds.items() if value is not None)])


def _owner(caller: Caller) -> Item:
    return {"owner": caller.user_id, "only": caller.account_id}


def from_row(row: dict[str, Any]) -> Account:
    """The account in a row of the table."""
    return Account(
        account_id=row["account_id"],
        user_id=row["user_id"],
        open_id=row["open_id"],
        status=row["status"],
        scopes=frozenset(row["scopes"]),
        connected_at=row["connected_at"],
        username=row.get("username"),
        nickname=row.get("nickname"),
        avatar_url=row.get("avatar_url"),
        creator=CreatorCheck(**row["creator"]) if "creator" in row else None,
        profile=Profile(**row["profile"]) if "profile" in row else None,
        stats=Stats(**row["stats"]) if "stats" in row else None,
        ended_at=row.get("ended_at"),
        end_reason=row.get("end_reason"),
        revoked=row.get("revoked"),
        drop_defaults=row.get("drop_defaults", {}),
        connection_number=row["connection_number"],
    )
