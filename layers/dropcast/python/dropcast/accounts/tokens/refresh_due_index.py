"""The `due` index: whose tokens are due, each handed to one finder only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dropcast.aws import clients, dynamo
from dropcast.settings import settings


@dataclass(frozen=True)
class DueRow:
    """A row that stands in the index, an account's or a business connection's, and since when (epoch seconds)."""

    pk: str
    sk: str
    at: int

    @property
    def whose(self) -> dict[str, str]:
        """The name by which the row's owner is known."""
        if self.pk == "business":
            return {"connection_id": self.sk}
        return {"account_id": self.pk.removeprefix("account#")}


def find_due_rows(shard: str, now: int) -> Iterator[DueRow]:
    """The rows of one shard that are due at `now`, longest overdue first. Reads these and no others."""
    pages = (
        clients.client("dynamodb")
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
            yield DueRow(item["pk"], item["sk"], item["due_at"])


def postpone(due: DueRow, until: int) -> DueRow | None:
    """The row, due at `until` instead; None if it was refreshed or put off by somebody else meanwhile."""
    is_ours = dynamo.mark_if(
        TableName=settings().accounts_table,
        Key=dynamo.to_item({"pk": due.pk, "sk": due.sk}),
        UpdateExpression="SET due_at = :until",
        ConditionExpression="due_at = :at",
        ExpressionAttributeValues=dynamo.to_item({":until": until, ":at": due.at}),
    )
    return replace(due, at=until) if is_ours else None
