"""The lists of waiting publishes contain each publish once, only for callers that may see it, with few calls."""

from collections.abc import Callable
from typing import Any

import pytest

from dropcast.aws import clients, dynamo
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import wait_index
from dropcast.publishing.store.wait_index import NeedsPerson, PlannedPage, needing_a_person, planned
from tests.unit.publishing.store.waiting import DAY, HOUR, NOW, add, moved
from tests.unit.publishing.store.waiting import at as at

ANA, BEN = (Caller("key_1", frozenset({"read"}), user) for user in ("ana", "ben"))


def ids_of(publishes: list[Publish]) -> list[str]:
    return [publish.publish_id for publish in publishes]


def week(caller: Caller = SYSTEM, limit: int = 50, **asked: Any) -> PlannedPage:
    page = planned(NOW, NOW + 7 * DAY, caller, limit=limit, **asked)
    assert isinstance(page, PlannedPage)
    return page


def walked(caller: Caller = SYSTEM, limit: int = 2, **asked: Any) -> list[str]:
    """The ids on all pages, one page after another."""
    page = week(caller, limit, **asked)
    found = ids_of(page.publishes)
    while page.next is not None:
        page = week(caller, limit, after=page.next, **asked)
        found += ids_of(page.publishes)
    return found


@pytest.fixture
def reads(at: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """The calls, and the number of entries or rows that each of them read."""
    made: list[tuple[str, int]] = []

    def counted(name: str, count: Callable[[Any], int]) -> None:
        real = getattr(clients.client("dynamodb"), name)

        def call(**request: Any) -> Any:
            answer = real(**request)
            made.append((name, count(answer)))
            return answer

        monkeypatch.setattr(clients.client("dynamodb"), name, call)

    counted("query", lambda answer: answer["ScannedCount"])
    counted("batch_get_item", lambda answer: len(answer["Responses"]["publishes_table"]))
    counted("get_item", lambda _: 1)
    return made


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_planned_publishes_are_in_order_of_time_without_duplicates(at, limit):
    late, first, second = (add(NOW + hours * HOUR).publish_id for hours in (40, 3, 3))
    add(NOW + 7 * DAY)
    add(NOW - 1)
    add()

    assert walked(limit=limit) == [*sorted([first, second]), late]


def test_planned_publishes_of_one_account(at):
    add(NOW + HOUR, account_id="acc_2")
    mine = [add(NOW + hours * HOUR).publish_id for hours in (1, 2, 3)]

    assert walked(account_id="acc_1") == mine


def test_a_bound_caller_sees_only_the_publishes_of_its_user(at):
    of_ana = [add(NOW + hours * HOUR).publish_id for hours in (1, 2, 3)]
    add(NOW + HOUR, user_id="ben", account_id="acc_2")
    failed, unknown = add(state=State.FAILED), add(state=State.UNKNOWN)
    add(state=State.FAILED, user_id="ben")
    add(state=State.UNKNOWN, user_id=None)

    assert walked(ANA) == of_ana
    assert walked(BEN, account_id="acc_1") == []
    shown = needing_a_person(ANA, 10)
    assert ids_of(shown.failed.publishes) == [failed.publish_id]
    assert ids_of(shown.unknown.publishes) == [unknown.publish_id]
    assert ids_of(needing_a_person(BEN, 10).unknown.publishes) == []
    assert len(needing_a_person(SYSTEM, 10).unknown.publishes) == 2


def test_an_embed_for_one_account_sees_only_that_accounts_publishes(at):
    embed = Caller("key_1", frozenset({"read"}), "ana", account_id="acc_2")
    add(NOW + HOUR)
    mine = [add(NOW + hours * HOUR, account_id="acc_2").publish_id for hours in (1, 2, 3)]
    add(NOW + HOUR, account_id="acc_2", user_id="ben")

    assert walked(embed) == mine
    assert walked(embed, account_id="acc_1") == []


def test_a_row_that_changed_after_the_index_was_read_is_omitted(at, monkeypatch):
    gone, stays = add(NOW + HOUR), add(NOW + HOUR)
    real = dynamo.read_many

    def read_late(table: str, keys: list[dynamo.Item]) -> list[dynamo.Item]:
        moved(gone, State.CANCELLED)
        return real(table, keys)

    monkeypatch.setattr(dynamo, "read_many", read_late)

    assert ids_of(week().publishes) == [stays.publish_id]


@pytest.mark.parametrize(
    "after", ["x", "ä", "MTIjcHViXzE=", "MTgwMDAwMDAwMCNwdWI=", "cHViXzAxaDQ1YTl4MDAwMDAwMDAwMDAwMDAwMDAw"]
)
def test_an_unknown_cursor_is_refused(at, after):
    refused = planned(NOW, NOW + DAY, SYSTEM, after=after, limit=10)

    assert isinstance(refused, Problem)
    assert refused.code == "invalid_request"


def test_a_cursor_of_another_time_range_is_refused(at):
    add(NOW + HOUR)
    add(NOW + 2 * HOUR)
    after = week(limit=1).next
    assert after is not None

    refused = planned(NOW + DAY, NOW + 2 * DAY, SYSTEM, after=after, limit=1)

    assert isinstance(refused, Problem)
    assert planned(NOW + DAY, NOW + DAY, SYSTEM, limit=1) == PlannedPage([], None)


def test_failed_publishes_wait_for_seven_days_and_unknown_ones_for_ever(at):
    failed, unknown = add(state=State.FAILED), add(state=State.UNKNOWN)

    at["now"] += 7 * DAY
    assert ids_of(needing_a_person(SYSTEM, 10).failed.publishes) == [failed.publish_id]

    at["now"] += 1
    shown = needing_a_person(SYSTEM, 10)
    assert ids_of(shown.failed.publishes) == []
    assert ids_of(shown.unknown.publishes) == [unknown.publish_id]


def test_publishes_that_need_a_person_are_newest_first_with_a_mark_for_more(at):
    made: list[str] = []
    for _ in range(3):
        made.insert(0, add(state=State.UNKNOWN).publish_id)
        at["now"] += 1

    assert shown_unknown(needing_a_person(SYSTEM, 2)) == (made[:2], True)
    assert shown_unknown(needing_a_person(SYSTEM, 3)) == (made, False)
    assert shown_unknown(needing_a_person(ANA, 2)) == (made[:2], True)
    assert shown_unknown(needing_a_person(ANA, 3)) == (made, False)


def shown_unknown(found: NeedsPerson) -> tuple[list[str], bool]:
    return ids_of(found.unknown.publishes), found.unknown.has_more


def test_a_list_reads_only_the_entries_and_rows_that_it_shows(reads):
    for _ in range(12):
        add(NOW + HOUR)
        add(state=State.FAILED)
    reads.clear()

    week(limit=5)
    assert reads == [("query", 6), ("batch_get_item", 5)]
    reads.clear()

    needing_a_person(SYSTEM, 5)
    assert reads == [("query", 0), ("query", 6), ("batch_get_item", 5)]


def test_a_filter_reads_a_limited_number_of_entries_and_may_return_a_short_page(reads, monkeypatch):
    monkeypatch.setattr(wait_index, "_SCANNED_MAX", 10)
    for _ in range(25):
        add(NOW + HOUR, user_id="ben")
    mine = add(NOW + 2 * HOUR)
    reads.clear()

    page = week(ANA, 5)

    assert (page.publishes, page.next is not None) == ([], True)
    assert reads == [("query", 10)]
    assert walked(ANA) == [mine.publish_id]
    assert needing_a_person(ANA, 5).failed.has_more is False
