"""Every POST that creates something creates it once per key. These tests check the answers to repeated requests."""

import json
from typing import Any

import pytest

from dropcast.access.keys import list_keys
from dropcast.accounts.connect.begin_consent import StartPage, attempt_of
from dropcast.accounts.connect.connect_account import start_page
from dropcast.accounts.connect.link_and_state_store import begin_attempt, get_link
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.caller import SYSTEM
from dropcast.events.endpoints import endpoint_store
from dropcast.publishing.uploads import uploads
from dropcast.trends import run_queue
from functions.http.api.description import document
from functions.http.api.document_walk import operations
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.api import event_of, with_scopes
from tests.unit.support.functions import context

CONNECTION = {"user_id": "user-1"}
KEY = {"name": "laptop", "scopes": ["read", "publish"]}
ENDPOINT = {"url": "https://hooks.example/in"}
# These routes change existing things, or only read.
NOT_MAKING = {
    "/v1/accounts/{account_id}/refresh",
    "/v1/accounts/{account_id}/videos/query",
    "/v1/accounts/{account_id}/videos/{video_id}/comments/{comment_id}/{mark}",
    "/v1/connections/confirm",
    "/v1/plans/{plan_id}/execute",  # a repeated request returns the same publish
    "/v1/preflight",
    "/v1/publishes/{publish_id}/cancel",
    "/v1/publishes/{publish_id}/resolve",
    "/v1/publishes/{publish_id}/restart",
    "/v1/publishes/{publish_id}/retry",  # a repeated request returns the same publish even without a key
    "/v1/uploads/{upload_id}/complete",
    "/v1/webhook-endpoints/{endpoint_id}/redeliver",  # sends the same event ids again
    "/v1/webhook-endpoints/{endpoint_id}/rotate-secret",
    "/v1/webhook-endpoints/{endpoint_id}/test",
}


def ask(path: str, body: Any, key: str | None = "one", *, by: str = "dk_1") -> dict[str, Any]:
    event = event_of(Operation("POST", "", path, {}, body), with_scopes("admin") | {"key_id": by})
    event["headers"] |= {} if key is None else {"idempotency-key": key}
    return handler(event, context())


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return json.loads(answer["body"])


def outcome(answer: dict[str, Any]) -> tuple[int, str]:
    return answer["statusCode"], told(answer)["error"]["code"]


@pytest.fixture
def upload(tiktok) -> dict[str, Any]:
    account = save_connection("user-1", tiktok.grant())
    return {"account_id": account.account_id, "filename": "a.mp4", "size": 100, "content_type": "video/mp4"}


def test_every_post_that_creates_something_accepts_a_key():
    posts = [(path, one) for method, path, one in operations(document()) if method == "POST"]
    taking = {path for path, one in posts if "idempotency-key" in [p["name"] for p in one.get("parameters", [])]}

    assert {path for path, _ in posts} - taking == NOT_MAKING


def test_the_same_link_is_returned_again_and_no_table_contains_it(tiktok, written):
    first, again, other = (
        ask("/v1/connections", CONNECTION),
        ask("/v1/connections", CONNECTION),
        ask("/v1/connections", CONNECTION, "two"),
    )

    assert told(again) == told(first)
    assert told(other)["connect_url"] != told(first)["connect_url"]
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first["headers"]
    assert told(first)["connect_url"].rpartition("=")[2] not in written()


def test_the_same_upload_is_returned_again(upload):
    first, again = ask("/v1/uploads", upload), ask("/v1/uploads", upload)

    assert told(again)["upload_id"] == told(first)["upload_id"]
    assert [part["number"] for part in told(again)["parts_missing"]] == [1]
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert uploads.get_progress(told(first)["upload_id"], SYSTEM).upload.size == 100  # type: ignore[union-attr]


def test_a_key_is_created_once_and_its_text_is_shown_once(cloud):
    first, again = ask("/v1/keys", KEY), ask("/v1/keys", {"scopes": ["read", "publish"], "name": "laptop"})

    assert first["statusCode"] == 201
    assert outcome(again) == (409, "secret_was_shown")
    assert told(again)["error"]["details"] == {"made": told(first)["key_id"]}
    assert [key.key_id for key in list_keys(10)] == [told(first)["key_id"]]


def test_an_endpoint_is_created_once_and_its_secret_is_shown_once(cloud):
    first, again = ask("/v1/webhook-endpoints", ENDPOINT), ask("/v1/webhook-endpoints", ENDPOINT)

    assert first["statusCode"] == 201
    assert outcome(again) == (409, "secret_was_shown")
    assert [one.endpoint_id for one in endpoint_store.all_endpoints()] == [told(first)["endpoint_id"]]


