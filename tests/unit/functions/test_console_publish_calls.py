"""The number of AWS calls of the publish pages: for one view, and for a minute of watching."""

import re
from urllib.parse import parse_qsl

import pytest

from dropcast.aws import dynamo
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.fact_store import pointer_write
from dropcast.publishing.store.publish_rows import MONTH_SHARDS
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.named_accounts import connect_named
from tests.unit.support.publishes import put_publish

PATH = "/console/publishes"
SESSION = ["GetItem", "GetItem"]
WATCHED_S = 60


def refreshes_a_minute(shown: Shown) -> int:
    [seconds] = re.findall(r'data-poll="(\d+)"', shown.text)
    return WATCHED_S // int(seconds)


def refresh(visitor: Visitor, shown: Shown) -> Shown:
    """Request the page's live part, like its script."""
    [address] = re.findall(r'hx-get="([^"]+)"', shown.text)
    path, _, query = address.replace("&amp;", "&").partition("?")
    return visitor.get(path, {"hx-request": "true"}, **dict(parse_qsl(query)))


def test_the_list_of_everything_makes_twelve_calls_and_asks_tiktok_nothing(account: str, aws_calls, tiktok):
    for _ in range(60):
        put_publish(account)
    visitor = signed_in()
    aws_calls.clear()
    asked = len(tiktok.asked)

    shown = visitor.get(PATH)

    assert len(aws_calls) <= len(SESSION) + 2 * MONTH_SHARDS + 2
    assert refreshes_a_minute(shown) == 12
    assert len(tiktok.asked) == asked


@pytest.mark.parametrize("query", [{}, {"state": "failed"}, {"kind": "photo"}])
def test_a_refresh_of_the_whole_deployment_s_list_makes_twelve_calls_at_most(account: str, aws_calls, query):
    """This also holds for an empty list: it covers only 28 days, which span at most two months."""
    visitor = signed_in()
    shown = visitor.get(PATH, None, **query)
    aws_calls.clear()

    for _ in range(refreshes_a_minute(shown)):
        refresh(visitor, shown)

    assert len(aws_calls) <= 12 * (len(SESSION) + 2 * MONTH_SHARDS + 2)


def test_a_minute_of_watching_one_account_makes_forty_eight_calls(account: str, aws_calls):
    put_publish(account)
    visitor = signed_in()
    shown = visitor.get(PATH, account=account)
    aws_calls.clear()

    for _ in range(refreshes_a_minute(shown)):
        refresh(visitor, shown)

    assert aws_calls == [*SESSION, "Query", "BatchGetItem"] * 12


def test_the_list_of_one_user_makes_a_query_more_for_each_account(account: str, aws_calls):
    put_publish(account)
    visitor = signed_in(user_id="user-1")
    aws_calls.clear()

    visitor.get(PATH)

    assert aws_calls == [*SESSION, "Query", "Query", "BatchGetItem"]


@pytest.mark.parametrize(("accounts", "seconds"), [(1, 5), (5, 5), (8, 8), (70, 60)])
def test_the_list_of_many_accounts_refreshes_less_often(cloud, tiktok, aws_calls, accounts: int, seconds: int):
    for number in range(accounts):
        connect_named(tiktok, f"Ana{number}", "ana")
    visitor = signed_in(user_id="ana")
    aws_calls.clear()

    shown = visitor.get(PATH)

    assert refreshes_a_minute(shown) == WATCHED_S // seconds
    assert aws_calls == [*SESSION, "Query", *["Query"] * accounts]


@pytest.mark.parametrize(
    "query", [{"from": "2020-01-01"}, {"to": "2026-12-01"}, {"next": "cHViXzAxajAwMDAwMDAwMDAwMDAwMDAwMDAwMDAw"}]
)
def test_a_list_that_queries_many_months_does_not_refresh(account: str, aws_calls, query):
    visitor = signed_in()
    aws_calls.clear()

    shown = visitor.get(PATH, None, **query)

    assert "data-poll" not in shown.text
    assert len(aws_calls) <= len(SESSION) + 14 * MONTH_SHARDS + 2


@pytest.mark.parametrize("text", ["v_pub_file~v2.77", "order-7", "@ana", "nothing at all"])
def test_a_search_makes_five_calls_beside_the_session_s(account: str, aws_calls, text: str):
    publish = put_publish(account, reference="order-7")
    dynamo.write_all([pointer_write("v_pub_file~v2.77", publish.publish_id)])
    visitor = signed_in("read", user_id="user-1")
    aws_calls.clear()

    answer = visitor.get(PATH, q=text)

    listed = 3 if answer.status == 200 else 0
    assert len(aws_calls) <= len(SESSION) + 5 + listed, aws_calls


@pytest.mark.parametrize(("part", "calls"), [("", 4), ("/progress", 3), ("/cancel", 3), ("/edit", 3)])
def test_the_pages_of_one_publish_make_few_calls(account: str, aws_calls, part: str, calls: int):
    publish = put_publish(account)
    visitor = signed_in()
    aws_calls.clear()

    visitor.get(f"{PATH}/{publish.publish_id}{part}")

    assert aws_calls == ["GetItem"] * calls


def test_the_evidence_makes_five_calls(account: str, aws_calls):
    publish = put_publish(account, State.UNKNOWN, tiktok_publish_id="v_pub_1")
    visitor = signed_in()
    aws_calls.clear()

    visitor.get(f"{PATH}/{publish.publish_id}/resolve")

    assert aws_calls == [*SESSION, "GetItem", "GetItem", "Query"]
