"""The `due` index: which accounts are due, each handed to one finder only."""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast import aws, dynamo
from dropcast.accounts.account_store import account_key
from dropcast.settings import settings


@dataclass(frozen=True)
class Due:
    """An account that stands in the index, and since when it is due there (seconds since the epoch)."""

    account_id: str
    at: int


def due_accounts(shard: str, now: int) -> Iterator[Due]:
    """The accounts of one shard that are due at `now`, longest overdue first. Reads these and no others."""
    pages = (
        aws.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().accounts_table,
            IndexName="due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :now",
            ExpressionAttributeValues=dynamo.to_item({":shard": shard, ":now": now}),
        )
    )
    for page in pages:
        for found in page["Items"]:
            item = dynamo.from_item(found)
            yield Due(item["pk"].removeprefix("account#"), item["due_at"])


def put_off(due: Due, until: int) -> bool:
    """Let the account be due at `until` instead; False if it was refreshed or put off by somebody else meanwhile."""
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().accounts_table,
        Key=dynamo.to_item(account_key(due.account_id)),
        UpdateExpression="SET due_at = :until",
        ConditionExpression="due_at = :at",
        ExpressionAttributeValues=dynamo.to_item({":until": until, ":at": due.at}),
    )
    return answer is not None
