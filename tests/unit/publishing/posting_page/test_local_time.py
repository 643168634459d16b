"""A person's local time becomes one moment. If the clocks change, it may become a problem."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.clock import iso
from dropcast.errors.problem import Problem
from dropcast.publishing.posting_page.local_time import day_start, find_zone, moment_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("zone", "local", "moment"),
    [
        ("Europe/Berlin", "2027-01-15T12:00", "2027-01-15T11:00:00Z"),
        ("Europe/Berlin", "2027-07-15T12:00:30", "2027-07-15T10:00:30Z"),
        ("Asia/Kolkata", "2027-07-15T12:00", "2027-07-15T06:30:00Z"),
        ("America/New_York", "2027-07-15T12:00", "2027-07-15T16:00:00Z"),
        ("UTC", "2027-07-15T12:00", "2027-07-15T12:00:00Z"),
    ],
)
def test_a_local_time_becomes_a_moment(zone, local, moment):
    found = moment_of(local, ZoneInfo(zone), "")

    assert isinstance(found, int)
    assert iso(found) == moment


def test_a_time_that_the_clocks_skip_is_refused():
    found = moment_of("2027-03-28T02:30", BERLIN, "first")

    assert isinstance(found, Problem)
    assert (found.code, found.details["local"]) == ("time_skipped", "2027-03-28 02:30")


def test_a_time_that_occurs_twice_needs_a_choice():
    found = moment_of("2027-10-31T02:30", BERLIN, "")

    assert isinstance(found, Problem)
    assert found.code == "time_repeated"
    assert (found.details["first"], found.details["second"]) == ("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z")


@pytest.mark.parametrize(("choice", "moment"), [("first", "2027-10-31T00:30:00Z"), ("second", "2027-10-31T01:30:00Z")])
def test_a_time_that_occurs_twice_is_the_chosen_one(choice, moment):
    found = moment_of("2027-10-31T02:30", BERLIN, choice)

    assert isinstance(found, int)
    assert iso(found) == moment


@pytest.mark.parametrize(
    "local", ["", "now", "2027-02-30T10:00", "2027-01-01", "2027-01-01T10:00Z", "1900-01-01T10:00", "9999-12-31T23:00"]
)
def test_a_text_that_is_no_local_time_is_refused(local):
    found = moment_of(local, BERLIN, "")

    assert isinstance(found, Problem)
    assert found.code == "field_invalid"


@pytest.mark.parametrize("name", ["", "Berlin", "Europe", "/etc/localtime", "../UTC", "Europe/Berlin\x00", "a" * 5000])
def test_an_unknown_zone_is_refused(name):
    found = find_zone(name)

    assert isinstance(found, Problem)
    assert found.code == "field_invalid"


@given(
    st.datetimes(datetime(2001, 1, 1), datetime(2040, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu"]),
)
def test_a_moment_shows_the_local_time_from_which_it_was_made(local, name):
    zone, text = ZoneInfo(name), local.replace(microsecond=0).isoformat()

    for choice in ("first", "second"):
        found = moment_of(text, zone, choice)

        if isinstance(found, int):
            assert datetime.fromtimestamp(found, zone).replace(tzinfo=None).isoformat() == text
        else:
            guess = datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)
            assert guess.astimezone(zone).replace(tzinfo=None).isoformat() != text


@pytest.mark.parametrize(
    ("day", "zone", "later", "begins"),
    [
        ("2026-12-24", "UTC", 0, "2026-12-24T00:00:00Z"),
        ("2026-12-31", "Europe/Berlin", 1, "2026-12-31T23:00:00Z"),
        ("2026-04-24", "Africa/Cairo", 0, "2026-04-23T22:00:00Z"),  # midnight is skipped
        ("2026-11-01", "America/Havana", 0, "2026-11-01T04:00:00Z"),  # midnight comes twice
    ],
)
def test_a_day_begins_at_its_first_moment(day: str, zone: str, later: int, begins: str):
    moment = day_start(day, ZoneInfo(zone), days_later=later)

    assert isinstance(moment, int)
    assert iso(moment) == begins


@pytest.mark.parametrize(
    "day", ["", "2026-02-30", "24.12.2026", "1999-12-31", "3000-01-01", "2026-12-24T00:00", "٢٠٢٦-12-24"]
)
def test_what_is_no_day_is_refused(day: str):
    assert isinstance(day_start(day, ZoneInfo("UTC")), Problem)
