"""The list of publishes: its rows, its filters, its search, and what a key for one user sees."""

import re
from urllib.parse import parse_qs

import pytest

from dropcast import clock
from dropcast.aws import clients
from dropcast.errors.problem import problem
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.states import State
from functions.http.console.publish_filters import read_filters
from functions.http.console.publish_words import STATES
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.accounts import change_account
from tests.unit.support.console import signed_in
from tests.unit.support.publish_pages import leads_to, listed
from tests.unit.support.publish_pages import other as other
from tests.unit.support.publishes import put_publish

PATH = "/console/publishes"
DAY = 86_400


def test_the_newest_publish_comes_first_and_a_row_says_what_a_person_asks(account: str, held_clock):
    old = put_publish(account, State.FAILED, error=problem("frame_rate_check_failed"), reference="order-7")
    new = put_publish(
        account,
        State.UPLOADING,
        options=PublishOptions(title="word " * 40, privacy_level="SELF_ONLY"),
        bytes_sent=3_000_000,
        source={"type": "s3", "bucket": "b", "key": "a.mp4", "size": 70_000_000},
    )

    shown = signed_in().get(PATH)

    assert listed(shown) == [new.publish_id, old.publish_id]
    words = shown.words()
    assert "↑ Sending" in words
    assert "word word…" in words
    assert "3.0 MB of 70.0 MB" in words
    assert "✗ Failed" in words
    assert problem("frame_rate_check_failed").message in words
    assert "Video · order-7" in words


def test_each_state_has_a_name_and_a_mark_of_its_own():
    assert STATES.keys() == set(State)
    assert len({one.name for one in STATES.values()}) == len(State)
    assert len({one.mark for one in STATES.values()}) == len(State)


def test_the_account_is_shown_by_its_name(account: str):
    change_account(account, nickname="Ana", username="ana.paints")
    put_publish(account)

    assert "Ana @ana.paints · Video" in signed_in().get(PATH).words()


def test_a_held_publish_says_when_it_continues(account: str):
    put_publish(account, State.HELD, publish_at=clock.now() + DAY, not_before=clock.now() + 2 * DAY)

    words = signed_in().get(PATH).words()

    assert "Scheduled for" in words
    assert "Continues" in words


def test_an_empty_list_says_so(account: str):
    visitor = signed_in()

    assert "There is no publish from the last 28 days. Search further" in visitor.get(PATH).words()
    assert "no publish from the 28 days until 2027-01-02. Search" in visitor.get(PATH, to="2027-01-02").words()
    assert "There is no publish yet" not in visitor.get(PATH).words()
    assert "No publish fits these filters." in visitor.get(PATH, account=account).words()


def test_filters_narrow_the_list(account: str, other: str):
    failed = put_publish(account, State.FAILED)
    unknown = put_publish(account, State.UNKNOWN)
    photo = put_publish(other, State.UNKNOWN, "user-2", kind="photo", reference="order-7")
    visitor = signed_in()

    def ids(**query: str) -> list[str]:
        return listed(visitor.get(PATH, None, **query))

    assert ids(state="failed") == [failed.publish_id]
    assert ids(state="failed,unknown", account=account) == [unknown.publish_id, failed.publish_id]
    assert ids(kind="photo") == [photo.publish_id]
    assert ids(user="user-2") == [photo.publish_id]
    assert ids(user="user-2", reference="order-7") == [photo.publish_id]
    assert ids(user="user-1", reference="order-7") == []
    assert ids(account=other, state="failed") == []


def test_days_are_those_of_the_person_s_zone(account: str, held_clock):
    # 2027-01-15T08:00:00Z
    at = held_clock.at
    held_clock.at = at + 15.5 * 3600
    late = put_publish(account)
    held_clock.at = at + DAY
    visitor = signed_in()

    assert listed(visitor.get(PATH, None, **{"from": "2027-01-15", "to": "2027-01-15", "zone": "UTC"})) == [
        late.publish_id
    ]
    assert listed(visitor.get(PATH, None, **{"from": "2027-01-16", "to": "2027-01-16", "zone": "UTC"})) == []
    berlin = {"from": "2027-01-16", "to": "2027-01-16", "zone": "Europe/Berlin"}
    assert listed(visitor.get(PATH, None, **berlin)) == [late.publish_id]


def test_the_form_leads_to_an_address_without_empty_fields(account: str):
    visitor = signed_in()
    form = visitor.get(PATH).form(PATH).fields

    sent = visitor.get(PATH, None, **form | {"account": account, "state": "failed", "zone": "Europe/Berlin"})

    assert leads_to(sent) == f"{PATH}?account={account}&state=failed"


