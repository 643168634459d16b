"""The health of each source of trends: one row per source, in one partition."""

from dataclasses import dataclass
from typing import Literal

from dropcast.aws.tables import TRENDS, Item, Query, set_expression
from dropcast.trends.models import Failed, Reason, SourceName, TrendQuery

SourceState = Literal["good", "failing", "off", "untried"]

_PARTITION = "health"
_OFF: tuple[Reason, ...] = ("not_configured", "not_connected")

# For this long after a list, a source counts as working: two runs and an hour.
_GOOD_FOR_S = 13 * 3600


@dataclass(frozen=True)
class Health:
    """A source's health. Times are seconds since the epoch.

    `failures` counts the failures since the last success. `list_key` is the key of the list that failed last.
    """

    source: SourceName
    good_at: int | None = None
    failed_at: int | None = None
    failures: int = 0
    reason: Reason | None = None
    raw_status: str | None = None
    list_key: str | None = None

    @property
    def state(self) -> SourceState:
        """The state of the source after its last attempt."""
        if self.reason is None or (self.good_at or 0) >= (self.failed_at or 0):
            return "good" if self.good_at else "untried"
        return "off" if self.reason in _OFF else "failing"


def note_good(source: SourceName, at: int) -> None:
    """Store that the source returned a list."""
    _note(source, {"good_at": at, "failures": 0})


def note_failed(failed: Failed, query: TrendQuery, at: int) -> None:
    """Store that the source failed. If Dropcast did not call the source, the failure is not counted.

    A source that is off for one kind of list may work for others, for example if it has a connection only for music and
    keywords. So "off" is stored only if the source has not returned a list lately.
    """
    changes: Item = {"failed_at": at, "reason": failed.reason, "raw_status": failed.raw_status}
    changes["list_key"] = query.key
    if failed.asked:
        _note(failed.source, changes, also=" ADD failures :one", values={"one": 1})
    elif failed.reason in _OFF:
        not_lately = "attribute_not_exists(good_at) OR good_at < :lately"
        _note(failed.source, changes, values={"lately": at - _GOOD_FOR_S}, condition=not_lately)


def healths() -> dict[SourceName, Health]:
    """The health of each source that a run has tried. Makes one query."""
    rows, _ = TRENDS.page(Query("pk = :health", {"health": _PARTITION}))
    known = set(Health.__dataclass_fields__)
    return {
        row["sk"]: Health(source=row["sk"], **{name: value for name, value in row.items() if name in known})
        for row in rows
    }


def _note(
    source: SourceName,
    changes: Item,
    also: str = "",
    values: Item | None = None,
    condition: str | None = None,
) -> None:
    key, update = {"pk": _PARTITION, "sk": source}, set_expression(changes) + also
    TRENDS.update_if(key, update, condition, changes | (values or {}))
