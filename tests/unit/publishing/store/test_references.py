"""A caller finds publishes by its own reference, within one user."""

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.aws import clients
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.listing import ListQuery, publishes_page
from dropcast.publishing.store.publish_rows import reference_partition
from tests.unit.publishing.conftest import options
from tests.unit.publishing.store.test_listing import Reads, page, walked
from tests.unit.publishing.store.test_listing import at as at
from tests.unit.publishing.store.test_listing import reads as reads

REFERENCE_BYTES_MAX = 2048


def made(at: dict[str, int], user_id: str | None, reference: str | None, *, account_id: str = "acc_1") -> str:
    source = Source(bucket="b", key="a.mp4", etag="e", size=1)
    publish = new_publish(account_id, source, "api", options(), user_id=user_id, reference=reference)
    clients.client("dynamodb").put_item(**publish_store.put_write(publish, unstarted=False)["Put"])
    at["at"] += 1
    return publish.publish_id


@pytest.mark.parametrize("limit", [1, 2, 50])
def test_a_users_publishes_with_a_reference_are_newest_first(cloud, at, limit):
    found = [made(at, "user-1", "order-1") for _ in range(5)]
    for user_id, reference in (("user-1", "order-2"), ("user-1", None), ("user-2", "order-1"), (None, "order-1")):
        made(at, user_id, reference)

    assert walked(limit, user_id="user-1", reference="order-1") == found[::-1]
    assert walked(limit, user_id="user-1", reference="order-3") == []


def test_they_can_be_filtered_by_account_state_and_time(cloud, at):
    first = made(at, "user-1", "order-1")
    start = at["at"]
    second = made(at, "user-1", "order-1", account_id="acc_2")
    publish = publish_store.get(first)
    assert publish is not None
    publish_store.move(publish, State.STARTING)

    of_order = {"user_id": "user-1", "reference": "order-1"}
    assert walked(1, **of_order, account_id="acc_2") == [second]
    assert walked(1, **of_order, states=(State.STARTING,)) == [first]
    assert walked(1, **of_order, since=start) == [second]


def test_a_page_costs_a_query_and_the_rows_that_it_shows(at, reads: Reads):
    for _ in range(9):
        made(at, "user-1", "order-1")
    for _ in range(30):
        made(at, "user-1", None)

    found, _ = page(5, user_id="user-1", reference="order-1")

    assert len(found) == 5
    assert (reads.queries, reads.looked_at, reads.rows) == (1, 6, 5)


def test_without_a_user_it_is_refused(cloud):
    refused = publishes_page(ListQuery(reference="order-1"), 10, SYSTEM)

    assert isinstance(refused, Problem)
    assert refused.details["fields"][0]["field"] == "user_id"


def test_a_bound_caller_finds_only_its_users_publishes(cloud, at):
    mine, _ = made(at, "user-1", "order-1"), made(at, "user-2", "order-1")
    bound = Caller("dk_1", frozenset({"read"}), "user-1")

    found = publishes_page(ListQuery(reference="order-1"), 10, bound)
    others = publishes_page(ListQuery(user_id="user-2", reference="order-1"), 10, bound)

    assert not isinstance(found, Problem)
    assert [publish.publish_id for publish in found.publishes] == [mine]
    assert isinstance(others, Problem)
    assert others.code == "not_found"


def test_a_caller_of_one_account_finds_none_of_its_users_other_accounts(cloud, at, monkeypatch):
    accounts = [SimpleNamespace(account_id=account_id) for account_id in ("acc_1", "acc_2")]
    monkeypatch.setattr("dropcast.publishing.store.listing.accounts_of_user", lambda _: accounts)
    mine = made(at, "user-1", "order-1")
    made(at, "user-1", "order-1", account_id="acc_2")
    embed = Caller("dk_1", frozenset({"publish"}), "user-1", account_id="acc_1")

    def found(account_id: str | None = None, reference: str | None = None) -> list[str]:
        listed = publishes_page(ListQuery(account_id=account_id, reference=reference), 10, embed)
        assert not isinstance(listed, Problem)
        return [publish.publish_id for publish in listed.publishes]

    assert found() == found(account_id="acc_1") == found(reference="order-1") == [mine]
    assert found(account_id="acc_2") == found(account_id="acc_2", reference="order-1") == []


texts = st.text(st.sampled_from("a#:1é"), max_size=6)


@given(st.tuples(texts, texts), st.tuples(texts, texts))
def test_users_partitions_are_separate(one, other):
    assert (reference_partition(*one) == reference_partition(*other)) == (one == other)


def test_the_longest_partition_fits_into_a_key_of_an_index():
    longest = reference_partition("😀" * 256, "😀" * 128)

    assert len(longest.encode()) < REFERENCE_BYTES_MAX
