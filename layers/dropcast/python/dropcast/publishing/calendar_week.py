"""A week in the calendar of scheduled publishes. It begins on Monday, in a person's time zone. Pure rules.

Moments are seconds since the epoch. A day in which the clocks change has 23 or 25 hours.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_NAME = re.compile(r"(\d{4})-W(\d\d)", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class CalendarDay:
    """The calendar day `day`. It begins at `since` and ends before `until`."""

    day: date
    since: int
    until: int

    def has(self, at: int) -> bool:
        """Whether the moment `at` is on this day."""
        return self.since <= at < self.until


@dataclass(frozen=True)
class CalendarWeek:
    """The week that begins on `monday`, in `zone`."""

    monday: date
    zone: ZoneInfo

    @property
    def name(self) -> str:
        """The week's name in ISO 8601: 2026-W49."""
        year, week, _ = self.monday.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def sunday(self) -> date:
        """The last day of the week."""
        return self.monday + 6 * _DAY

    @property
    def previous(self) -> "CalendarWeek":
        """The week before this week."""
        return CalendarWeek(self.monday - _WEEK, self.zone)

    @property
    def next(self) -> "CalendarWeek":
        """The week after this week."""
        return CalendarWeek(self.monday + _WEEK, self.zone)

    @property
    def days(self) -> list[CalendarDay]:
        """The seven days. Each day ends when the next day begins."""
        dates = [self.monday + number * _DAY for number in range(8)]
        starts = [_day_start(day, self.zone) for day in dates]
        return [CalendarDay(day, *span) for day, *span in zip(dates, starts, starts[1:], strict=False)]


def week_named(name: str, zone: ZoneInfo) -> CalendarWeek | None:
    """The week with this name (2026-W49).

    None if there is no such week, or if it is not between the years 2000 and 2999.
    """
    found = _NAME.fullmatch(name)
    if found is None or not _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR:
        return None
    try:
        return CalendarWeek(date.fromisocalendar(int(found[1]), int(found[2]), 1), zone)
    except ValueError:
        return None


def week_of(at: int, zone: ZoneInfo) -> CalendarWeek:
    """The week that contains the moment `at`."""
    day = _local(at, zone).date()
    return CalendarWeek(day - day.weekday() * _DAY, zone)


def clock_time(at: int, zone: ZoneInfo) -> str:
    """The time that the clocks of `zone` show at `at`: 14:30.

    A time that the clocks show twice has the zone's name: 02:30 CEST.
    """
    local = _local(at, zone)
    occurs_twice = local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset()
    return f"{local:%H:%M} {local.tzname()}" if occurs_twice else f"{local:%H:%M}"


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)


def _day_start(day: date, zone: ZoneInfo) -> int:
    """The first moment of `day`. If the clocks skip midnight, the day begins after the skipped hour."""
    return int(datetime.combine(day, time(), zone).timestamp())
