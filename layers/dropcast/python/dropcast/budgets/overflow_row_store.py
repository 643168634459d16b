"""The rows of the publishes in the overflow of a queue.

Each publish has two rows: one with its place as the key, and one with its owner as the key.
"""

from collections.abc import Sequence

from dropcast.aws.tables import BUDGETS, Item, Query
from dropcast.budgets.ledger import Slot
from dropcast.budgets.ledger_item import partition
from dropcast.budgets.overflow_queue import ROW_KEPT_S

_LAST = 10**12 - 1


def put_writes(open_id: str, row: Slot) -> tuple[Item, ...]:
    """Entries of TransactWriteItems that store `row`."""
    kept = {**vars(row), "wants": list(row.wants), "expires_at": row.at + ROW_KEPT_S}
    return tuple(BUDGETS.put_entry(key | kept) for key in _keys(open_id, row))


def delete_writes(open_id: str, row: Slot) -> tuple[Item, ...]:
    """Entries of TransactWriteItems that remove `row`."""
    return tuple(BUDGETS.delete_entry(key) for key in _keys(open_id, row))


def first(open_id: str, lane: str, *, after: int, limit: int) -> list[Slot]:
    """At most `limit` rows of `lane` with numbers above `after`, lowest first, read consistently."""
    values = {"pk": _partition(open_id), "from": _place(lane, after + 1), "to": _place(lane, _LAST)}
    rows, _ = BUDGETS.page(Query("pk = :pk AND sk BETWEEN :from AND :to", values, consistent=True), limit)
    return [_row(row) for row in rows]


def of_owner(open_id: str, owner: str) -> Slot | None:
    """The row of `owner`, or None. The row may be outdated, because it stays when the owner moves into the ledger's
    queue.
    """
    row = BUDGETS.get({"pk": _partition(open_id), "sk": f"owner#{owner}"})
    return _row(row) if row else None


def _keys(open_id: str, row: Slot) -> Sequence[Item]:
    pk = _partition(open_id)
    return [{"pk": pk, "sk": sk} for sk in (_place(row.lane, row.number), f"owner#{row.owner}")]


def _place(lane: str, number: int) -> str:
    return f"place#{lane}#{number:012d}"


def _partition(open_id: str) -> str:
    return partition(open_id, "posting")


def _row(row: Item) -> Slot:
    return Slot(row["owner"], row["number"], row["at"], tuple(row["wants"]))
