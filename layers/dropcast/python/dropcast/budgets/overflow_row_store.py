"""The rows of the publishes in the back of a queue: one that is found by its place, one that is found by its owner."""

from collections.abc import Sequence
from typing import Any

from dropcast.aws import clients, dynamo
from dropcast.budgets.ledger import Slot
from dropcast.budgets.ledger_item import partition
from dropcast.budgets.overflow_queue import ROW_KEPT_S
from dropcast.settings import settings

_LAST = 10**12 - 1


def put_writes(open_id: str, row: Slot) -> tuple[dynamo.Item, ...]:
    """Entries of TransactWriteItems that store `row`."""
    kept = {**vars(row), "wants": list(row.wants), "expires_at": row.at + ROW_KEPT_S}
    table = settings().budgets_table
    return tuple({"Put": {"TableName": table, "Item": key | dynamo.to_item(kept)}} for key in _keys(open_id, row))


def delete_writes(open_id: str, row: Slot) -> tuple[dynamo.Item, ...]:
    """Entries of TransactWriteItems that remove `row`."""
    return tuple({"Delete": {"TableName": settings().budgets_table, "Key": key}} for key in _keys(open_id, row))


def first(open_id: str, lane: str, *, after: int, limit: int) -> list[Slot]:
    """At most `limit` rows of `lane` with numbers above `after`, by number. Read consistently."""
    values = {":pk": _partition(open_id), ":from": _place(lane, after + 1), ":to": _place(lane, _LAST)}
    answer = clients.client("dynamodb").query(
        TableName=settings().budgets_table,
        KeyConditionExpression="pk = :pk AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues=dynamo.to_item(values),
        Limit=limit,
        ConsistentRead=True,
    )
    return [_row(item) for item in answer["Items"]]


def of_owner(open_id: str, owner: str) -> Slot | None:
    """The row of `owner`. It may be one that its owner left behind when it moved to the front."""
    key = dynamo.to_item({"pk": _partition(open_id), "sk": f"owner#{owner}"})
    answer = clients.client("dynamodb").get_item(TableName=settings().budgets_table, Key=key, ConsistentRead=True)
    return _row(answer["Item"]) if "Item" in answer else None


def _keys(open_id: str, row: Slot) -> Sequence[dynamo.Item]:
    pk = _partition(open_id)
    return [dynamo.to_item({"pk": pk, "sk": sk}) for sk in (_place(row.lane, row.number), f"owner#{row.owner}")]


def _place(lane: str, number: int) -> str:
    return f"place#{lane}#{number:012d}"


def _partition(open_id: str) -> str:
    return partition(open_id, "posting")


def _row(item: Any) -> Slot:
    row = dynamo.from_item(item)
    return Slot(row["owner"], row["number"], row["at"], tuple(row["wants"]))
