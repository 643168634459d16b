"""The relay counts the outcomes of publishes per day, for the deployment and for each user."""

from collections import Counter
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dropcast.aws import clients
from dropcast.events.daily_counts import DayCounts, count_writes, get_days
from dropcast.events.outbox import relay
from dropcast.events.outbox.outbox_store import Waiting
from tests.unit.events.conftest import waiting, write_event
from tests.unit.events.outbox.outcomes import DAY, NEXT, OUTCOMES, body_of, counts, put
from tests.unit.support.accounts import items
from tests.unit.support.memory_aws import maker


@pytest.fixture
def transactions(bus) -> list[int]:
    """The number of entries in each transaction."""
    sizes: list[int] = []
    count = lambda params, **_: sizes.append(len(params["TransactItems"]))  # noqa: E731
    clients.client("dynamodb").meta.events.register("before-parameter-build.dynamodb.TransactWriteItems", count)
    return sizes


def test_each_outcome_is_counted_for_the_deployment_and_for_its_user(bus):
    events = [put("published", "ana", 7), put("published", "ana", 5), put("failed", "bo"), put("unknown", None)]

    assert relay.relay(events) == {}

    assert waiting() == set()
    assert counts() == DayCounts(DAY, published=2, failed=1, unknown=1, bytes_sent=12)
    assert counts("ana") == DayCounts(DAY, published=2, bytes_sent=12)
    assert counts("bo") == DayCounts(DAY, failed=1)


@pytest.mark.parametrize("state", OUTCOMES)
def test_only_published_publishes_count_their_bytes(bus, state):
    relay.relay([put(state, sent=100)])

    assert asdict(counts("ana")) == asdict(DayCounts(DAY)) | {state: 1, "bytes_sent": 100 * (state == "published")}


def test_a_batch_of_ten_writes_each_row_once(bus, transactions):
    events = [put("published", user) for user in "aaaabbbbcc"]
    transactions.clear()

    relay.relay(events)

    assert transactions == [10 + 1 + 3]


def test_other_events_are_deleted_and_not_counted(bus, transactions):
    write_event()
    put("held")
    transactions.clear()

    relay.relay([Waiting(row["pk"], row["name"], row["body"]) for row in items("outbox")])

    assert (waiting(), transactions, items("console")) == (set(), [], [])


def test_an_event_belongs_to_the_day_on_which_it_was_written(bus):
    relay.relay([put("failed", day=DAY), put("failed", day=NEXT)])

    assert [one.failed for one in get_days([NEXT, DAY, "2027-01-14"], "ana")] == [1, 1, 0]


def test_a_count_is_kept_for_400_days(bus, held_clock):
    relay.relay([put("published")])

    assert {row["expires_at"] for row in items("console")} == {int(held_clock.at) + 400 * 24 * 3600}


def test_thirty_days_are_read_by_one_call(bus):
    relay.relay([put("published")])
    calls: list[str] = []
    clients.client("dynamodb").meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))

    found = get_days([f"2027-01-{day:02}" for day in range(1, 31)], None)

    assert calls == ["BatchGetItem"]
    assert [one.day for one in found if one.total] == [DAY]


users = st.one_of(st.none(), st.text(st.sampled_from("a#2é"), min_size=1, max_size=4))
outcomes = st.tuples(
    st.sampled_from(OUTCOMES), users, st.integers(0, 2**40), st.sampled_from([DAY, NEXT, "2027-01-14"])
)


@given(st.lists(outcomes, max_size=30))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_written_counts_are_the_sum_of_the_events(cloud, events):
    expected: dict[str, Counter[str]] = {}
    for state, user_id, sent, day in events:
        added = {state: 1} | ({"bytes_sent": sent} if state == "published" else {})
        for pk in {f"day#{day}", f"day#{day}#{user_id}" if user_id is not None else f"day#{day}"}:
            expected.setdefault(pk, Counter()).update(added)

    written = [_read_write(entry) for entry in _entries(events)]

    assert dict(written) == {pk: dict(sums) for pk, sums in expected.items()}
    assert len(written) == len(expected)


def _entries(events: list[tuple[str, str | None, int, str]]) -> list[Any]:
    return count_writes((f"publish.{state}", body_of(state, user, sent, day)) for state, user, sent, day in events)


def _read_write(entry: dict[str, Any]) -> tuple[str, dict[str, int]]:
    update = entry["Update"]
    values = {name.removeprefix(":"): int(value["N"]) for name, value in update["ExpressionAttributeValues"].items()}
    del values["expires_at"]
    return update["Key"]["pk"]["S"], values


@pytest.mark.long
@given(st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_the_sum_is_right_for_any_events_and_repetitions(bus, data):
    for table in ("outbox", "console"):
        for row in items(table):
            maker("dynamodb").delete_item(TableName=table, Key={"pk": {"S": row["pk"]}})
    drawn = data.draw(st.lists(outcomes, min_size=1, max_size=15))
    events = [put(state, user, sent, day) for state, user, sent, day in drawn]

    for batch in data.draw(st.lists(st.lists(st.sampled_from(events), unique=True), max_size=4)):
        relay.relay(batch)
    relay.relay(events)

    found = get_days([DAY, NEXT, "2027-01-14"], None)
    assert sum(one.total for one in found) == len(drawn)
    assert sum(one.bytes_sent for one in found) == sum(sent for state, _, sent, _ in drawn if state == "published")
    for user in {user for _, user, _, _ in drawn if user is not None}:
        mine = get_days([DAY, NEXT, "2027-01-14"], user)
        assert sum(one.total for one in mine) == sum(owner == user for _, owner, _, _ in drawn)
