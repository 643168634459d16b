"""/v1/webhook-endpoints against the real store in moto. Another file tests the deliveries."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from dropcast import clock
from dropcast.clock import iso
from dropcast.events.deliveries import deliver as deliver_module
from dropcast.events.deliveries import delivery_store
from dropcast.events.deliveries.delivery_queue import Try
from dropcast.events.endpoints import endpoint_store
from dropcast.events.endpoints.endpoint_secrets import secrets_of
from dropcast.events.outbound.outbound_post import ReceiverAnswer
from dropcast.settings import settings
from tests.openapi import Operation
from tests.unit.support.accounts import NOW
from tests.unit.support.api import call, with_scopes
from tests.unit.support.memory_aws import maker

URL = "https://hooks.example/in?token=canary-of-the-receiver"
ALL = "/v1/webhook-endpoints"


def ask(method: str, path: str = "", body: Any = None, key: str = "admin", **query: str) -> tuple[int, dict[str, Any]]:
    return call(Operation(method, f"{method} {path}", f"{ALL}{path}", query, body), with_scopes(key))


@pytest.fixture
def endpoint(cloud) -> dict[str, Any]:
    return ask("POST", body={"url": URL, "events": ["publish.*", "account.connected"], "description": "shop"})[1]


@pytest.fixture
def path(endpoint) -> str:
    return f"/{endpoint['endpoint_id']}"


def queued() -> list[dict[str, Any]]:
    answer = maker("sqs").receive_message(
        QueueUrl=settings().deliveries_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def event_of_bus(number: int, endpoint_id: str) -> str:
    event_id = f"evt_01jd00000000000000000000{number:02}"
    delivery_store.put_event(event_id, "publish.failed", "{}")
    delivery_store.put_delivery(endpoint_id, event_id, "publish.failed")
    return event_id


def test_an_endpoint_is_created_and_its_secret_is_shown_once(cloud):
    status, made = ask("POST", body={"url": URL, "events": ["publish.*"]})
    shown = ask("GET", f"/{made['endpoint_id']}")[1]

    stored = endpoint_store.get_endpoint(made["endpoint_id"])
    assert stored is not None
    assert status == 201
    assert [one.get_secret_value() for one in secrets_of(stored)] == [made.pop("secret")]
    assert made == shown
    assert (made["url"], made["events"], made["status"], made["failures"]) == (URL, ["publish.*"], "enabled", 0)
    assert ask("GET")[1] == {"items": [shown]}


def test_without_a_filter_all_events_are_sent(cloud):
    assert ask("POST", body={"url": URL})[1]["events"] == ["*"]


def test_a_filter_allows_only_its_events(endpoint):
    stored = endpoint_store.get_endpoint(endpoint["endpoint_id"])

    assert stored is not None
    assert stored.wants("publish.failed")
    assert stored.wants("account.connected")
    assert not stored.wants("account.expiring")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "invalid_request"),
        ({"url": URL, "events": []}, "invalid_request"),
        ({"url": URL, "secret": "mine"}, "invalid_request"),
        ({"url": URL, "description": "x" * 201}, "invalid_request"),
        ({"url": URL, "events": ["publish.posted"]}, "unknown_event"),
        ({"url": URL, "events": ["post.*"]}, "unknown_event"),
        ({"url": URL, "events": ["webhook_endpoint.test"]}, "unknown_event"),
        ({"url": "http://hooks.example/"}, "endpoint_url_refused"),
        ({"url": "https://169.254.169.254/"}, "endpoint_url_refused"),
        ({"url": "https://user:canary@hooks.example/"}, "endpoint_url_refused"),
    ],
)
def test_an_invalid_endpoint_is_refused(cloud, body, code):
    status, answer = ask("POST", body=body)

    assert (status, answer["error"]["code"]) == (400, code)
    assert ask("GET")[1]["items"] == []


def test_only_admins_see_more_of_the_url_than_its_origin(endpoint, path):
    shown, listed = ask("GET", path, key="read")[1], ask("GET", key="read")[1]

    assert shown["url"] == "https://hooks.example"
    assert listed == {"items": [shown]}


def test_a_change_keeps_fields_that_it_does_not_name(endpoint, path):
    _, changed = ask("PATCH", path, {"events": ["*"], "status": "disabled"})

    del endpoint["secret"]
    assert changed == endpoint | {"events": ["*"], "status": "disabled", "disabled_why": "by_request"}
    assert ask("PATCH", path, {"status": "enabled"})[1] == endpoint | {"events": ["*"]}


def test_an_invalid_change_changes_nothing(path):
    before = ask("GET", path)

    refusals = [ask("PATCH", path, body)[0] for body in ({"url": "http://x.example"}, {"events": ["no"]}, {"x": 1})]

    assert refusals == [400, 400, 400]
    assert ask("GET", path) == before


def test_a_deleted_endpoint_is_not_found(path):
    gone = ask("DELETE", path)

    assert gone == (200, {"endpoint_id": path[1:], "deleted": True})
    assert ask("DELETE", path)[0] == 404


@pytest.mark.parametrize(
    ("method", "more", "body"),
    [
        ("GET", "", None),
        ("PATCH", "", {}),
        ("DELETE", "", None),
        ("POST", "/rotate-secret", None),
        ("POST", "/test", None),
        ("POST", "/redeliver", {"event_id": "evt_1"}),
        ("GET", "/deliveries", None),
        ("GET", "/deliveries/evt_1/message", None),
    ],
)
def test_an_unknown_endpoint_is_not_found(cloud, method, more, body):
    status, answer = ask(method, f"/whe_nothing{more}", body)

    assert (status, answer["error"]["code"]) == (404, "not_found")


def test_a_rotation_shows_a_new_secret_and_keeps_the_old_one_for_a_day(endpoint, path):
    status, rotated = ask("POST", f"{path}/rotate-secret")

    stored = endpoint_store.get_endpoint(endpoint["endpoint_id"])
    assert stored is not None
    assert status == 200
    assert [one.get_secret_value() for one in secrets_of(stored)] == [rotated["secret"], endpoint["secret"]]
    assert rotated["previous_secret_until"] == iso(NOW + 24 * 3600)


def test_a_test_event_is_queued_only_for_this_endpoint(endpoint, path):
    ask("POST", body={"url": "https://other.example/"})

    status, told = ask("POST", f"{path}/test")

    assert status == 202
    assert [(one["endpoint_id"], one["event_id"]) for one in queued()] == [(endpoint["endpoint_id"], told["event_id"])]
    [delivery] = ask("GET", f"{path}/deliveries")[1]["items"]
    assert (delivery["event"], delivery["state"], delivery["attempts"]) == ("webhook_endpoint.test", "pending", [])


def test_one_event_is_delivered_again(endpoint, path):
    event_id = event_of_bus(1, endpoint["endpoint_id"])

    answer = ask("POST", f"{path}/redeliver", {"event_id": event_id})

    assert answer == (202, {"queued": 1})
    assert [one["event_id"] for one in queued()] == [event_id]


def test_the_events_of_a_time_range_are_delivered_again(endpoint, path):
    for number in range(3):
        event_of_bus(number, endpoint["endpoint_id"])

    everything = ask("POST", f"{path}/redeliver", {"since": "2020-01-01T00:00:00Z"})
    delivered = ask("POST", f"{path}/redeliver", {"since": "2020-01-01T00:00:00Z", "state": "delivered"})
    before = ask("POST", f"{path}/redeliver", {"since": "2020-01-01T00:00:00Z", "until": "2020-02-01T00:00:00+01:00"})

    assert [answer[1]["queued"] for answer in (everything, delivered, before)] == [3, 0, 0]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"until": "2027-01-01T00:00:00Z"},
        {"state": "failed"},
        {"event_id": "evt_1", "since": "2027-01-01T00:00:00Z"},
        {"since": "2027-01-01T00:00:00"},
    ],
)
def test_an_unclear_redelivery_is_refused(path, body):
    assert ask("POST", f"{path}/redeliver", body)[0] == 400


def test_deliveries_are_listed_newest_first_page_by_page(endpoint, path):
    made = [event_of_bus(number, endpoint["endpoint_id"]) for number in range(5)]

    seen: list[str] = []
    query = {"limit": "2"}
    while True:
        page = ask("GET", f"{path}/deliveries", key="read", **query)[1]
        seen += [one["event_id"] for one in page["items"]]
        if page["next"] is None:
            break
        query["next"] = page["next"]

    assert seen == made[::-1]
    assert ask("GET", f"{path}/deliveries", state="failed")[1]["items"] == []
    assert ask("GET", f"{path}/deliveries", next="nonsense")[0] == 400


def test_a_message_is_what_the_endpoint_got(endpoint, path, monkeypatch):
    event_id = event_of_bus(1, endpoint["endpoint_id"])
    got: list[tuple[dict[str, str], bytes]] = []

    def post(url: str, headers: dict[str, str], body: bytes, *, seconds: float) -> ReceiverAnswer:
        got.append((headers, body))
        return ReceiverAnswer(204, "", 3, None)

    monkeypatch.setattr(deliver_module, "post", post)
    before = ask("GET", f"{path}/deliveries/{event_id}/message")
    deliver_module.deliver(Try(endpoint["endpoint_id"], event_id))
    after = ask("GET", f"{path}/deliveries/{event_id}/message")

    [(headers, body)] = got
    assert before == after == (200, {"headers": headers, "body": body.decode()})
    assert headers["webhook-id"] == event_id


def test_a_message_is_signed_at_the_time_of_the_request_with_each_secret(endpoint, path, held_clock):
    event_id = event_of_bus(1, endpoint["endpoint_id"])
    ask("PATCH", path, {"status": "disabled"})
    first = ask("GET", f"{path}/deliveries/{event_id}/message")[1]["headers"]
    rotated = ask("POST", f"{path}/rotate-secret")[1]

    held_clock.sleep(60)
    later = ask("GET", f"{path}/deliveries/{event_id}/message")[1]["headers"]

    assert int(later["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 60 == clock.now()
    signed_at = datetime.fromtimestamp(clock.now(), UTC)
    expected = [Webhook(one).sign(event_id, signed_at, "{}") for one in (rotated["secret"], endpoint["secret"])]
    assert later["webhook-signature"].split() == expected


def test_an_event_without_a_delivery_here_has_no_message(endpoint, path):
    other = ask("POST", body={"url": "https://other.example/"})[1]
    event_id = event_of_bus(1, other["endpoint_id"])

    status, answer = ask("GET", f"{path}/deliveries/{event_id}/message")

    assert (status, answer["error"]["code"]) == (404, "not_found")


def test_an_event_that_is_no_longer_stored_has_no_message(endpoint, path):
    delivery_store.put_delivery(endpoint["endpoint_id"], "evt_1", "publish.failed")

    status, answer = ask("GET", f"{path}/deliveries/evt_1/message")

    assert (status, answer["error"]["code"]) == (404, "event_not_kept")


def test_no_message_is_logged(endpoint, path, written):
    delivery_store.put_event("evt_1", "publish.failed", '{"title": "canary"}')
    delivery_store.put_delivery(endpoint["endpoint_id"], "evt_1", "publish.failed")

    _, message = ask("GET", f"{path}/deliveries/evt_1/message")

    logged = written()
    assert "canary" in message["body"]
    assert "canary" not in logged
    assert message["headers"]["webhook-signature"] not in logged


def test_neither_secret_nor_url_is_logged(endpoint, path, written):
    ask("POST", f"{path}/rotate-secret")
    ask("PATCH", path, {"url": URL + "2"})

    logged = written()

    assert endpoint["endpoint_id"] in logged
    assert "whsec_" not in logged
    assert "canary" not in logged
