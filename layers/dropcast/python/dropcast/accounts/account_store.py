"""Accounts in DynamoDB. What changes together with the tokens is written in token_store and connected_store."""

from typing import Any

from dropcast import aws, dynamo
from dropcast.accounts.models import Account
from dropcast.settings import settings


def account_key(account_id: str) -> dynamo.Item:
    """The key of the account's row."""
    return {"pk": f"account#{account_id}", "sk": "account"}


def get_account(account_id: str) -> Account | None:
    """The account, read consistently, or None."""
    item = read_item(account_key(account_id))
    return from_row(item) if item else None


def accounts_of_user(user_id: str) -> list[Account]:
    """Every account of the caller's `user_id`, oldest first; disconnected ones too. Eventually consistent."""
    pages = (
        aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().accounts_table,
            IndexName="by_user",
            KeyConditionExpression="user_id = :user",
            ExpressionAttributeValues=dynamo.to_item({":user": user_id}),
        )
    )
    return [from_row(dynamo.from_item(item)) for page in pages for item in page["Items"]]


def describe_account(account_id: str, *, username: str | None, nickname: str | None, avatar_url: str | None) -> None:
    """Keep what TikTok tells of the account's looks; what is None stays as it is known."""
    told = {"username": username, "nickname": nickname, "avatar_url": avatar_url}
    known = {name: value for name, value in told.items() if value}
    if not known:
        return
    aws.client("dynamodb").update_item(
        TableName=settings().accounts_table,
        Key=dynamo.to_item(account_key(account_id)),
        UpdateExpression="SET " + ", ".join(f"{name} = :{name}" for name in known),
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeValues=dynamo.to_item({f":{name}": value for name, value in known.items()}),
    )


def read_item(key: dynamo.Item) -> dynamo.Item | None:
    """One item of the accounts table, read consistently."""
    answer = aws.client("dynamodb").get_item(
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
        drop_defaults=row.get("drop_defaults", {}),
    )