def test_several_boxes_of_the_form_are_read_together(account: str):
    unknown, failed = put_publish(account, State.UNKNOWN), put_publish(account, State.FAILED)
    put_publish(account)

    assert read_filters(parse_qs("state=failed&state=unknown")) == read_filters(parse_qs("state=failed,unknown"))
    assert listed(signed_in().get(PATH, state="failed,unknown")) == [failed.publish_id, unknown.publish_id]


def test_shortcuts_keep_the_other_filters_and_name_the_one_that_is_shown(account: str):
    shown = signed_in().get(PATH, account=account, state="unknown")

    assert f'<a href="{PATH}?account={account}&amp;state=unknown" aria-current="page">Unknown</a>' in shown.text
    assert f'<a href="{PATH}?account={account}">All</a>' in shown.text
    running = "queued,held,starting,uploading,processing"
    assert f'<a href="{PATH}?account={account}&amp;state={running}">Running</a>' in shown.text


def test_the_filters_that_are_set_are_said_in_words(account: str):
    change_account(account, nickname="Ana")
    query = {"account": account, "state": "failed,unknown", "from": "2027-01-01", "kind": "video"}

    words = signed_in().get(PATH, None, **query).words()

    assert "Only videos in the states Failed, Unknown of the account Ana from 2027-01-01. Clear the filters" in words


def test_pages_have_fifty_and_each_publish_comes_once(account: str):
    made = [put_publish(account).publish_id for _ in range(53)]
    visitor = signed_in()

    first = visitor.get(PATH, account=account)
    after = re.search(r'href="/console/publishes\?([^"]+)">Older publishes', first.text)
    assert after
    cursor = after[1].replace("&amp;", "&").partition("next=")[2].replace("%3D", "=")
    second = visitor.get(PATH, account=account, next=cursor)

    assert len(listed(first)) == 50
    assert listed(first) + listed(second) == made[::-1]
    assert 'data-poll="5"' in first.text
    assert "data-poll" not in second.text
    assert "Back to the newest" in second.words()


def test_the_refreshed_part_has_the_same_rows_and_nothing_else(account: str):
    put_publish(account)
    visitor = signed_in()
    shown = visitor.get(PATH, account=account)
    [address] = re.findall(r'hx-get="([^"]+)"', shown.text)

    path, _, query = address.partition("?")
    part = visitor.get(path, {"hx-request": "true"}, **dict([query.split("=")]))

    assert listed(part) == listed(shown)
    assert "<form" not in part.text
    assert "<main" not in part.text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "nonsense"}, "there is no such state"),
        ({"kind": "song"}, "video or photo"),
        ({"from": "yesterday"}, "not a date"),
        ({"from": "2027-13-41"}, "not a date"),
        ({"to": "0001-01-01"}, "not a date"),
        ({"from": "2027-02-02", "to": "2027-02-01"}, "before the first day"),
        ({"from": "2027-02-02", "zone": "Atlantis"}, "name of a time zone"),
        ({"account": "x" * 65}, "longer than 64"),
        ({"reference": "x" * 129}, "longer than 128"),
        ({"user": "x" * 257}, "longer than 256"),
    ],
)
def test_a_wrong_filter_is_explained_beside_its_field(account: str, query: dict[str, str], field: str):
    put_publish(account)

    shown = signed_in().get(PATH, None, **query)

    assert shown.status == 422
    assert field in shown.words()
    assert "pub_" not in shown.text


@pytest.mark.parametrize("cursor", ["x", "bm90IG91cnM=", "ä", "=" * 99])
def test_a_cursor_that_is_not_of_this_list_is_refused(account: str, cursor: str):
    shown = signed_in().get(PATH, next=cursor)

    assert shown.status == 400
    assert "next is not from an earlier page of this list" in shown.words()


def test_a_reference_without_a_user_is_explained(account: str):
    assert "a list by reference needs a user_id" in signed_in().get(PATH, reference="order-7").words()


def test_typed_words_cannot_become_html(account: str):
    shown = signed_in().get(PATH, q='"><script>x</script>', user='"><b>')

    assert "<script>x" not in shown.text
    assert "<b>" not in shown.text


def test_a_throttled_list_says_so(account: str, monkeypatch):
    from dropcast.aws.clients import ContendedError

    def contended(*_: object, **__: object) -> None:
        raise ContendedError

    visitor = signed_in()
    monkeypatch.setattr(clients.client("dynamodb"), "query", contended)

    assert visitor.get(PATH).status == 503
