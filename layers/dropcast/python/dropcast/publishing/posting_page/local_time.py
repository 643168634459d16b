"""Converts a person's local time to a moment. Handles the changes to and from daylight saving time."""

import re
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from dropcast.clock import iso
from dropcast.errors.problem import Problem, problem

_FIRST_YEAR, _LAST_YEAR = 2000, 2999
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def find_zone(name: str) -> ZoneInfo | Problem:
    """The time zone with this IANA name, such as Europe/Berlin. Problem: field_invalid."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        return problem("field_invalid", reason="it is not the name of a time zone, such as Europe/Berlin")


def moment_of(local: str, zone: ZoneInfo, choice: str) -> int | Problem:
    """The moment at which the clocks of `zone` show `local` (2026-12-24T18:00), in seconds since the epoch.

    `choice`: "first" or "second" for a time that occurs twice. Problems: field_invalid, time_skipped, time_repeated
    (its details have both moments as `first` and `second`).
    """
    naive = _parsed(local)
    if naive is None:
        return problem("field_invalid", reason="it is not a date and a time, such as 2026-12-24T18:00")
    first, second = (int(naive.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first == second:
        return first
    details = {"local": naive.isoformat(" ", "minutes"), "time_zone": zone.key}
    if not _shows(zone, first, naive):
        return problem("time_skipped", **details)
    chosen = {"first": first, "second": second}.get(choice)
    return problem("time_repeated", **details, first=iso(first), second=iso(second)) if chosen is None else chosen


def day_start(day: str, zone: ZoneInfo, *, days_later: int = 0) -> int | Problem:
    """When `day` (2026-12-24), plus `days_later` days, begins in `zone`, in seconds since the epoch.

    Problem: field_invalid. If the clocks skip midnight, the day begins after the skipped hour.
    """
    midnight = _parsed(f"{day}T00:00") if _DAY.fullmatch(day) else None
    if midnight is None:
        return problem("field_invalid", reason="it is not a date, such as 2026-12-24")
    return int((midnight + timedelta(days=days_later)).replace(tzinfo=zone).timestamp())


def _parsed(local: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(local)
    except ValueError:
        return None
    is_plain = found.tzinfo is None and "T" in local
    return found if is_plain and _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _shows(zone: tzinfo, moment: int, naive: datetime) -> bool:
    return datetime.fromtimestamp(moment, zone).replace(tzinfo=None) == naive.replace(microsecond=0)
