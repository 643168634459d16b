"""After every write, the index of waiting publishes has exactly the rows that its rule requires."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dropcast.aws import dynamo
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State, may_follow
from dropcast.publishing.store import publish_store
from tests.examples import examples
from tests.unit.publishing.conftest import options
from tests.unit.publishing.store.waiting import HOUR, NOW, SOURCE, add, moved
from tests.unit.publishing.store.waiting import at as at
from tests.unit.support.memory_aws import maker

# Each entry: an operation and a number that selects one of the possible changes.
WALKS = st.lists(
    st.tuples(st.sampled_from(["add", "move", "fail", "edit", "hold", "retry", "wait"]), st.integers(0, 9)), max_size=25
)


@pytest.mark.long
@given(walk=WALKS)
@settings(
    max_examples=examples(12),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_after_every_write_the_index_has_the_rows_that_the_rule_names(at, walk):
    known: dict[str, Publish] = {}
    became: dict[str, int] = {}
    for operation, number in walk:
        for publish in changed(known, operation, number, at):
            if publish.publish_id not in known or known[publish.publish_id].state is not publish.state:
                became[publish.publish_id] = at["now"]
            known[publish.publish_id] = publish

        assert {id_: indexed()[id_] for id_ in known if id_ in indexed()} == named_by_the_rule(known, became)


def changed(known: dict[str, Publish], operation: str, number: int, at: dict[str, int]) -> list[Publish]:
    """Make one change; return the publishes that it wrote."""
    if operation == "wait":
        at["now"] += number * HOUR
        return []
    if operation == "add" or not known:
        return [add(None if number % 3 == 0 else at["now"] + (number - 3) * HOUR)]
    able = [publish for publish in known.values() if is_possible(operation, publish)]
    if not able:
        return []
    publish = able[number % len(able)]
    match operation:
        case "move":
            following = [state for state in State if may_follow(publish.state, state)]
            return [moved(publish, following[number % len(following)])]
        case "fail":
            return [moved(publish, State.FAILED)]
        case "retry":
            return retried(publish)
        case "edit":
            time = None if number == 0 else at["now"] + number * HOUR
            after = publish_store.supersede(publish, due=at["now"], code="edited", to=State.HELD, publish_at=time)
        case _:
            after = publish_store.supersede(publish, due=at["now"], code="budget_exhausted", to=State.HELD)
    assert after is not None
    return [after]


def is_possible(operation: str, publish: Publish) -> bool:
    match operation:
        case "move":
            return any(may_follow(publish.state, state) for state in State)
        case "fail":
            return may_follow(publish.state, State.FAILED)
        case "retry":
            return publish.state in (State.FAILED, State.CANCELLED) and publish.retried_as is None
        case _:
            return publish.state in (State.QUEUED, State.HELD)


def retried(publish: Publish) -> list[Publish]:
    new = new_publish(publish.account_id, SOURCE, "api", options(), user_id="ana", retry_of=publish.publish_id)
    link = publish_store.retried_write(publish, new.publish_id)
    assert dynamo.write_all([publish_store.put_write(new, unstarted=False), link])
    old = publish_store.get(publish.publish_id)
    assert old is not None
    return [old, new]


def named_by_the_rule(known: dict[str, Publish], became: dict[str, int]) -> dict[str, tuple[str, int]]:
    named: dict[str, tuple[str, int]] = {}
    for id_, publish in known.items():
        if publish.state in (State.QUEUED, State.HELD) and publish.publish_at is not None:
            named[id_] = ("time", publish.publish_at)
        if publish.state is State.UNKNOWN:
            named[id_] = ("unknown", became[id_])
        if publish.state is State.FAILED and publish.retried_as is None:
            named[id_] = ("failed", became[id_])
    return named


def indexed() -> dict[str, tuple[str, int]]:
    """The index's content, by publish."""
    items = maker("dynamodb").scan(TableName="publishes_table", IndexName="by_wait")["Items"]
    return {
        item["pk"]["S"].removeprefix("publish#"): (item["waits_in"]["S"], int(item["waits_at"]["N"])) for item in items
    }


def test_a_row_of_the_index_is_read_as_the_same_publish(at):
    publish = add(NOW + HOUR)

    assert publish_store.get(publish.publish_id) == publish


def test_a_publish_that_failed_on_arrival_waits_for_a_person(at):
    failed = new_publish("acc_1", SOURCE, "drop", None).model_copy(update={"state": State.FAILED})
    assert dynamo.write_all([publish_store.put_write(failed, unstarted=False)])

    assert indexed() == {failed.publish_id: ("failed", NOW)}


def test_a_persons_decision_ends_the_wait_of_an_unknown_publish(at):
    unknown = add(state=State.UNKNOWN)

    moved(unknown, State.PUBLISHED)

    assert indexed() == {}
