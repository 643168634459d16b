"""The calendar's weeks: seven days without a gap, even if the clocks change."""

from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.publishing.calendar_week import CalendarWeek, clock_time, week_named, week_of

HOUR = 3600
BERLIN, UTC_ZONE = ZoneInfo("Europe/Berlin"), ZoneInfo("UTC")
# Clocks change at midnight in Cairo and Havana, by half an hour on Lord Howe, and not at all in Kathmandu.
ZONES = st.sampled_from(
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Africa/Cairo",
        "America/Havana",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
    ]
).map(ZoneInfo)
MOMENTS = st.integers(1_600_000_000, 2_000_000_000)


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@given(at=MOMENTS, zone=ZONES)
def test_a_moment_is_in_the_day_of_its_week_that_the_clocks_show(at, zone):
    week = week_of(at, zone)

    [day] = [day for day in week.days if day.has(at)]
    assert day.day == datetime.fromtimestamp(at, UTC).astimezone(zone).date()
    assert week.monday.weekday() == 0
    assert week.sunday == week.days[-1].day


@given(at=MOMENTS, zone=ZONES)
def test_weeks_follow_each_other_without_a_gap(at, zone):
    week = week_of(at, zone)
    days = [*week.previous.days, *week.days, *week.next.days]

    assert len(days) == 21
    assert all(one.until == other.since for one, other in pairwise(days))
    assert all(day.since < day.until for day in days)


@given(at=MOMENTS, zone=ZONES)
def test_a_week_is_found_by_its_name(at, zone):
    week = week_of(at, zone)

    assert week_named(week.name, zone) == week


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-25", 25), ("2026-10-24", 24), ("2027-03-28", 23)], ids=["back", "plain", "forward"]
)
def test_a_day_is_as_long_as_the_clocks_make_it(day, hours):
    week = week_of(moment(f"{day}T12:00+00:00"), BERLIN)

    [found] = [one for one in week.days if one.day == date.fromisoformat(day)]
    assert found.until - found.since == hours * HOUR


def test_the_day_of_a_skipped_midnight_begins_at_the_skip():
    """On 24 April 2026 the clocks of Cairo went from 00:00 to 01:00."""
    week = week_of(moment("2026-04-24T12:00+00:00"), ZoneInfo("Africa/Cairo"))

    [day] = [one for one in week.days if one.day == date(2026, 4, 24)]
    assert day.since == moment("2026-04-24T01:00+03:00")
    assert day.until - day.since == 23 * HOUR


@pytest.mark.parametrize("name", ["2026-W53", "2027-W53"])
def test_only_long_years_have_a_week_53(name):
    assert (week_named(name, UTC_ZONE) is not None) == (name == "2026-W53")


@pytest.mark.parametrize(
    "name", ["", "2026-W00", "2026-W54", "2026-W5", "2026-49", "0000-W01", "9999-W52", "٢٠٢٦-W01", "2026-W49\n"]
)
def test_what_is_no_week_has_no_name(name):
    assert week_named(name, UTC_ZONE) is None


def test_the_names_of_weeks_follow_iso_8601():
    assert week_of(moment("2027-01-01T00:00+00:00"), UTC_ZONE).name == "2026-W53"
    assert CalendarWeek(date(2026, 11, 30), UTC_ZONE).next.name == "2026-W50"


def test_the_time_of_an_hour_that_occurs_twice_says_which():
    first = moment("2026-10-25T02:30+02:00")

    assert clock_time(first, BERLIN) == "02:30 CEST"
    assert clock_time(first + HOUR, BERLIN) == "02:30 CET"
    assert clock_time(first + 2 * HOUR, BERLIN) == "03:30"
    assert clock_time(moment("2027-03-28T03:30+02:00"), BERLIN) == "03:30"
