"""Managing webhook endpoints, and the secrets that sign their events."""

import pytest

from dropcast.errors.problem import Problem
from dropcast.events.endpoints import endpoint_store, endpoints
from dropcast.events.endpoints.endpoint_secrets import OVERLAP_S, forget, secrets_of
from dropcast.events.endpoints.endpoint_store import Endpoint
from tests.unit.events.world import DOWN, World
from tests.unit.support.accounts import items


def code(answer: object) -> str:
    assert isinstance(answer, Problem), answer
    return answer.code


def test_a_new_endpoint_is_stored_with_its_secret_encrypted(world: World):
    made = endpoints.create("https://a.example/in", ["publish.failed", "publish.failed"], "ours")

    assert isinstance(made, tuple)
    endpoint, secret = made
    assert endpoint_store.all_endpoints() == [endpoint] == [endpoints.get(endpoint.endpoint_id)]
    assert endpoint.events == ("publish.failed",)
    assert [one.get_secret_value() for one in secrets_of(endpoint)] == [secret.get_secret_value()]
    assert secret.get_secret_value() not in str(items("hooks"))


@pytest.mark.parametrize(
    ("url", "events", "expected"),
    [
        ("http://a.example/", ["*"], "endpoint_url_refused"),
        ("https://10.0.0.1/", ["*"], "endpoint_url_refused"),
        ("https://a.example/", ["publish.done"], "unknown_event"),
        ("https://a.example/", ["webhook_endpoint.test"], "unknown_event"),
    ],
)
def test_an_invalid_endpoint_is_refused(world: World, url, events, expected):
    endpoint = world.endpoint("a")

    assert code(endpoints.create(url, events, "")) == expected
    assert code(endpoints.change(endpoint.endpoint_id, url=url, events=events)) == expected
    assert endpoint_store.all_endpoints() == [endpoint]


def test_at_most_fifty_endpoints_are_allowed(world: World, monkeypatch):
    monkeypatch.setattr(endpoints, "MAX_ENDPOINTS", 1)
    world.endpoint("a")

    assert code(endpoints.create("https://b.example/", ["*"], "")) == "too_many_endpoints"


def test_the_previous_secret_signs_for_another_day(world: World):
    endpoint = world.endpoint("a")
    [old] = secrets_of(endpoint)

    rotated = endpoints.rotate(endpoint.endpoint_id)

    assert isinstance(rotated, tuple)
    endpoint, new = rotated
    forget()
    assert secrets_of(endpoint) == [new, old]
    world.clock.at += OVERLAP_S
    assert secrets_of(endpoint) == [new]


def test_a_secret_is_decrypted_again_after_five_minutes(world: World):
    endpoint = world.endpoint("a")
    world.calls.clear()

    for _ in range(3):
        secrets_of(endpoint)
    world.clock.at += 301
    secrets_of(endpoint)

    assert world.calls == {"Decrypt": 2}


def test_a_re_enabled_endpoint_starts_without_failures(world: World):
    endpoint = world.endpoint("a")
    world.answers = lambda *_: DOWN
    world.tell(1)
    world.run(1)
    assert world.now(endpoint).failures == 1

    endpoints.change(endpoint.endpoint_id, status="disabled")
    assert world.now(endpoint).disabled_why == "by_request"
    enabled = endpoints.change(endpoint.endpoint_id, status="enabled")

    assert isinstance(enabled, Endpoint)
    assert (enabled.failures, enabled.paused_until, enabled.disabled_why) == (0, None, None)


def test_a_failure_of_the_old_address_does_not_count_for_the_new_one(world: World):
    endpoint = world.endpoint("a")
    endpoints.change(endpoint.endpoint_id, url="https://b.example/")

    counted = endpoint_store.note_failure(endpoint, int(world.clock.at), int(world.clock.at) + 15)

    assert not counted
    assert world.now(endpoint).failures == 0


def test_simultaneous_failures_count_once(world: World):
    endpoint, now = world.endpoint("a"), int(world.clock.at)

    assert [endpoint_store.note_failure(endpoint, now, now + 15) for _ in range(3)] == [True, False, False]
    assert world.now(endpoint).failures == 1


def test_only_one_worker_probes_a_failing_endpoint(world: World):
    endpoint, now = world.endpoint("a"), int(world.clock.at)
    endpoint_store.note_failure(endpoint, now, now + 15)
    failing = world.now(endpoint)

    assert [endpoint_store.begin_probe(failing, now + 40) for _ in range(3)] == [True, False, False]


def test_an_unknown_endpoint_is_not_found(world: World):
    answers = [endpoints.get("whe_x"), endpoints.change("whe_x"), endpoints.delete("whe_x"), endpoints.rotate("whe_x")]

    assert [code(answer) for answer in answers] == ["not_found"] * 4


def test_a_change_that_others_always_overtake_is_contended(world: World, monkeypatch):
    endpoint = world.endpoint("a")
    monkeypatch.setattr(endpoint_store, "save_changes", lambda *_: None)

    assert code(endpoints.change(endpoint.endpoint_id, description="x")) == "endpoint_contended"
    assert code(endpoints.rotate(endpoint.endpoint_id)) == "endpoint_contended"