def test_the_same_run_is_returned_again(cloud, monkeypatch):
    begun: list[str | None] = []
    monkeypatch.setenv("TREND_COUNTRIES", "DE")
    monkeypatch.setattr("functions.http.api.trends.collection_plan.planned_queries", lambda: [1, 2])
    monkeypatch.setattr(run_queue, "begin_run", begun.append)

    first, again = ask("/v1/trends/collect", None), ask("/v1/trends/collect", None)

    assert told(first) == told(again) == {"run_id": begun[0], "queued": 2}
    assert len(begun) == 1


@pytest.mark.parametrize(("path", "body"), [("/v1/connections", CONNECTION), ("/v1/keys", KEY)])
def test_the_same_key_with_another_body_is_a_conflict(cloud, path, body):
    ask(path, body)

    changed = ask(
        path, {name: value if value != "laptop" else "other" for name, value in body.items()} | {"user_id": "x"}
    )

    assert outcome(changed) == (409, "idempotency_conflict")


def test_keys_of_other_callers_and_routes_are_separate(cloud):
    made = [ask("/v1/keys", KEY), ask("/v1/keys", KEY, by="dk_2"), ask("/v1/webhook-endpoints", ENDPOINT)]

    assert [answer["statusCode"] for answer in made] == [201, 201, 201]


def test_a_refused_request_does_not_use_its_key(cloud):
    refused = ask("/v1/webhook-endpoints", ENDPOINT | {"events": ["no.such"]})
    corrected = ask("/v1/webhook-endpoints", ENDPOINT)

    assert outcome(refused) == (400, "unknown_event")
    assert corrected["statusCode"] == 201


def test_the_next_request_finishes_a_claim_whose_function_died(cloud, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr("functions.http.api.keys.create_key", lambda *_: 1 / 0)
        died = ask("/v1/keys", KEY)
    again, third = ask("/v1/keys", KEY), ask("/v1/keys", KEY)

    assert died["statusCode"] == 500
    assert again["statusCode"] == 201
    assert told(again)["key"].startswith(told(again)["key_id"])
    assert outcome(third) == (409, "secret_was_shown")


@pytest.mark.parametrize("at", range(1, 4))
def test_a_link_is_returned_and_opens_wherever_its_function_died(cloud, monkeypatch, at):
    """The process dies at each call in turn: storing the link, claiming its key, answering."""
    with monkeypatch.context() as patch:
        names = (
            "dropcast.accounts.connect.begin_consent.put_link",
            "functions.http.api.create_once.idempotency.claim",
            "functions.http.api.create_once.replayed",
        )
        patch.setattr(names[at - 1], lambda *_: 1 / 0)
        ask("/v1/connections", CONNECTION)
    answers = [ask("/v1/connections", CONNECTION) for _ in range(2)]

    [url] = {told(answer)["connect_url"] for answer in answers}
    assert [answer["statusCode"] for answer in answers] == [201, 201]
    assert isinstance(start_page(url.rpartition("=")[2]), StartPage)


def test_a_used_link_does_not_become_usable_again(cloud):
    link_id = told(ask("/v1/connections", CONNECTION))["connect_url"].rpartition("=")[2]
    assert begin_attempt(link_id, get_link(link_id, "login"), attempt_of(link_id, "key")) is not None

    ask("/v1/connections", CONNECTION)

    assert get_link(link_id, "login") is None


def test_the_next_request_queues_a_run_whose_function_died_first(cloud, monkeypatch):
    begun: list[str | None] = []
    monkeypatch.setattr("functions.http.api.trends.collection_plan.planned_queries", lambda: [1, 2])
    with monkeypatch.context() as patch:
        patch.setattr(run_queue, "begin_run", lambda _: 1 / 0)
        died = ask("/v1/trends/collect", None)
    monkeypatch.setattr(run_queue, "begin_run", begun.append)

    again = [told(ask("/v1/trends/collect", None))["run_id"] for _ in range(2)]

    assert died["statusCode"] == 500
    assert again == begun * 2


@pytest.mark.parametrize("other", ["order,2", "order", ",1", "order,1,"])
def test_a_comma_is_part_of_a_key(cloud, other):
    first, second = ask("/v1/keys", KEY, "order,1"), ask("/v1/keys", KEY, other)

    assert [first["statusCode"], second["statusCode"]] == [201, 201]


def test_without_a_key_each_request_creates_something_new(cloud):
    assert told(ask("/v1/keys", KEY, None))["key_id"] != told(ask("/v1/keys", KEY, None))["key_id"]
