"""Redeliveries of one event, of several, or of a time range; test events; and the delivery log."""

from dropcast import ids
from dropcast.errors.problem import Problem
from dropcast.events.deliveries.delivery_log import DeliveryPage, deliveries
from dropcast.events.deliveries.delivery_store import put_event
from dropcast.events.deliveries.redeliver_and_test import Span, redeliver
from dropcast.events.deliveries.redeliver_and_test import send_test_event as try_out
from dropcast.events.endpoints import endpoints
from dropcast.events.endpoints.endpoint_store import Endpoint
from tests.unit.events.world import DOWN, NAME, OK, World, event_id


def made_at(at: float, number: int) -> str:
    """An event id with this time, in seconds."""
    return ids.lowest_id("evt", int(at))[:-4] + f"{number:04}"


def told_hourly(world: World, endpoint: Endpoint, hours: int) -> list[str]:
    """Send an event each hour; return the events' ids."""
    made = []
    for _ in range(hours):
        made.append(made_at(world.clock.at, 1))
        world.messages.append((world.clock.at, "events", f'{{"event_id": "{made[-1]}", "event": "{NAME}"}}'))
        world.run(3600)
    return made


def page(endpoint: Endpoint, **asked) -> DeliveryPage:
    wish = {"state": None, "since": None, "until": None, "after": None, "limit": 100} | asked
    found = deliveries(endpoint.endpoint_id, **wish)
    assert isinstance(found, DeliveryPage)
    return found


def test_one_event_is_redelivered_with_its_id_and_text(world: World):
    endpoint = world.endpoint("again")
    world.tell(1)
    world.run(1)

    assert redeliver(endpoint.endpoint_id, [event_id(1)]) == 1
    world.run(1)

    assert len(world.got) == 2
    assert len(set(world.got)) == 1
    assert world.delivery(endpoint, 1).state == "delivered"
    assert len(world.delivery(endpoint, 1).attempts) == 2


def test_an_event_that_the_filter_excluded_can_be_redelivered(world: World):
    endpoint = world.endpoint("picky", "publish.failed")
    world.tell(1)
    world.run(1)

    assert redeliver(endpoint.endpoint_id, [event_id(1)]) == 1
    world.run(1)

    assert world.received() == {event_id(1): 1}


def test_a_time_range_includes_its_start_and_excludes_its_end(world: World):
    endpoint, world.sweep_every = world.endpoint("span"), 1800
    told = told_hourly(world, endpoint, 5)
    began = int(world.clock.at) - 5 * 3600
    world.got.clear()

    assert redeliver(endpoint.endpoint_id, Span(began + 3600, began + 3 * 3600)) == 2
    world.run(1)

    assert list(world.received()) == told[1:3]


def test_only_failed_deliveries_of_a_time_range(world: World):
    endpoint, world.sweep_every = world.endpoint("span"), 1800
    told_hourly(world, endpoint, 2)
    endpoints.change(endpoint.endpoint_id, status="disabled")
    [missed] = told_hourly(world, endpoint, 1)
    endpoints.change(endpoint.endpoint_id, status="enabled")
    world.got.clear()

    assert redeliver(endpoint.endpoint_id, Span(0, int(world.clock.at), "failed")) == 1
    world.run(1)

    assert list(world.received()) == [missed]


def test_a_redelivery_does_not_wait_for_the_end_of_a_pause(world: World):
    endpoint = world.endpoint("mended")
    world.answers = lambda *_: DOWN
    for number in range(3):
        world.tell(number)
    world.run(1200)
    world.answers = lambda *_: OK
    world.got.clear()

    redeliver(endpoint.endpoint_id, [event_id(1)])
    world.run(1)

    assert world.received() == {event_id(1): 1}
    assert world.now(endpoint).failures == 0


def test_a_test_event_goes_only_to_its_endpoint(world: World):
    endpoint, _ = world.endpoint("tried"), world.endpoint("other")

    tried = try_out(endpoint.endpoint_id)
    world.run(1)

    assert [(url, id_) for url, id_, _ in world.got] == [("https://tried.example/in", tried)]
    assert '"webhook_endpoint.test"' in world.got[0][2]


def test_a_disabled_or_unknown_endpoint_gets_nothing(world: World):
    endpoint = world.endpoint("off")
    endpoints.change(endpoint.endpoint_id, status="disabled")

    codes = [
        answer.code if isinstance(answer, Problem) else answer
        for answer in (
            redeliver(endpoint.endpoint_id, Span(0, 1)),
            try_out(endpoint.endpoint_id),
            redeliver("whe_none", []),
            try_out("whe_none"),
        )
    ]

    assert codes == ["endpoint_disabled", "endpoint_disabled", "not_found", "not_found"]


def test_an_event_that_is_no_longer_stored_is_a_problem(world: World):
    endpoint = world.endpoint("late")

    answer = redeliver(endpoint.endpoint_id, ["evt_none"])

    assert isinstance(answer, Problem)
    assert answer.code == "event_not_kept"


def test_a_time_range_with_too_many_events_is_refused_before_any_delivery(world: World, monkeypatch):
    monkeypatch.setattr("dropcast.events.deliveries.redeliver_and_test.MAX_DELIVERIES", 2)
    endpoint = world.endpoint("many")
    for number in range(3):
        world.tell(number)
    world.run(1)
    world.got.clear()

    answer = redeliver(endpoint.endpoint_id, Span(0, int(world.clock.at) + 10**6))
    world.run(1)

    assert isinstance(answer, Problem)
    assert answer.code == "too_many_deliveries"
    assert world.got == []


def test_the_log_is_read_page_by_page_newest_first(world: World):
    endpoint, world.sweep_every = world.endpoint("log"), 1800
    told = told_hourly(world, endpoint, 5)

    first = page(endpoint, limit=3)
    second = page(endpoint, limit=3, after=first.next)

    assert [one.event_id for one in first.deliveries + second.deliveries] == told[::-1]
    assert second.next is None


def test_the_log_can_be_filtered_by_state_and_time(world: World):
    endpoint, world.sweep_every = world.endpoint("log"), 1800
    told = told_hourly(world, endpoint, 3)
    began = int(world.clock.at) - 3 * 3600
    put_event("evt_0", NAME, "{}")

    assert page(endpoint, state="failed").deliveries == []
    assert [one.event_id for one in page(endpoint, since=began + 3600, until=began + 7200).deliveries] == told[1:2]


def test_an_unknown_cursor_is_a_problem(world: World):
    endpoint = world.endpoint("log")

    answer = deliveries(endpoint.endpoint_id, state=None, since=None, until=None, after="bm8=", limit=1)

    assert isinstance(answer, Problem)
