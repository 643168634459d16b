"""Kills the process at each AWS call and each outgoing call, before the call or right after it took effect."""

import pytest

from dropcast.events.outbound.outbound_post import NoAnswer, ReceiverAnswer
from tests.unit.events.world import DOWN, OK, World, event_id
from tests.unit.support.accounts import event_names

pytestmark = pytest.mark.long

# The sequence: fan-out to two endpoints, a success at once, a stored failure, a probe that succeeds again. The tests
# assert the number of steps, so that a new call is covered too.
STEPS = 22
STEPS_TO_DISABLE = 9


def fails_once(world: World):
    def answer(url: str, _: str) -> ReceiverAnswer | NoAnswer:
        return DOWN if "weak" in url and len(world.received("weak")) == 1 and first.pop("weak", None) else OK

    first = {"weak": True}
    return answer


def walk(world: World) -> None:
    world.answers = fails_once(world)
    world.tell(1)
    world.run(1200)


def test_the_walk_has_exactly_the_steps_that_these_tests_cover(world: World):
    world.endpoint("well"), world.endpoint("weak")
    world.steps = 0

    world.answers = fails_once(world)
    world.tell(1)
    world.run(50)

    assert world.steps == STEPS
    assert world.received("well") == {event_id(1): 1}
    assert world.received("weak") == {event_id(1): 2}


@pytest.mark.parametrize("loses_messages", [False, True], ids=["again", "lost"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(STEPS))
def test_each_event_arrives_and_a_stored_success_is_not_repeated(world: World, at, when, loses_messages):
    made = [world.endpoint("well"), world.endpoint("weak")]
    world.steps, world.die_at, world.loses_messages = 0, (at, when), loses_messages

    walk(world)

    assert world.die_at is None
    for endpoint, most in zip(made, (2, 3), strict=True):
        assert world.delivery(endpoint, 1).state == "delivered"
        assert 1 <= world.received(endpoint.url)[event_id(1)] <= most
        assert world.now(endpoint).status == "enabled"
    assert len({(id_, body) for _, id_, body in world.got}) == 1
    seen = len(world.got)
    world.run(1200)
    assert len(world.got) == seen


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("at", range(STEPS_TO_DISABLE))
def test_a_death_while_an_endpoint_is_disabled_leaves_it_disabled_and_sends_one_event(world: World, at, when):
    gone = world.endpoint("gone")
    world.answers = lambda *_: ReceiverAnswer(410, "", 3, None)
    world.steps, world.die_at = 0, (at, when)

    world.tell(1)
    world.run(1200)

    assert world.die_at is None
    assert world.now(gone).status == "disabled"
    assert world.delivery(gone, 1).state == "failed"
    assert event_names() == ["webhook_endpoint.disabled"]


def test_disabling_has_exactly_the_steps_that_these_tests_cover(world: World):
    world.endpoint("gone")
    world.answers = lambda *_: ReceiverAnswer(410, "", 3, None)
    world.steps = 0

    world.tell(1)
    world.run(50)

    assert world.steps == STEPS_TO_DISABLE
