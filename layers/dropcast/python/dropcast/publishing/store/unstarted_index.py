"""The index `unstarted`, by shard and time: publishes whose execution has not begun, or that need a recheck."""

from collections.abc import Iterator
from dataclasses import dataclass

from dropcast.aws.tables import PUBLISHES, Query
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.store.publish_rows import from_row, row_key

_PAGE = 25


@dataclass(frozen=True)
class Overdue:
    """A publish in the index, and when it was due (seconds since the epoch)."""

    publish_id: str
    at: int


def overdue_pages(shard: int, before: int) -> Iterator[list[Overdue]]:
    """Pages of the publishes of a shard that were due before `before` (seconds since the epoch), oldest first."""
    values = {"shard": f"shard{shard}", "before": before}
    query = Query("unstarted_shard = :shard AND unstarted_at < :before", values, index="unstarted")
    for rows in PUBLISHES.pages(query, _PAGE):
        yield [Overdue(row["pk"].removeprefix("publish#"), row["unstarted_at"]) for row in rows]


def sample_due_times(limit: int) -> tuple[list[int], bool]:
    """The due times of up to `limit` publishes in the index, and whether the index has no other publishes."""
    rows, more = PUBLISHES.index_page("unstarted", limit)
    return [row["unstarted_at"] for row in rows], more is None


def put_off(overdue: Overdue, until: int) -> Publish | None:
    """Make the publish due at `until` (seconds since the epoch) and return it. None if its due time changed meanwhile.

    A row that cannot be parsed is postponed too. Then pydantic's ValidationError is raised.
    """
    key, values = row_key(overdue.publish_id), {"until": until, "seen": overdue.at}
    row = PUBLISHES.update_and_get(key, "SET unstarted_at = :until", "unstarted_at = :seen", values)
    return from_row(row) if row else None
