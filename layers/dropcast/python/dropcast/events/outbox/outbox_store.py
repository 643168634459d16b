"""The outbox in DynamoDB. A row is deleted when EventBridge has its event. An index lists rows by age."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from dropcast.aws.dynamo import Item, from_item
from dropcast.aws.tables import EXISTING, OUTBOX, Query

SHARDS = 8

_KEPT_S = 14 * 24 * 3600
# The maximum number of keys in one BatchGetItem.
_PAGE = 100


@dataclass(frozen=True)
class Waiting:
    """An event that is still in the outbox; `body` is its JSON text."""

    event_id: str
    name: str
    body: str


def put_write(event_id: str, name: str, body: str, at: int) -> Item:
    """An entry of TransactWriteItems that stores an event with the time `at` (seconds since the epoch), for at most 14
    days.
    """
    row: Item = {"pk": event_id, "name": name, "body": body, "expires_at": at + _KEPT_S}
    row |= {"unrelayed_shard": _shard(event_id), "unrelayed_at": at}
    return OUTBOX.put_entry(row)


def waiting(item: Item) -> Waiting:
    """The event in `item`, which is a row of the table in DynamoDB's form."""
    row = from_item(item)
    return Waiting(row["pk"], row["name"], row["body"])


def written_before(at: int) -> Iterator[list[Waiting]]:
    """Pages of the events that were written before `at` (seconds since the epoch) and are still in the outbox."""
    for shard in range(SHARDS):
        values = {"shard": f"shard{shard}", "at": at}
        query = Query("unrelayed_shard = :shard AND unrelayed_at < :at", values, index="unrelayed")
        for page in OUTBOX.pages(query, _PAGE):
            rows = OUTBOX.get_many([{"pk": item["pk"]} for item in page])
            yield [Waiting(row["pk"], row["name"], row["body"]) for row in rows]


def sample_times(limit: int) -> tuple[list[int], bool]:
    """The times at which up to `limit` events in the outbox were written, and whether the outbox has no others."""
    rows, more = OUTBOX.index_page("unrelayed", limit)
    return [row["unrelayed_at"] for row in rows], more is None


def remove(event_id: str) -> None:
    """Delete an event from the outbox; a missing event is no error."""
    OUTBOX.delete({"pk": event_id})


def remove_write(event_id: str) -> Item:
    """An entry of TransactWriteItems that deletes an event. The transaction fails if the event is already gone."""
    return OUTBOX.delete_entry({"pk": event_id}, EXISTING)


def _shard(event_id: str) -> str:
    return f"shard{zlib.crc32(event_id.encode()) % SHARDS}"
