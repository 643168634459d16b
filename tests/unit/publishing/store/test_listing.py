"""Lists of publishes: newest first, page by page, with limited reads."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from ulid import ULID

from dropcast import clock, ids
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_rows, publish_store
from dropcast.publishing.store.listing import ListQuery, cursor, publishes_page
from tests.unit.publishing.conftest import options, upload_object

HOUR = 3600
DAY = 24 * HOUR
START = int(datetime(2027, 1, 31, 20, tzinfo=UTC).timestamp())


class Reads:
    """The number of items that DynamoDB read, and the number of queries."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.queries = self.looked_at = self.rows = 0
        client = clients.client("dynamodb")
        query, batch = client.query, client.batch_get_item

        def counted_query(**request: Any) -> Any:
            answer = query(**request)
            self.queries += 1
            self.looked_at += answer["ScannedCount"]
            return answer

        def counted_batch(**request: Any) -> Any:
            answer = batch(**request)
            self.rows += sum(len(items) for items in answer["Responses"].values())
            return answer

        def refused(**_: Any) -> Any:
            raise AssertionError("a table was scanned")

        for name, does in (("query", counted_query), ("batch_get_item", counted_batch), ("scan", refused)):
            monkeypatch.setattr(client, name, does)


@pytest.fixture
def reads(cloud: None, monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The time at which publishes are created."""
    now = {"at": START}
    monkeypatch.setattr(clock, "now", lambda: now["at"])
    monkeypatch.setattr(ids, "new_id", lambda prefix: f"{prefix}_{str(ULID.from_timestamp(float(now['at']))).lower()}")
    return now


def made(at: dict[str, int], account_id: str, count: int, *, every: int = HOUR, state: str = "queued") -> list[str]:
    """Create `count` publishes of an account, one every `every` seconds. Return their ids, newest first."""
    source = upload_object("a.mp4", b"x")
    found: list[str] = []
    for _ in range(count):
        publish = new_publish(account_id, source, "api", options()).model_copy(update={"state": State(state)})
        clients.client("dynamodb").put_item(**publish_store.put_write(publish, unstarted=False)["Put"])
        found.insert(0, publish.publish_id)
        at["at"] += every
    return found


def page(limit: int = 50, **asked: Any) -> tuple[list[str], str | None]:
    found = publishes_page(ListQuery(**asked), limit, SYSTEM)
    assert not isinstance(found, Problem), found
    return [publish.publish_id for publish in found.publishes], cursor(found)


def walked(limit: int, **asked: Any) -> list[str]:
    """The ids on all pages, one page after another."""
    ids_found, after = page(limit, **asked)
    while after is not None:
        more, after = page(limit, **asked, after=after)
        ids_found += more
    return ids_found


@pytest.mark.parametrize("limit", [1, 3, 50])
def test_an_accounts_publishes_are_newest_first_without_duplicates(cloud, at, limit):
    mine = made(at, "acc_1", 7)
    made(at, "acc_2", 3)

    assert walked(limit, account_id="acc_1") == mine


@pytest.mark.parametrize("limit", [1, 4, 50])
def test_all_publishes_are_newest_first_over_accounts_shards_and_months(cloud, at, limit):
    older = made(at, "acc_1", 9)
    newer = made(at, "acc_2", 6)

    assert walked(limit) == newer + older
    assert {publish_rows.month_of(ids.made_at(one)) for one in newer + older} == {"2027-01", "2027-02"}


def test_a_users_list_merges_the_publishes_of_its_accounts(account, at, monkeypatch):
    theirs = {account.user_id: [account, replace(account, account_id="acc_second")]}
    monkeypatch.setattr("dropcast.publishing.store.listing.accounts_of_user", lambda user_id: theirs.get(user_id, []))
    first = made(at, account.account_id, 2)
    made(at, "acc_other", 2)
    second = made(at, "acc_second", 2)

    assert walked(3, user_id=account.user_id) == second + first
    assert walked(3, user_id=account.user_id, account_id=account.account_id) == first
    assert walked(3, user_id=account.user_id, account_id="acc_other") == []
    assert walked(3, user_id="nobody") == []


@pytest.mark.parametrize("asked", [{}, {"account_id": "acc_1"}])
def test_a_state_filter_shows_only_that_state(cloud, at, asked):
    made(at, "acc_1", 5)
    failed = made(at, "acc_1", 3, state="failed")
    made(at, "acc_1", 5)

    assert walked(2, states=(State.FAILED,), **asked) == failed


@pytest.mark.parametrize("asked", [{}, {"account_id": "acc_1"}])
def test_a_time_range_includes_its_start_and_excludes_its_end(cloud, at, asked):
    mine = made(at, "acc_1", 6)

    assert walked(4, since=START + HOUR, until=START + 4 * HOUR, **asked) == mine[2:5]
    assert walked(4, since=START + 4 * HOUR, until=START + HOUR, **asked) == []


def test_a_page_of_an_account_reads_only_what_it_shows(at, reads):
    made(at, "acc_1", 30)

    found, _ = page(10, account_id="acc_1")

    assert len(found) == 10
    assert (reads.queries, reads.rows) == (1, 0)
    assert reads.looked_at == 11


def test_a_page_of_all_publishes_reads_its_rows_and_a_few_small_entries(at, reads):
    made(at, "acc_1", 60, every=60)

    found, _ = page(10)

    assert len(found) == 10
    assert reads.queries == publish_rows.MONTH_SHARDS
    assert reads.rows == 10
    assert reads.looked_at <= publish_rows.MONTH_SHARDS * 11


def test_a_rare_state_costs_limited_reads_for_any_number_of_publishes(at, reads):
    made(at, "acc_1", 400, every=10)

    found, after = page(10, account_id="acc_1", states=(State.UNKNOWN,))

    assert (found, after is not None) == ([], True)
    assert (reads.queries, reads.looked_at) == (1, 300)


def test_an_empty_deployment_answers_within_its_limit(reads, at):
    assert page(50) == ([], None)
    assert reads.queries <= 14 * publish_rows.MONTH_SHARDS


def test_a_list_by_state_follows_state_changes(cloud, at):
    [publish_id] = made(at, "acc_1", 1)
    publish = publish_store.get(publish_id)
    assert isinstance(publish, Publish)

    moved = publish_store.move(publish, State.STARTING)

    assert moved is not None
    assert walked(10, states=(State.STARTING,)) == [publish_id]
    assert walked(10, states=(State.QUEUED,)) == []


@pytest.mark.parametrize("after", ["x", "bm90IG91cnM=", "cHViX25vdGhpbmc=", "ä"])
def test_an_unknown_cursor_is_refused(cloud, after):
    refused = publishes_page(ListQuery(after=after), 10, SYSTEM)

    assert isinstance(refused, Problem)
    assert refused.code == "invalid_request"


def test_a_known_last_page_has_no_next_cursor(cloud, at):
    publish_ids = made(at, "acc_1", 2)

    assert page(2, account_id="acc_1") == (publish_ids, None)
    assert page(2, since=START) == (publish_ids, None)
    assert page(1, since=START)[1] is not None
