"""With 100,000 publishes the console's list, search, calendar and overview make the same calls as with a few."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

import pytest
from ulid import ULID

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.aws.tables import PUBLISHES
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.fact_store import pointer_write
from dropcast.publishing.store.publish_rows import MONTH_SHARDS, month_of, reference_partition, to_row
from tests.unit.functions.overview_scene import count, groups
from tests.unit.functions.test_console_post_page import account as account
from tests.unit.publishing.store.test_wait_lists_of_many import ManyWaiting
from tests.unit.support.accounts import change_account
from tests.unit.support.console import Shown, signed_in
from tests.unit.support.publishes import put_publish

PATH = "/console/publishes"
SESSION = ["GetItem", "GetItem"]
MANY = 100_000
RARE = 10_000
REFERENCE = "campaign-7"


class ManyPublishes:
    """100,000 publishes of one account with one reference, newest first, one a minute. Every 10,000th has failed.

    Replaces DynamoDB for the indexes of these publishes. A row is made when a query reads it.
    """

    def __init__(self, template: dict[str, Any]) -> None:
        self.template = template
        self.newest = clock.now()
        self.reads: list[int] = []

    def query(self, **request: Any) -> dict[str, Any]:
        values = dynamo.from_item(request["ExpressionAttributeValues"])
        allowed = {value for name, value in values.items() if name.startswith(":state")}
        numbers = self._partition(request["IndexName"], values[":value"], self._first(values[":below"]))
        found: list[dict[str, Any]] = []
        read = 0
        last = None
        for number in numbers:
            row = self.row(self.id_of(number))
            if row["publish_id"] < values[":floor"]:
                break
            read += 1
            if not allowed or row["state"] in allowed:
                found.append(dynamo.to_item(row))
            if read == request["Limit"]:
                last = dynamo.to_item({"publish_id": row["publish_id"]})
                break
        self.reads.append(read)
        return {"Items": found, "ScannedCount": read} | ({"LastEvaluatedKey": last} if last else {})

    def _partition(self, index: str, value: str, first: int) -> Iterator[int]:
        """The numbers of the publishes in this partition of the index, from `first` on."""
        if index != "by_month":
            assert value == {"by_account": self.template["account_id"]}.get(
                index, reference_partition("user-1", REFERENCE)
            )
            yield from range(first, MANY)
            return
        month, _, shard = value.partition("#")
        for number in range(first, MANY):
            of = month_of(self.newest - 60 * number)
            if of < month:
                return
            if of == month and number % MONTH_SHARDS == int(shard):
                yield number

    def row(self, publish_id: str) -> dict[str, Any]:
        state = "failed" if self._first(publish_id) % RARE == RARE - 1 else "published"
        return self.template | {"publish_id": publish_id, "state": state, "pk": f"publish#{publish_id}"}

    def id_of(self, number: int) -> str:
        moment = (self.newest - 60 * number) * 1000
        return f"pub_{str(ULID.from_bytes(moment.to_bytes(6, 'big') + bytes(10))).lower()}"

    def _first(self, below: str) -> int:
        """The number of the newest publish whose id is at most `below`."""
        moment = int.from_bytes(ULID.from_str(below.rpartition("_")[2].upper()).bytes[:6], "big") // 1000
        return max(0, -(-(self.newest - moment) // 60))


@pytest.fixture
def many(account: str, aws_calls: list[str], monkeypatch: pytest.MonkeyPatch) -> ManyPublishes:
    """100,000 publishes in each index. `aws_calls` also has the calls that read them."""
    many, waiting, client = (
        ManyPublishes(to_row(put_publish(account, State.PUBLISHED))),
        ManyWaiting(),
        clients.client("dynamodb"),
    )
    really_query, really_get = client.query, client.batch_get_item

    def query(**request: Any) -> dict[str, Any]:
        if request["TableName"] != PUBLISHES.name_of():
            return really_query(**request)
        aws_calls.append("Query")
        return (waiting if request["IndexName"] == "by_wait" else many).query(**request)

    def batch_get_item(RequestItems: dict[str, Any], **more: Any) -> dict[str, Any]:
        keys = RequestItems.get(PUBLISHES.name_of(), {}).get("Keys", [])
        if not keys:
            return really_get(RequestItems=RequestItems, **more)
        aws_calls.append("BatchGetItem")
        ids = [key["pk"]["S"].removeprefix("publish#") for key in keys]
        if ids[0].removeprefix("pub_")[3:].isdigit():
            return waiting.batch_get_item(RequestItems)
        return {"Responses": {PUBLISHES.name_of(): [dynamo.to_item(many.row(one)) for one in ids]}}

    monkeypatch.setattr(client, "query", query)
    monkeypatch.setattr(client, "batch_get_item", batch_get_item)
    return many


def next_query(shown: Shown) -> dict[str, str]:
    """The query of the link to the next page."""
    [address] = re.findall(r'href="/console/publishes\?([^"]+)">(?:Older publishes|Search further)', shown.text)
    return dict(parse_qsl(address.replace("&amp;", "&")))


def rows(shown: Shown) -> int:
    return shown.text.count('<li class="row ')


def test_a_page_of_the_account_reads_one_page(account: str, many: ManyPublishes, aws_calls: list[str]):
    visitor = signed_in()
    aws_calls.clear()

    first = visitor.get(PATH, account=account)
    second = visitor.get(PATH, None, **next_query(first))
    deep = visitor.get(PATH, None, account=account, **{"from": "2026-11-10", "to": "2026-11-12", "zone": "UTC"})

    assert (rows(first), rows(second), rows(deep)) == (50, 50, 50)
    assert many.reads == [51, 51, 51]
    assert aws_calls == [*SESSION, "Query", "BatchGetItem"] * 3


def test_a_page_of_the_whole_deployment_reads_a_page_of_each_shard(many: ManyPublishes, aws_calls: list[str]):
    visitor = signed_in()
    aws_calls.clear()

    first = visitor.get(PATH)
    second = visitor.get(PATH, None, **next_query(first))

    assert (rows(first), rows(second)) == (50, 50)
    assert many.reads == [51] * MONTH_SHARDS * 2
    assert aws_calls == [*SESSION, *["Query"] * MONTH_SHARDS, "BatchGetItem", "BatchGetItem"] * 2


def test_a_page_of_a_reference_reads_one_page(many: ManyPublishes, aws_calls: list[str]):
    visitor = signed_in()
    aws_calls.clear()

    shown = visitor.get(PATH, reference=REFERENCE, user="user-1")

    assert rows(shown) == 50
    assert many.reads == [51]
    assert aws_calls == [*SESSION, "Query", "BatchGetItem", "BatchGetItem"]


def test_a_rare_state_is_found_by_searching_further(account: str, many: ManyPublishes, aws_calls: list[str]):
    visitor = signed_in()
    query, pages, found = {"account": account, "state": "failed"}, 0, 0
    aws_calls.clear()

    while found == 0:
        shown = visitor.get(PATH, None, **query)
        pages, found = pages + 1, rows(shown)
        assert "There can be more." in shown.words()
        assert "No publish fits" not in shown.words()
        query = next_query(shown)

    assert pages == 1 + -(-(RARE - 300) // 1500)
    assert set(many.reads) == {300}
    assert aws_calls.count("Query") <= 5 * pages


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("{publish}", ["GetItem"]),
        ("v_pub_file~v2.77", ["GetItem", "GetItem"]),
        (REFERENCE, ["GetItem", "Query", "BatchGetItem"]),
        ("{account}", ["GetItem"]),
        ("@ana", ["Query"]),
    ],
)
def test_a_search_reads_what_it_finds_alone(
    account: str, many: ManyPublishes, aws_calls: list[str], text: str, calls: list[str]
):
    publish = put_publish(account)
    change_account(account, username="ana")
    dynamo.write_all([pointer_write("v_pub_file~v2.77", publish.publish_id)])
    visitor = signed_in()
    aws_calls.clear()

    answer = visitor.get(PATH, q=text.format(publish=publish.publish_id, account=account), user="user-1")

    assert answer.status == 303
    assert aws_calls == [*SESSION, *calls]
    assert sum(many.reads) <= 2


def test_the_calendar_reads_one_page_of_a_full_week(many: ManyPublishes, aws_calls: list[str]):
    visitor = signed_in()
    aws_calls.clear()

    shown = visitor.get("/console/calendar", week="2027-W02")

    assert "This page shows 100 of the week's publishes." in shown.words()
    assert aws_calls == [*SESSION, "Query", "BatchGetItem", "BatchGetItem", "Scan"]


def test_the_overview_counts_no_publishes_itself(many: ManyPublishes, aws_calls: list[str]):
    count(*[("published", "user-1", 1_000)] * MANY)
    visitor = signed_in("admin")
    visitor.get("/console")
    aws_calls.clear()

    shown = visitor.get("/console")

    assert groups(shown)["Publishes whose outcome is unknown"] == "20 or more"
    assert groups(shown)["Publishes that failed in the last 7 days"] == "20 or more"
    assert f"<td>{MANY}</td>" in shown.text
    assert len(aws_calls) <= 15
