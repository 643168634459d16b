"""The sweep's list: publishes for which something was to be done, in an index by shard and time."""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast.aws import clients, dynamo
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.store.rows import from_row, row_key
from dropcast.settings import settings

_PAGE = 25


@dataclass(frozen=True)
class Overdue:
    """A publish on the list, and when something was to be done for it (seconds since the epoch)."""

    publish_id: str
    at: int


def overdue_pages(shard: int, before: int) -> Iterator[list[Overdue]]:
    """Those of a shard that were due before `before` (seconds since the epoch), longest overdue first, in pages."""
    pages = (
        clients.client("dynamodb")
        .get_paginator("query")
        .paginate(
            TableName=settings().publishes_table,
            IndexName="unstarted",
            KeyConditionExpression="unstarted_shard = :shard AND unstarted_at < :before",
            ExpressionAttributeValues=dynamo.to_item({":shard": f"shard{shard}", ":before": before}),
            PaginationConfig={"PageSize": _PAGE},
        )
    )
    for page in pages:
        rows = [dynamo.from_item(item) for item in page["Items"]]
        yield [Overdue(row["pk"].removeprefix("publish#"), row["unstarted_at"]) for row in rows]


def put_off(overdue: Overdue, until: int) -> Publish | None:
    """Let it be due at `until`, behind all others, and return its row; None if something became of it meanwhile.

    A row that cannot be read is put off all the same, then raises pydantic's ValidationError.
    """
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().publishes_table,
        Key=dynamo.to_item(row_key(overdue.publish_id)),
        UpdateExpression="SET unstarted_at = :until",
        ConditionExpression="unstarted_at = :seen",
        ExpressionAttributeValues=dynamo.to_item({":until": until, ":seen": overdue.at}),
        ReturnValues="ALL_NEW",
    )
    return None if answer is None else from_row(dynamo.from_item(answer["Attributes"]))
