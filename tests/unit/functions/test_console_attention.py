"""The overview's first part, with what needs a person: its counts, who may see them, and its AWS calls."""

import re
from collections import Counter

import pytest

from dropcast.health import backlog_checks
from dropcast.publishing.model.states import State
from dropcast.publishing.store import wait_index
from functions.http.console import overview
from tests.unit.functions.overview_scene import DAY, PAGE, PART, Connect, count, ending, groups, lost
from tests.unit.functions.overview_scene import connect as connect
from tests.unit.functions.overview_scene import troubled as troubled
from tests.unit.publishing.store.waiting import add
from tests.unit.support.accounts import NOW
from tests.unit.support.console import signed_in


def test_a_console_without_trouble_says_so_first(connect: Connect):
    connect("Ana")

    shown = signed_in().get(PAGE)

    assert shown.status == 200
    assert "Needs a person Nothing needs you." in shown.words()
    assert re.findall("<h2[^>]*>([^<]*)<", shown.text)[0] == "Needs a person"
    assert groups(shown) == {}


@pytest.mark.parametrize("path", [PAGE, PART])
def test_everything_that_needs_a_person_is_counted_and_leads_to_where_the_person_acts(troubled, held_clock, path: str):
    held_clock.at = NOW + 355 * DAY
    visitor = signed_in("admin")
    add(None, State.FAILED, account_id=troubled["Ana"].account_id, reference="today")

    shown = visitor.get(path)

    assert groups(shown) == {
        "Publishes whose outcome is unknown": "2",
        "Publishes that failed in the last 7 days": "1",
        "Accounts to connect again": "2",
        "Accounts whose connection ends soon": "2",
        "Webhook endpoints that fail or are disabled": "1",
        "Parts of this deployment that do not work": "2",
    }
    assert "Nothing needs you" not in shown.text
    for name in ("Ana lost", "Ana ending", "Ben lost"):
        assert f'href="/console/accounts/{troubled[name].account_id}">{name}</a>' in shown.text
    assert re.search(r'href="/console/publishes/pub_\w+">Ana: Ana-unknown</a>', shown.text)
    assert re.search(r'href="/console/webhooks/whe_\w+">hooks.example</a>', shown.text)
    assert "secret-path" not in shown.text


def test_a_failed_publish_needs_a_person_for_seven_days(connect: Connect, held_clock):
    add(None, State.FAILED, account_id=connect("Ana").account_id, reference="old")
    visitor = signed_in()
    assert groups(visitor.get(PAGE)) == {"Publishes that failed in the last 7 days": "1"}

    held_clock.at += 7 * DAY + 1

    assert "Publishes that failed in the last 7 days" not in groups(signed_in().get(PAGE))


def test_a_renewed_connection_and_one_that_is_connected_again_need_nobody(connect: Connect, tiktok, held_clock):
    account, again = connect("Ana"), lost(connect("Lost"))
    held_clock.at += 360 * DAY
    ending(account)
    assert "Accounts whose connection ends soon" in groups(signed_in().get(PAGE))

    for name in ("Ana", "Lost"):
        connect(name)

    assert again.status == "active"
    assert not any(name.startswith("Accounts") for name in groups(signed_in().get(PAGE)))


def test_many_of_a_kind_are_counted_and_the_newest_few_are_shown(connect: Connect, held_clock):
    account = connect("Ana")
    for number in range(25):
        held_clock.at += 60
        add(None, State.UNKNOWN, account_id=account.account_id, reference=f"ref-{number:02}")

    shown = signed_in().get(PAGE)

    assert groups(shown) == {"Publishes whose outcome is unknown": "20 or more"}
    assert re.findall(r"Ana: (ref-\d\d)", shown.text) == [f"ref-{number:02}" for number in range(24, 19, -1)]
    assert 'href="/console/publishes?state=unknown"' in shown.text


