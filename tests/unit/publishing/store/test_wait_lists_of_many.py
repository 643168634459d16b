"""With 100,000 scheduled, unknown and failed publishes each, the lists of waiting publishes make the same calls."""

from typing import Any

import pytest

from dropcast.aws import clients, dynamo
from dropcast.caller import SYSTEM, Caller
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.publish import HistoryEntry
from dropcast.publishing.model.states import State
from dropcast.publishing.store.publish_rows import to_row
from dropcast.publishing.store.wait_index import PlannedPage, needing_a_person, planned
from tests.unit.publishing.conftest import options
from tests.unit.publishing.store.waiting import NOW, SOURCE
from tests.unit.publishing.store.waiting import at as at

MANY = 100_000
RARE = 5000
# The third character of an id. No id contains "u".
MARKS = {"time": "t", "unknown": "n", "failed": "f"}
STATES = {"time": State.HELD, "unknown": State.UNKNOWN, "failed": State.FAILED}
ANA = Caller("key_1", frozenset({"read"}), "ana")


class ManyWaiting:
    """The index `by_wait` and its rows: 100,000 publishes in each partition, one a second from NOW.

    A row is made when it is read. Every 5,000th publish is Ana's, the others are Ben's.
    """

    def __init__(self) -> None:
        self.read: list[tuple[str, int]] = []

    def query(self, **request: Any) -> dict[str, Any]:
        values = dynamo.from_item(request["ExpressionAttributeValues"])
        numbers = self._numbers(request, values)
        read = numbers[: request["Limit"]]
        found = [one for one in read if values.get(":own_user") in (None, user_of(one))]
        self.read.append(("entries", len(read)))
        answer: dict[str, Any] = {"Items": [entry(one, values[":where"]) for one in found]}
        return answer | ({"LastEvaluatedKey": entry(read[-1], values[":where"])} if len(read) < len(numbers) else {})

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:
        [(table, asked)] = RequestItems.items()
        keys = [key["pk"]["S"].removeprefix("publish#") for key in asked["Keys"]]
        self.read.append(("rows", len(keys)))
        return {"Responses": {table: [dynamo.to_item(row(key)) for key in keys]}}

    def _numbers(self, request: dict[str, Any], values: dict[str, Any]) -> range:
        """The publishes that the query's condition names, after its start, in its order."""
        first, last = max(0, values.get(":since", NOW) - NOW), min(MANY - 1, values.get(":last", NOW + MANY) - NOW)
        start = int(request["ExclusiveStartKey"]["waits_at"]["N"]) - NOW if "ExclusiveStartKey" in request else None
        if request.get("ScanIndexForward") is False:
            return range(last if start is None else start - 1, first - 1, -1)
        return range(first if start is None else start + 1, last + 1)


def user_of(number: int) -> str:
    return "ana" if number % RARE == RARE - 1 else "ben"


def id_of(number: int, where: str) -> str:
    return f"pub_01{MARKS[where]}{number:023}"


def entry(number: int, where: str) -> dict[str, Any]:
    return dynamo.to_item(
        {
            "pk": f"publish#{id_of(number, where)}",
            "sk": "publish",
            "waits_in": where,
            "waits_at": NOW + number,
            "account_id": "acc_1",
            "user_id": user_of(number),
        }
    )


def row(publish_id: str) -> dict[str, Any]:
    [where] = [name for name, mark in MARKS.items() if mark == publish_id[6]]
    number = int(publish_id[-7:])
    state = STATES[where]
    fields = {
        "publish_id": publish_id,
        "state": state,
        "publish_at": NOW + number,
        "history": [HistoryEntry(at=NOW + number, state=state)],
    }
    publish = new_publish("acc_1", SOURCE, "api", options(), user_id=user_of(number))
    return to_row(publish.model_copy(update=fields))


@pytest.fixture
def many(at: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> ManyWaiting:
    many = ManyWaiting()
    for name in ("query", "batch_get_item"):
        monkeypatch.setattr(clients.client("dynamodb"), name, getattr(many, name))
    return many


def test_each_page_of_a_full_week_makes_two_calls(many: ManyWaiting):
    first = planned(NOW, NOW + MANY, SYSTEM, limit=100)
    assert isinstance(first, PlannedPage)
    second = planned(NOW, NOW + MANY, SYSTEM, limit=100, after=first.next)
    assert isinstance(second, PlannedPage)

    assert [one.publish_at for one in first.publishes + second.publishes] == list(range(NOW, NOW + 200))
    assert many.read == [("entries", 101), ("rows", 100)] * 2


def test_a_user_with_few_publishes_among_them_finds_them_all_in_bounded_reads(many: ManyWaiting):
    found: list[int | None] = []
    after: str | None = None
    pages = 0
    while after is not None or pages == 0:
        page = planned(NOW, NOW + MANY, ANA, limit=100, after=after)
        assert isinstance(page, PlannedPage)
        found += [one.publish_at for one in page.publishes]
        after, pages = page.next, pages + 1

    assert found == [NOW + number for number in range(RARE - 1, MANY, RARE)]
    assert pages == MANY / 2000
    assert max(size for _, size in many.read) == 2000


def test_what_needs_a_person_makes_three_calls(many: ManyWaiting):
    found = needing_a_person(SYSTEM, 50)

    assert many.read == [("entries", 51), ("entries", 51), ("rows", 100)]
    for part in (found.unknown, found.failed):
        assert [one.history[-1].at for one in part.publishes] == list(range(NOW + MANY - 1, NOW + MANY - 51, -1))
        assert part.has_more
    many.read.clear()
    assert needing_a_person(ANA, 50).failed.has_more
    assert many.read == [("entries", 2000), ("entries", 2000), ("rows", 2)]
