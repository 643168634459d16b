"""The calendar: the publishes of one week, with the days and times of the person's time zone."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from dropcast.accounts.account_store import save_creator_details
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.publishes import put_publish

PATH = "/console/calendar"
SESSION = ["GetItem", "GetItem"]
WEEK = "2027-W02"


def moment(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


def plan(account: str, at: str, **fields: Any) -> Publish:
    """A publish that waits until `at`."""
    return put_publish(account, State.HELD, publish_at=moment(at), **fields)


def days(shown: Shown) -> dict[str, list[str]]:
    """The publishes of each day that the page shows, as texts: "12 Jan": ["18:00 …"]."""
    found: dict[str, list[str]] = {}
    for part in shown.text.split('<li class="day')[1:]:
        [day] = re.findall(r'<time datetime="[\d-]+">([^<]+)</time>', part)
        found[day] = [
            " ".join(re.sub(r"<[^>]+>", " ", one).split()) for one in re.findall(r'<li id="pub_.*?</li>', part, re.S)
        ]
    return found


def times(shown: Shown) -> dict[str, list[str]]:
    """The times of each day that has publishes."""
    return {day: [one.partition(" ‖")[0] for one in entries] for day, entries in days(shown).items() if entries}


def address(shown: Shown, words: str) -> dict[str, str]:
    """The query of the link with these words."""
    [query] = re.findall(rf'href="{PATH}\?([^"]+)">{words}', shown.text)
    return dict(parse_qsl(query.replace("&amp;", "&")))


def heading(shown: Shown) -> str:
    [words] = re.findall(r"<h2>([^<]+)</h2>", shown.text)
    return words


@pytest.fixture
def visitor(account: str) -> Visitor:
    save_creator_details(account, username="ana", nickname="Ana at sea", avatar_url=None)
    return signed_in("read")


def test_a_week_shows_each_publish_on_its_day_by_time(visitor: Visitor, account: str):
    plan(account, "2027-01-12T18:00+00:00", kind="photo", mode="draft", options=PublishOptions(title="Evening"))
    first = plan(account, "2027-01-12T08:30+00:00")
    plan(account, "2027-01-18T00:00+00:00")
    put_publish(account, State.QUEUED)
    put_publish(account, State.PUBLISHED, publish_at=moment("2027-01-13T08:00+00:00"))

    shown = visitor.get(PATH, week=WEEK)

    assert shown.status == 200
    assert heading(shown) == "11 January to 17 January 2027"
    assert list(days(shown)) == ["11 Jan", "12 Jan", "13 Jan", "14 Jan", "15 Jan", "16 Jan", "17 Jan"]
    morning, evening = days(shown)["12 Jan"]
    assert morning.startswith("08:30 ‖ Waiting Blue hour")
    assert evening.startswith("18:00 ‖ Waiting Evening")
    assert evening.endswith("Ana at sea · Photos, as a draft")
    assert f'href="/console/publishes/{first.publish_id}"' in shown.text
    assert shown.text.count("Nothing</p>") == 6


def test_days_and_times_are_those_of_the_zone(visitor: Visitor, account: str):
    plan(account, "2027-01-12T23:30+00:00")

    assert times(visitor.get(PATH, week=WEEK)) == {"12 Jan": ["23:30"]}
    assert times(visitor.get(PATH, week=WEEK, zone="Asia/Tokyo")) == {"13 Jan": ["08:30"]}
    assert times(visitor.get(PATH, week=WEEK, zone="America/New_York")) == {"12 Jan": ["18:30"]}


def test_the_zone_is_the_browser_s_unless_the_address_names_one(visitor: Visitor, account: str):
    plan(account, "2027-01-12T23:30+00:00")
    visitor.jar["dropcast_zone"] = "Asia/Tokyo"

    assert times(visitor.get(PATH, week=WEEK)) == {"13 Jan": ["08:30"]}
    assert times(visitor.get(PATH, week=WEEK, zone="UTC")) == {"12 Jan": ["23:30"]}


@pytest.mark.parametrize("zone", ["Nowhere/Atall", "../../etc/passwd", "\x00", "a" * 5000, "Europe", "<b>"])
def test_an_unknown_zone_shows_utc_and_says_so(visitor: Visitor, account: str, zone: str):
    plan(account, "2027-01-12T23:30+00:00")

    shown = visitor.get(PATH, week=WEEK, zone=zone)

    assert shown.status == 200
    assert times(shown) == {"12 Jan": ["23:30"]}
    assert "The calendar shows UTC." in shown.words()
    visitor.jar["dropcast_zone"] = zone
    assert "The calendar shows UTC." not in visitor.get(PATH).words()


def test_a_day_of_25_hours_shows_both_of_its_repeated_hours_in_order(visitor: Visitor, account: str):
    for at in ("00:00+02:00", "02:30+02:00", "02:30+01:00", "23:59+01:00"):
        plan(account, f"2027-10-31T{at}")
    plan(account, "2027-10-30T23:59+02:00")

    shown = visitor.get(PATH, week="2027-W43", zone="Europe/Berlin")

    assert times(shown) == {"30 Oct": ["23:59"], "31 Oct": ["00:00", "02:30 CEST", "02:30 CET", "23:59"]}


def test_the_links_lead_to_the_weeks_around_and_keep_the_filter_and_the_zone(visitor: Visitor, account: str):
    shown = visitor.get(PATH, week="2027-W01", account=account, zone="Asia/Tokyo")

    kept = {"account": account, "zone": "Asia/Tokyo"}
    assert address(shown, "Previous<") == {"week": "2026-W53"} | kept
    assert address(shown, "Next<") == {"week": WEEK} | kept
    assert address(shown, "This week<") == {"week": "2027-W02"} | kept


@pytest.mark.parametrize("week", ["", "2026-W54", "nonsense", "2026-49", "9999-W99", "-1", "2026-W49' OR 1=1"])
def test_an_unknown_week_is_the_current_one(visitor: Visitor, held_clock, week: str):
    held_clock.at = moment("2026-12-02T12:00+00:00")

    shown = visitor.get(PATH, week=week)

    assert shown.status == 200
    assert heading(shown) == "30 November to 6 December 2026"
    assert "Wednesday 2 Dec Today" in shown.words()


def test_one_account_can_be_chosen(visitor: Visitor, account: str):
    plan(account, "2027-01-12T08:00+00:00")
    plan("acc_2", "2027-01-13T09:00+00:00", user_id="user-2")

    assert times(visitor.get(PATH, week=WEEK)) == {"12 Jan": ["08:00"], "13 Jan": ["09:00"]}
    shown = visitor.get(PATH, week=WEEK, account=account)
    assert times(shown) == {"12 Jan": ["08:00"]}
    assert f'<option value="{account}" selected>' in shown.text
    other = visitor.get(PATH, week=WEEK, account='x" onclick="x')
    assert times(other) == {}
    assert 'onclick="' not in other.text


def test_an_empty_week_says_how_to_schedule(visitor: Visitor):
    shown = visitor.get(PATH, week=WEEK)

    assert "No publish is scheduled in this week." in shown.words()
    assert "publish_at" in shown.words()


def test_a_week_of_more_than_a_page_says_so_and_links_on(visitor: Visitor, account: str):
    for minute in range(103):
        plan(account, f"2027-01-{12 + minute // 60:02}T10:{minute % 60:02}+00:00")

    first = visitor.get(PATH, week=WEEK)
    second = visitor.get(PATH, {}, **address(first, "Later in this week"))

    assert "This page shows 100 of the week's publishes." in first.words()
    assert {day: len(found) for day, found in times(first).items()} == {"12 Jan": 60, "13 Jan": 40}
    assert times(second) == {"13 Jan": ["10:40", "10:41", "10:42"]}
    assert list(days(second)) == ["13 Jan"]
    assert "Back to the beginning of the week" in second.words()
    assert "Later in this week" not in second.words()
    assert "next=" in re.findall(r'hx-get="([^"]+)"', second.text)[0]


@pytest.mark.parametrize("part", ["", "/days"])
def test_a_cursor_that_is_not_of_this_week_is_refused(visitor: Visitor, part: str):
    shown = visitor.get(PATH + part, week=WEEK, next="bm90IG91cnM=")

    assert shown.status == 400
    assert "invalid_request" in shown.words()


def test_another_user_s_publishes_and_names_are_not_shown(account: str):
    planned = plan(account, "2027-01-12T08:00+00:00", options=PublishOptions(title="Secret harbour"))
    stranger = signed_in("read", "publish", user_id="user-2")

    queries: list[dict[str, str]] = [{}, {"account": account}]
    for query in queries:
        for part in ("", "/days"):
            shown = stranger.get(PATH + part, {}, week=WEEK, **query)
            assert shown.status == 200
            assert times(shown) == {}
            assert planned.publish_id not in shown.text
            assert "Secret" not in shown.text
    assert times(signed_in("read", user_id="user-1").get(PATH, week=WEEK)) == {"12 Jan": ["08:00"]}


def test_a_name_of_an_account_that_moved_to_another_user_is_not_shown(account: str):
    save_creator_details(account, username="ana", nickname="Ana at sea", avatar_url=None)
    plan(account, "2027-01-12T08:00+00:00", user_id="user-2")

    shown = signed_in("read", user_id="user-2").get(PATH, week=WEEK)

    assert days(shown)["12 Jan"][0].endswith(f"{account} · Video")


def test_a_key_without_read_has_no_calendar(account: str):
    visitor = signed_in("publish")

    assert visitor.get(PATH).status == 403
    assert "Calendar" not in visitor.get("/console/accounts").words()


def test_a_view_makes_six_calls_and_a_minute_of_watching_ten(visitor: Visitor, account: str, aws_calls, tiktok):
    for minute in range(20):
        plan(account, f"2027-01-12T10:{minute:02}+00:00")
    visitor.get(PATH, week=WEEK)
    aws_calls.clear()
    asked = len(tiktok.asked)

    shown = visitor.get(PATH, week=WEEK)

    rows = ["Query", "BatchGetItem", "BatchGetItem"]
    assert aws_calls == [*SESSION, *rows, "Scan"]
    aws_calls.clear()
    assert re.findall(r'data-poll="(\d+)"', shown.text) == ["30"]
    [part] = re.findall(r'hx-get="([^"]+)"', shown.text)
    path, _, query = part.replace("&amp;", "&").partition("?")
    refreshed = visitor.get(path, {"hx-request": "true"}, **dict(parse_qsl(query)))
    assert times(refreshed) == times(shown)
    assert aws_calls == [*SESSION, *rows]
    assert len(tiktok.asked) == asked
