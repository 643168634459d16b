"""How many AWS calls the pages of publishes make: of one view, of a minute of watching, and with 100,000 publishes."""

import re
from typing import Any
from urllib.parse import parse_qsl

import pytest
from ulid import ULID

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.fact_store import pointer_write
from dropcast.publishing.store.publish_rows import MONTH_SHARDS, to_row
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.support.console import Shown, Visitor, signed_in
from tests.unit.support.publishes import put_publish

PATH = "/console/publishes"
SESSION = ["GetItem", "GetItem"]
WATCHED_S = 60
MANY = 100_000
RARE = 10_000


def refreshes_a_minute(shown: Shown) -> int:
    [seconds] = re.findall(r'data-poll="(\d+)"', shown.text)
    return WATCHED_S // int(seconds)


def refresh(visitor: Visitor, shown: Shown) -> Shown:
    """Ask for the page's live part, as its script does."""
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
    """Also of an empty list: only 28 days are looked at, which are in two months at most."""
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


class ManyPublishes:
    """100,000 publishes of one account, the newest first, one a minute, in DynamoDB's place for queries of their index.

    Each row is made when a query reads it. Every 10,000th has failed.
    """

    def __init__(self, template: dict[str, Any]) -> None:
        self.template = template
        self.newest = clock.now()
        self.queries: list[int] = []

    def query(self, **request: Any) -> dict[str, Any]:
        values = {name: next(iter(value.values())) for name, value in request["ExpressionAttributeValues"].items()}
        assert request["IndexName"] == "by_account"
        allowed = {value for name, value in values.items() if name.startswith(":state")}
        found: list[dict[str, Any]] = []
        read = 0
        last = None
        for number in range(self._first(values[":below"]), MANY):
            publish_id = self.id_of(number)
            if publish_id < values[":floor"]:
                last = None
                break
            read += 1
            state = "failed" if number % RARE == RARE - 1 else "published"
            if not allowed or state in allowed:
                found.append(dynamo.to_item(self.template | {"publish_id": publish_id, "state": state}))
            if read == request["Limit"]:
                last = dynamo.to_item({"publish_id": publish_id})
                break
        self.queries.append(read)
        return {"Items": found, "ScannedCount": read} | ({"LastEvaluatedKey": last} if last else {})

    def id_of(self, number: int) -> str:
        moment = (self.newest - 60 * number) * 1000
        return f"pub_{str(ULID.from_bytes(moment.to_bytes(6, 'big') + bytes(10))).lower()}"

    def _first(self, below: str) -> int:
        """The number of the newest publish whose id is at most `below`."""
        moment = int.from_bytes(ULID.from_str(below.rpartition("_")[2].upper()).bytes[:6], "big") // 1000
        return max(0, -(-(self.newest - moment) // 60))


@pytest.fixture
def many(account: str, monkeypatch: pytest.MonkeyPatch) -> ManyPublishes:
    many = ManyPublishes(to_row(put_publish(account, State.PUBLISHED)))
    real = clients.client("dynamodb").query
    is_theirs = lambda request: request.get("IndexName") == "by_account"  # noqa: E731
    answer = lambda **request: many.query(**request) if is_theirs(request) else real(**request)  # noqa: E731
    monkeypatch.setattr(clients.client("dynamodb"), "query", answer)
    return many


def next_query(shown: Shown) -> dict[str, str]:
    """The query of the link to the next page."""
    [address] = re.findall(r'href="/console/publishes\?([^"]+)">(?:Older publishes|Search further)', shown.text)
    return dict(parse_qsl(address.replace("&amp;", "&")))


def rows(shown: Shown) -> int:
    return shown.text.count('<li class="row ')


def test_a_page_of_a_hundred_thousand_publishes_reads_one_page(account: str, many: ManyPublishes, aws_calls):
    visitor = signed_in()
    first = visitor.get(PATH, account=account)
    second = visitor.get(PATH, None, **next_query(first))
    deep = visitor.get(PATH, None, account=account, **{"from": "2026-11-10", "to": "2026-11-12", "zone": "UTC"})

    assert (rows(first), rows(second), rows(deep)) == (50, 50, 50)
    assert many.queries == [51, 51, 51]


def test_a_rare_state_among_a_hundred_thousand_is_found_by_searching_further(
    account: str, many: ManyPublishes, aws_calls
):
    visitor = signed_in()
    query, pages, found = {"account": account, "state": "failed"}, 0, 0
    aws_calls.clear()

    while found == 0:
        shown = visitor.get(PATH, None, **query)
        pages, found = pages + 1, rows(shown)
        assert "There may be more." in shown.words()
        assert "No publish fits" not in shown.words()
        query = next_query(shown)

    assert pages == 1 + -(-(RARE - 300) // 1500)
    assert set(many.queries) == {300}
    assert len(many.queries) <= 5 * pages
    assert len(aws_calls) == pages * (len(SESSION) + 1)
