"""The sweep's list: publishes that are due, in an index by shard and time."""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast.aws.tables import PUBLISHES, Query
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.store.publish_rows import from_row, row_key

_PAGE = 25


@dataclass(frozen=True)
class Overdue:
    """A publish on the list, and when it was due (seconds since the epoch)."""

    publish_id: str
    at: int


def overdue_pages(shard: int, before: int) -> Iterator[list[Overdue]]:
    """Those of a shard that were due before `before` (seconds since the epoch), longest overdue first, in pages."""
    values = {"shard": f"shard{shard}", "before": before}
    query = Query("unstarted_shard = :shard AND unstarted_at < :before", values, index="unstarted")
    for rows in PUBLISHES.pages(query, _PAGE):
        yield [Overdue(row["pk"].removeprefix("publish#"), row["unstarted_at"]) for row in rows]


def put_off(overdue: Overdue, until: int) -> Publish | None:
    """Let it be due at `until`, behind all others, and return its row; None if another writer changed it meanwhile.

    A row that cannot be read is put off all the same, then raises pydantic's ValidationError.
    """
    key, values = row_key(overdue.publish_id), {"until": until, "seen": overdue.at}
    row = PUBLISHES.update_and_get(key, "SET unstarted_at = :until", "unstarted_at = :seen", values)
    return from_row(row) if row else None
