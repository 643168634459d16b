"""Accounts in DynamoDB. What changes together with the tokens is written in token_store and save_connection."""

from dataclasses import asdict
from typing import Any

from dropcast import clock
from dropcast.accounts.models import Account, CreatorCheck, Profile, Stats
from dropcast.aws import clients, dynamo
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem, problem
from dropcast.settings import settings


def account_key(account_id: str) -> dynamo.Item:
    """The key of the account's row."""
    return {"pk": f"account#{account_id}", "sk": "account"}


def get_account(account_id: str) -> Account | None:
    """The account, read consistently, or None."""
    item = read_item(account_key(account_id))
    return from_row(item) if item else None


def visible_account(account_id: str, caller: Caller) -> Account | Problem:
    """The account, if it exists for the caller. Problem: account_not_found."""
    account = get_account(account_id)
    if account is None or not caller.sees(account.user_id):
        return problem("account_not_found", account_id=account_id)
    return account


def pointer_key(open_id: str) -> dynamo.Item:
    """The key of the item that names the account which a TikTok account is (or was last)."""
    return {"pk": f"open_id#{open_id}", "sk": "open_id"}


def account_of_open_id(open_id: str) -> Account | None:
    """The account that a TikTok account is here (or was last), read consistently, or None."""
    pointer = read_item(pointer_key(open_id))
    return get_account(pointer["account_id"]) if pointer else None


def accounts_of_user(user_id: str) -> list[Account]:
    """Every account of the caller's `user_id`, oldest first; disconnected ones too. Eventually consistent."""
    pages = (
        clients.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().accounts_table,
            IndexName="by_user",
            KeyConditionExpression="user_id = :user",
            ExpressionAttributeValues=dynamo.to_item({":user": user_id}),
        )
    )
    return [from_row(dynamo.from_item(item)) for page in pages for item in page["Items"]]


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
    """Store what TikTok says about the creator; what is None stays as it is. None: there is no such account."""
    told = {"username": username, "nickname": nickname, "avatar_url": avatar_url}
    parts = {"creator": creator, "profile": profile, "stats": stats}
    return _set(
        account_id,
        {name: value for name, value in told.items() if value}
        | {name: asdict(part) for name, part in parts.items() if part},
    )


def set_drop_defaults(account_id: str, defaults: dict[str, Any], caller: Caller = SYSTEM) -> Account | Problem:
    """Put `defaults` in the place of those that the account's drops had. Problem: account_not_found."""
    return _set(account_id, {"drop_defaults": defaults}, caller) or problem("account_not_found", account_id=account_id)


def note_refresh_request(account_id: str, caller: Caller, *, every_s: int) -> bool:
    """Note that a person asks for a refresh now; False if the account is not active, not the caller's to see, or one
    was asked for less than `every_s` seconds ago."""
    now = clock.now()
    owned, values = _owned_by(caller)
    values |= {":active": "active", ":now": now, ":before": now - every_s}
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().accounts_table,
        Key=dynamo.to_item(account_key(account_id)),
        UpdateExpression="SET refresh_asked_at = :now",
        # A time that lies ahead was written by a clock that was wrong.
        ConditionExpression=f"{owned} AND #status = :active AND (attribute_not_exists(refresh_asked_at)"
        " OR refresh_asked_at <= :before OR refresh_asked_at > :now)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=dynamo.to_item(values),
    )
    return answer is not None


def refresh_requested_at(account_id: str) -> int:
    """When a person last asked for a refresh, in seconds since the epoch; 0 for never."""
    return (read_item(account_key(account_id)) or {}).get("refresh_asked_at", 0)


def _set(account_id: str, values: dynamo.Item, caller: Caller = SYSTEM) -> Account | None:
    if not values:
        return get_account(account_id)
    owned, owner = _owned_by(caller)
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().accounts_table,
        Key=dynamo.to_item(account_key(account_id)),
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in values),
        ConditionExpression=owned,
        ExpressionAttributeValues=dynamo.to_item({f":{name}": value for name, value in values.items()} | owner),
        ReturnValues="ALL_NEW",
    )
    return from_row(dynamo.from_item(answer["Attributes"])) if answer else None


def _owned_by(caller: Caller) -> tuple[str, dynamo.Item]:
    """The condition of a write that the account exists for the caller, and its values."""
    if caller.user_id is None:
        return "attribute_exists(pk)", {}
    return "user_id = :owner", {":owner": caller.user_id}


def read_item(key: dynamo.Item) -> dynamo.Item | None:
    """One item of the accounts table, read consistently."""
    answer = clients.client("dynamodb").get_item(
        TableName=settings().accounts_table, Key=dynamo.to_item(key), ConsistentRead=True
    )
    return dynamo.from_item(answer["Item"]) if "Item" in answer else None


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
