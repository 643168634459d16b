"""The index `due`: the rows whose tokens are due for a refresh. Only one caller gets each row."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dropcast.aws.tables import ACCOUNTS, Query


@dataclass(frozen=True)
class DueRow:
    """The row of an account or business connection in the index, and the time at which it was due (epoch seconds)."""

    pk: str
    sk: str
    at: int

    @property
    def whose(self) -> dict[str, str]:
        """The id of the account or business connection, as a field of a log line."""
        if self.pk == "business":
            return {"connection_id": self.sk}
        return {"account_id": self.pk.removeprefix("account#")}


def find_due_rows(shard: str, now: int) -> Iterator[DueRow]:
    """The rows of one shard that are due at `now`, longest overdue first. Reads no other rows."""
    due = Query("due_shard = :shard AND due_at <= :now", {"shard": shard, "now": now}, index="due")
    for row in ACCOUNTS.items(due):
        yield DueRow(row["pk"], row["sk"], row["due_at"])


def sample_due_times(limit: int) -> tuple[list[int], bool]:
    """When the tokens of up to `limit` rows of the index are due, and whether the index has no other rows."""
    rows, more = ACCOUNTS.index_page("due", limit)
    return [row["due_at"] for row in rows], more is None


def postpone(due: DueRow, until: int) -> DueRow | None:
    """Postpone the row to `until` and return it. None if another worker has refreshed or postponed it meanwhile."""
    key, values = {"pk": due.pk, "sk": due.sk}, {"until": until, "at": due.at}
    is_ours = ACCOUNTS.mark_if(key, "SET due_at = :until", "due_at = :at", values)
    return replace(due, at=until) if is_ours else None
