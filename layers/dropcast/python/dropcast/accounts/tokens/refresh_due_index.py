"""The `due` index: the rows whose tokens are due, each given to one caller only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from dropcast.aws.tables import ACCOUNTS, Query


@dataclass(frozen=True)
class DueRow:
    """A row in the index, an account's or a business connection's, and since when it is due (epoch seconds)."""

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
    due = Query("due_shard = :shard AND due_at <= :now", {"shard": shard, "now": now}, index="due")
    for row in ACCOUNTS.items(due):
        yield DueRow(row["pk"], row["sk"], row["due_at"])


def postpone(due: DueRow, until: int) -> DueRow | None:
    """The row, due at `until` instead; None if another worker refreshed or postponed it meanwhile."""
    key, values = {"pk": due.pk, "sk": due.sk}, {"until": until, "at": due.at}
    is_ours = ACCOUNTS.mark_if(key, "SET due_at = :until", "due_at = :at", values)
    return replace(due, at=until) if is_ours else None
