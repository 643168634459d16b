"""Successful and failed deliveries: when they are repeated, when they end, and what they cost."""

import pytest

from dropcast.events.endpoints import endpoints
from dropcast.events.endpoints.backoff import DAY_S
from dropcast.events.outbound.outbound_post import ReceiverAnswer
from tests.unit.events.world import DOWN, NAME, OK, World, event_id
from tests.unit.support.accounts import items

MINUTE, HOUR = 60, 3600


def test_an_event_goes_to_every_subscribed_endpoint(world: World):
    for name, wanted in {"all": "*", "named": NAME, "kind": "account.*", "other": "publish.failed"}.items():
        world.endpoint(name, wanted)

    world.tell(1)
    world.run(1)

    assert {url for url, _, _ in world.got} == {f"https://{name}.example/in" for name in ("all", "named", "kind")}
    assert world.received() == {event_id(1): 3}


def test_an_event_costs_a_put_a_put_for_each_endpoint_and_a_send_for_each_ten(world: World):
    made = [world.endpoint(str(number)) for number in range(12)]
    world.tell(1)
    world.run(1)
    world.calls.clear()

    world.tell(2)
    world.run(1)

    assert world.calls == {
        "Query": 1,
        "PutItem": 1 + len(made),
        "SendMessageBatch": 2,
        "BatchGetItem": len(made),
        "UpdateItem": len(made),
    }


def test_without_endpoints_an_event_costs_one_read(world: World):
    world.tell(1)
    world.run(1)

    assert world.calls == {"Query": 1}


def test_a_failed_delivery_is_repeated_until_it_succeeds(world: World):
    endpoint = world.endpoint("slow")
    world.answers = lambda url, event_id: OK if len(world.got) > 3 else ReceiverAnswer(500, "oh no", 3, None)

    world.tell(1)
    world.run(HOUR)

    delivery = world.delivery(endpoint, 1)
    assert delivery.state == "delivered"
    assert [attempt.status for attempt in delivery.attempts] == [500, 500, 500, 200]
    assert delivery.attempts[0].answer == "oh no"
    assert len({body for _, _, body in world.got}) == 1
    assert world.now(endpoint).failures == 0
    assert world.now(endpoint).paused_until is None


def test_retry_after_is_respected_up_to_an_hour(world: World):
    endpoint = world.endpoint("busy")
    world.answers = lambda url, event_id: ReceiverAnswer(429, "", 3, 7200)

    world.tell(1)
    world.run(1)

    at = world.delivery(endpoint, 1).next_at
    assert at is not None
    assert abs(at - world.clock.at - HOUR) <= 2


def test_a_delivery_without_success_fails_after_a_day(world: World):
    endpoint, world.sweep_every = world.endpoint("picky"), 1800
    world.answers = lambda url, id_: DOWN if id_ == event_id(1) else OK

    world.tell(1)
    for hour in range(32):
        world.run(HOUR)
        world.tell(100 + hour)
    world.run(1)

    delivery = world.delivery(endpoint, 1)
    assert delivery.state == "failed"
    assert 9 <= delivery.tries <= 12
    assert delivery.attempts[-1].at - delivery.since <= DAY_S + HOUR
    assert world.now(endpoint).status == "enabled"
    assert world.received()[event_id(1)] == delivery.tries


@pytest.mark.long
def test_an_endpoint_that_fails_for_a_day_is_disabled_and_announced(world: World):
    dead, live, world.sweep_every = world.endpoint("dead"), world.endpoint("live"), 1800
    world.answers = lambda url, _: DOWN if "dead" in url else OK

    for number in range(27):
        world.tell(number)
        world.run(HOUR)

    assert world.now(dead).status == "disabled"
    assert world.now(dead).disabled_why == "failing"
    assert [item["name"] for item in items("outbox")] == ["webhook_endpoint.disabled"]
    assert {world.delivery(live, number).state for number in range(27)} == {"delivered"}
    assert world.received("live") == {event_id(number): 1 for number in range(27)}


def test_disabling_after_a_day_needs_ten_failures(world: World):
    seldom, world.sweep_every = world.endpoint("seldom"), 1800
    world.answers = lambda *_: ReceiverAnswer(500, "", 3, 3600)

    world.tell(1)
    world.run(8 * HOUR)

    assert world.now(seldom).status == "enabled"


def test_gone_disables_at_once_and_fails_the_open_deliveries(world: World):
    gone = world.endpoint("gone")
    world.answers = lambda *_: ReceiverAnswer(410, "", 3, None)

    world.tell(1)
    world.run(1)
    world.tell(2)
    world.run(1)

    assert world.now(gone).disabled_why == "gone"
    assert world.delivery(gone, 1).state == world.delivery(gone, 2).state == "failed"
    assert world.delivery(gone, 2).attempts[-1].error == "endpoint_disabled"
    assert len(world.got) == 1


