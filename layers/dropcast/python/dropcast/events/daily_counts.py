"""Counts, per UTC day, the publishes that reached each outcome, and the bytes sent for those that were published.

Each day has one row for the whole deployment, and one row for each user with publishes on that day. A publish can first
be `in_inbox` or `unknown` and be published later. It then counts once for each outcome, on the day of that outcome.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dropcast import clock
from dropcast.aws.tables import CONSOLE, Item

_OUTCOMES: Mapping[str, str] = {
    "publish.published": "published",
    "publish.in_inbox": "in_inbox",
    "publish.failed": "failed",
    "publish.unknown": "unknown",
    "publish.cancelled": "cancelled",
}
_DAY_S = 24 * 3600
_KEPT_S = 400 * _DAY_S
_DATE = len("2026-11-30")

_Row = tuple[str, str | None]


@dataclass(frozen=True)
class DayCounts:
    """The counts of `day` (such as 2026-11-30, in UTC).

    bytes_sent: the bytes that Dropcast sent for publishes that were published.
    """

    day: str
    published: int = 0
    in_inbox: int = 0
    failed: int = 0
    unknown: int = 0
    cancelled: int = 0
    bytes_sent: int = 0

    @property
    def total(self) -> int:
        """The sum of all outcomes."""
        return self.published + self.in_inbox + self.failed + self.unknown + self.cancelled


def is_counted(name: str) -> bool:
    """Whether events of this name are counted."""
    return name in _OUTCOMES


def count_writes(events: Iterable[tuple[str, str]]) -> list[Item]:
    """Entries of TransactWriteItems that count these events, one entry per row. `events`: pairs of name and body."""
    sums: dict[_Row, Counter[str]] = {}
    for name, body in events:
        day, user_id, counts = _counts_of(name, body)
        for row in {(day, None), (day, user_id)}:
            sums.setdefault(row, Counter()).update(counts)
    return [_add(row, counts) for row, counts in sums.items()]


def days_before(now: int, number: int) -> list[str]:
    """`number` days, newest first: the UTC day of `now` (seconds since the epoch) and the days before it."""
    return [clock.iso(now - ago * _DAY_S).partition("T")[0] for ago in range(number)]


def get_days(days: Sequence[str], user_id: str | None) -> list[DayCounts]:
    """The counts of `days` (at most 100), in the same order. Makes one call.

    They cover the publishes of the whole deployment if `user_id` is None, otherwise only those of this user.
    """
    rows = {row["pk"]: row for row in CONSOLE.get_many([_key((day, user_id)) for day in days])}
    return [_from_row(day, rows.get(_key((day, user_id))["pk"], {})) for day in days]


def _counts_of(name: str, body: str) -> tuple[str, str | None, Mapping[str, int]]:
    """The event's day, the publish's user, and the counts that the event adds."""
    event = json.loads(body)
    data = event["data"]
    sent = {"bytes_sent": data["bytes_sent"]} if name == "publish.published" else {}
    return event["at"][:_DATE], data["user_id"], {_OUTCOMES[name]: 1, **sent}


def _add(row: _Row, counts: Mapping[str, int]) -> Item:
    adds = ", ".join(f"#{name} :{name}" for name in counts)
    values = {**counts, "expires_at": clock.now() + _KEPT_S}
    return CONSOLE.update_entry(_key(row), f"SET expires_at = :expires_at ADD {adds}", None, values)


def _key(row: _Row) -> Item:
    """The key of a day's row. All days have the same length, so no user_id can produce the key of another row."""
    day, user_id = row
    return {"pk": f"day#{day}" if user_id is None else f"day#{day}#{user_id}"}


def _from_row(day: str, row: Item) -> DayCounts:
    return DayCounts(day, **{name: row[name] for name in (*_OUTCOMES.values(), "bytes_sent") if name in row})