def test_a_group_of_which_no_member_was_read_says_that_there_may_be_some(connect: Connect, cloud):
    cloud.setattr(wait_index, "_SCANNED_MAX", 1)
    account = connect("Ben", "ben")
    for _ in range(2):
        add(None, State.FAILED, account_id=account.account_id, user_id="ben")

    shown = signed_in("read", user_id="ana").get(PAGE)

    assert groups(shown) == {"Publishes that failed in the last 7 days": "maybe some"}
    assert 'href="/console/publishes?state=failed">All failed publishes</a>' in shown.text


@pytest.mark.parametrize("path", [PAGE, PART])
def test_a_bound_key_sees_only_what_is_its_user_s(troubled, held_clock, path: str):
    held_clock.at = NOW + 355 * DAY
    count(("published", "ana", 7_000_000), ("published", "ben", 9_000_000), ("failed", "ben", 0))

    shown = signed_in("read", "publish", user_id="ana").get(path)

    assert shown.status == 200
    assert "Ana ending" in shown.text
    assert "Ben" not in shown.text
    assert troubled["Ben"].account_id not in shown.text
    assert "Webhook" not in shown.words()
    assert groups(shown)["Accounts to connect again"] == "1"


def test_a_key_without_admin_sees_no_endpoints(troubled):
    name = "Webhook endpoints that fail or are disabled"

    assert name in groups(signed_in("admin").get(PART))
    assert name not in groups(signed_in("read", "publish").get(PART))


def late_by(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Store a publish whose execution did not begin when it was due, `seconds` ago."""
    monkeypatch.setattr(backlog_checks.unstarted_index, "sample_due_times", lambda _: ([NOW - seconds], True))


@pytest.mark.parametrize("path", [PAGE, PART])
def test_a_part_of_the_deployment_that_does_not_work_needs_a_person(connect: Connect, cloud, path: str):
    connect("Ana")
    late_by(cloud, 1000)

    shown = signed_in("read").get(path)

    assert groups(shown) == {"Parts of this deployment that do not work": "1"}
    assert '<a href="/console/health#publishes">Publishes</a>' in shown.text
    assert "1 start or recheck of a publish is late, the oldest by 16 minutes." in shown.words()
    assert "Nothing needs you" not in shown.text
    assert groups(signed_in("read", user_id="ana").get(path)) == {}


def test_what_is_only_worth_a_look_is_on_the_page_of_health_alone(connect: Connect, cloud):
    late_by(cloud, 600)

    assert groups(signed_in("read").get(PAGE)) == {}
    assert "Publishes Take a look" in signed_in("read").get("/console/health").words()


def test_a_page_with_more_accounts_than_it_reads_says_so(connect: Connect, cloud):
    cloud.setattr(overview, "_ACCOUNTS", 2)
    for name in ("Ana", "Ben", "Cleo", "Dora"):
        lost(connect(name, name))

    shown = signed_in().get(PAGE)

    assert groups(shown) == {"Accounts to connect again": "4"}
    assert "only the active accounts among the first 2 accounts" in shown.words()


def test_the_page_makes_fifteen_aws_calls_and_a_minute_of_watching_26(troubled, aws_calls: list[str], held_clock):
    held_clock.at = NOW + 355 * DAY
    visitor = signed_in("admin")
    visitor.get(PAGE)
    aws_calls.clear()

    visitor.get(PAGE)
    page = Counter(aws_calls)
    aws_calls.clear()
    for _ in range(2):
        visitor.get(PART)

    assert page.total() == 15, page
    assert len(aws_calls) == 2 * 13
    assert page["GetItem"] == 2


def test_ten_times_as_many_rows_take_no_more_calls(connect: Connect, aws_calls: list[str]):
    visitor = signed_in("admin")
    totals = []
    for number in range(2):
        account = connect(f"Ana{number}")
        for index in range(3 + 30 * number):
            add(None, State.UNKNOWN, account_id=account.account_id, reference=f"r{number}-{index}")
        visitor.get(PAGE)
        aws_calls.clear()
        visitor.get(PAGE)
        totals.append(len(aws_calls))

    assert totals[0] == totals[1]


def test_the_part_asks_again_every_thirty_seconds_while_a_person_looks(connect: Connect):
    shown = signed_in().get(PART)

    assert 'data-poll="30" hx-get="/console/attention"' in shown.text
    assert "<main" not in shown.text