def test_open_deliveries_to_a_deleted_endpoint_fail(world: World):
    endpoint = world.endpoint("soon-deleted")
    world.answers = lambda *_: DOWN
    world.tell(1)
    world.run(1)

    assert endpoints.delete(endpoint.endpoint_id) is None
    world.run(HOUR)

    assert world.delivery(endpoint, 1).state == "failed"
    assert world.delivery(endpoint, 1).attempts[-1].error == "endpoint_deleted"
    assert len(world.got) == 1


@pytest.mark.long
def test_a_dead_endpoint_is_called_rarely_however_many_events_wait(world: World):
    dead, world.sweep_every = world.endpoint("dead"), 600
    world.answers = lambda *_: DOWN
    for number in range(20):
        world.tell(number)

    world.run(HOUR)
    failures = world.now(dead).failures
    world.calls.clear()
    world.got.clear()
    world.run(2 * HOUR)

    assert len(world.got) <= 2 * 5
    assert world.now(dead).failures == failures + len(world.got)
    writes_an_hour = (world.calls["UpdateItem"] + world.calls["SendMessageBatch"]) / 20 / 2
    assert writes_an_hour <= 12, world.calls


@pytest.mark.long
def test_waiting_events_arrive_once_the_endpoint_answers_again(world: World):
    endpoint = world.endpoint("back")
    world.answers = lambda *_: DOWN
    for number in range(20):
        world.tell(number)
    world.run(2 * HOUR)

    world.answers = lambda *_: OK
    world.got.clear()
    world.run(HOUR)

    assert world.received() == {event_id(number): 1 for number in range(20)}
    assert world.now(endpoint).failures == 0


def test_a_healthy_endpoint_causes_no_writes(world: World):
    endpoint = world.endpoint("well")
    before = world.now(endpoint)
    world.calls.clear()

    for number in range(5):
        world.tell(number)
    world.run(1)

    assert world.calls["UpdateItem"] == 5
    assert world.now(endpoint) == before


def test_the_same_message_twice_is_one_delivery(world: World):
    world.endpoint("once")
    world.tell(1)
    world.tell(1)

    world.run(10 * MINUTE)

    assert world.received() == {event_id(1): 1}


def test_copies_of_a_message_do_not_multiply_tries(world: World):
    endpoint = world.endpoint("down")
    world.answers = lambda *_: DOWN
    for _ in range(5):
        world.tell(1)

    world.run(HOUR)

    assert len(world.got) == world.delivery(endpoint, 1).tries <= 6
    assert len([one for one in world.messages if one[1] == "deliveries"]) <= 1


def test_the_schedule_finds_a_lost_message(world: World):
    world.endpoint("lost")
    world.tell(1)
    world.send_message_batch = lambda **_: {}  # type: ignore[method-assign]
    world.run(1)
    del world.send_message_batch

    world.run(2 * MINUTE)

    assert world.received() == {event_id(1): 1}


def test_a_disabled_endpoint_misses_events_that_can_be_redelivered(world: World):
    endpoint = world.endpoint("off")
    endpoints.change(endpoint.endpoint_id, status="disabled")

    world.tell(1)
    world.run(HOUR)

    assert world.got == []
    assert world.delivery(endpoint, 1).state == "failed"
    assert world.delivery(endpoint, 1).attempts[-1].error == "endpoint_disabled"


def test_a_slow_endpoint_moves_to_the_slow_queue_and_stays_there(world: World):
    late = world.endpoint("late")
    world.answers = lambda *_: ReceiverAnswer(200, "", 5000, None)

    for number in range(3):
        world.tell(number)
        world.run(1)

    assert world.patience == [3, 10, 10, 10]
    assert {world.delivery(late, number).state for number in range(3)} == {"delivered"}
    assert world.received() == {event_id(0): 2, event_id(1): 1, event_id(2): 1}
    assert world.now(late).failures == 0


def test_a_slow_endpoint_that_is_fast_again_returns_to_the_fast_queue(world: World):
    endpoint = world.endpoint("late")
    world.answers = lambda *_: ReceiverAnswer(200, "", 5000 if len(world.got) < 3 else 3, None)

    for number in range(4):
        world.tell(number)
        world.run(1)

    assert world.patience == [3, 10, 10, 3, 3]
    assert world.now(endpoint).slow_until is None


def test_the_slow_worker_marks_a_hanging_endpoint_as_failing(world: World):
    endpoint = world.endpoint("hangs")
    world.answers = lambda *_: ReceiverAnswer(200, "", 60_000, None)

    world.tell(1)
    world.run(1)

    assert world.patience == [3, 10]
    assert world.now(endpoint).failures == 1
    assert world.delivery(endpoint, 1).attempts[-1].error == "timeout"


def test_moving_a_message_of_a_known_slow_endpoint_writes_nothing(world: World):
    world.endpoint("late")
    world.answers = lambda *_: ReceiverAnswer(200, "", 5000, None)
    world.tell(1)
    world.run(1)
    world.calls.clear()

    world.tell(2)
    world.run(1)

    assert world.calls == {"Query": 1, "PutItem": 2, "SendMessageBatch": 2, "BatchGetItem": 2, "UpdateItem": 1}
