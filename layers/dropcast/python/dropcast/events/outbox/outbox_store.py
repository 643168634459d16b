"""The outbox in DynamoDB. A row is deleted when EventBridge has its event; an index finds rows that stay too long."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dropcast.aws import clients, dynamo
from dropcast.settings import settings

SHARDS = 8

_KEPT_SECONDS = 14 * 24 * 3600
# As many as one BatchGetItem takes.
_PAGE = 100


@dataclass(frozen=True)
class Waiting:
    """An event that is still in the outbox; `body` is its JSON text."""

    event_id: str
    name: str
    body: str


def put_write(event_id: str, name: str, body: str, at: int) -> dynamo.Item:
    """One entry of TransactWriteItems that stores an event of `at` (seconds since the epoch), for 14 days at most."""
    row: dynamo.Item = {"pk": event_id, "name": name, "body": body, "expires_at": at + _KEPT_SECONDS}
    row |= {"unrelayed_shard": _shard(event_id), "unrelayed_at": at}
    return {"Put": {"TableName": settings().outbox_table, "Item": dynamo.to_item(row)}}


def waiting(item: dynamo.Item) -> Waiting:
    """The event in a row of the table, as DynamoDB gives it."""
    row = dynamo.from_item(item)
    return Waiting(row["pk"], row["name"], row["body"])


def written_before(at: int) -> Iterator[list[Waiting]]:
    """Pages of the events that were written before `at` (seconds since the epoch) and are still in the outbox."""
    for shard in range(SHARDS):
        for page in _pages(shard, at):
            rows = dynamo.read_many(settings().outbox_table, [{"pk": item["pk"]["S"]} for item in page["Items"]])
            yield [Waiting(row["pk"], row["name"], row["body"]) for row in rows]


def remove(event_id: str) -> None:
    """Delete an event from the outbox; a missing event is no error."""
    dynamo.delete(TableName=settings().outbox_table, Key=dynamo.to_item({"pk": event_id}))


def _pages(shard: int, at: int) -> Iterator[dict[str, Any]]:
    return iter(
        clients.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().outbox_table,
            IndexName="unrelayed",
            KeyConditionExpression="unrelayed_shard = :shard AND unrelayed_at < :at",
            ExpressionAttributeValues=dynamo.to_item({":shard": f"shard{shard}", ":at": at}),
            PaginationConfig={"PageSize": _PAGE},
        )
    )


def _shard(event_id: str) -> str:
    return f"shard{zlib.crc32(event_id.encode()) % SHARDS}"
