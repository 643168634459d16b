"""Rules for every route: unknown parameters, wrong methods, field names, request ids, replays, limits."""

import json
from typing import Any

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.aws import clients
from dropcast.publishing.execution import state_machine
from functions.http.api.description import document
from functions.http.api.document_walk import operations
from functions.http.api.handler import handler
from tests.clients.conftest import VIDEO
from tests.openapi import Operation
from tests.unit.support.accounts import BUCKET
from tests.unit.support.api import event_of, with_scopes
from tests.unit.support.functions import context

ROUTES = [f"{method} {path}" for method, path, _ in operations(document())]


def ask(method: str, path: str, body: Any = None, *, key: str = "admin", **query: str) -> dict[str, Any]:
    return handler(event_of(Operation(method, "", path, query, body), with_scopes(key)), context())


def error(answer: dict[str, Any]) -> dict[str, Any]:
    return json.loads(answer["body"])["error"]


@pytest.fixture
def account(tiktok) -> str:
    return save_connection("user-1", tiktok.grant()).account_id


@pytest.fixture
def video(account, monkeypatch) -> dict[str, Any]:
    monkeypatch.setattr(state_machine, "start", lambda *_: None)
    clients.client("s3").put_object(Bucket=BUCKET, Key="a.mp4", Body=VIDEO.read_bytes())
    source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
    return {"account_id": account, "source": source, "privacy_level": "SELF_ONLY"}


@pytest.mark.parametrize("route", ROUTES)
def test_an_unknown_query_parameter_is_refused(cloud, route):
    method, _, path = route.partition(" ")

    answer = ask(method, path.replace("{", "").replace("}", ""), {}, statsu="failed")

    assert (answer["statusCode"], error(answer)["code"]) == (400, "invalid_request")
    assert error(answer)["details"]["fields"][0]["field"] == "statsu"


def test_publishes_are_filtered_by_state_and_not_by_status(cloud):
    assert ask("GET", "/v1/publishes", status="failed")["statusCode"] == 400
    assert ask("GET", "/v1/publishes", state="failed")["statusCode"] == 200


def test_the_scope_is_checked_before_the_query(cloud):
    assert ask("GET", "/v1/keys", key="read", what="x")["statusCode"] == 403


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1/publishes", "GET, POST"),
        ("PUT", "/v1/accounts/acc_1", "DELETE, GET"),
        ("HEAD", "/v1/preflight", "POST"),
        ("POST", "/v1/trends/music", "GET"),
    ],
)
def test_a_wrong_method_lists_the_allowed_ones(cloud, method, path, allowed):
    answer = ask(method, path)

    assert (answer["statusCode"], error(answer)["code"]) == (405, "method_not_allowed")
    assert answer["headers"]["Allow"] == allowed


def test_an_unknown_route_is_not_found(cloud):
    assert (ask("GET", "/v1/nothing")["statusCode"], ask("DELETE", "/v1/nothing/at/all")["statusCode"]) == (404, 404)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": {"type": "url", "url": ""}}, "source.url"),
        ({"source": {"type": "s3", "bucket": "b", "key": "k"}}, "source.bucket"),
        (
            {"kind": "photo", "source": {"type": "photos", "items": [{"bucket": "bbb", "key": ""}]}},
            "source.items.0.key",
        ),
        ({"source": {"type": "ftp"}}, "source"),
        ({"title": 1}, "title"),
        ({"consent": {"by": "", "at": "2027-01-01T00:00:00Z", "text": "x"}}, "consent.by"),
        ({"url": "x"}, "url"),
    ],
)
def test_a_field_is_named_as_the_caller_wrote_it(cloud, change, field):
    body = {"account_id": "a", "source": {"type": "s3", "bucket": "bbb", "key": "k"}, "privacy_level": "SELF_ONLY"}

    answer = ask("POST", "/v1/publishes", body | change)

    assert [one["field"] for one in error(answer)["details"]["fields"]] == [field]
    assert error(answer)["message"].startswith(f"The request is invalid: {field}:")


def test_a_query_parameter_is_named_without_its_location(cloud):
    answer = ask("GET", "/v1/publishes", limit="1000")

    assert [one["field"] for one in error(answer)["details"]["fields"]] == ["limit"]


@pytest.mark.parametrize("path", ["/v1/accounts", "/v1/nothing", "/v1/accounts/acc_nobody", "/openapi.json", "/docs"])
def test_every_answer_has_the_id_of_its_request(cloud, path):
    answer = ask("GET", path)

    assert answer["headers"]["X-Request-Id"] == "request-1"


def test_only_a_replayed_publish_has_the_replay_header(video):
    def publish(key: str) -> dict[str, Any]:
        event = event_of(Operation("POST", "", "/v1/publishes", {}, video), with_scopes("publish"))
        event["headers"]["idempotency-key"] = key
        return handler(event, context())

    first, again, other = publish("one"), publish("one"), publish("two")

    assert "Idempotency-Replayed" not in first["headers"]
    assert "Idempotency-Replayed" not in other["headers"]
    assert again["headers"]["Idempotency-Replayed"] == "true"
    assert again["body"] == first["body"] != other["body"]


def test_our_own_limit_names_its_owner_and_its_end(account):
    answers = [ask("GET", f"/v1/accounts/{account}/creator-info") for _ in range(9)]

    last = answers[-1]
    assert [answer["statusCode"] for answer in answers] == [200] * 8 + [429]
    assert error(last)["details"]["whose"] == "dropcast"
    assert error(last)["details"]["budget"] == "looks"
    assert last["headers"]["RateLimit-Limit"] == "8"
    assert last["headers"]["RateLimit-Remaining"] == "0"
    assert last["headers"]["RateLimit-Reset"] == last["headers"]["Retry-After"]
    assert 1 <= int(last["headers"]["Retry-After"]) <= 62


def test_tiktoks_limit_names_its_owner(account, tiktok):
    tiktok.creator = "rate_limit_exceeded"

    answer = ask("GET", f"/v1/accounts/{account}/creator-info")

    assert (answer["statusCode"], error(answer)["details"]["whose"]) == (429, "tiktok")
    assert answer["headers"]["Retry-After"] == "60"
    assert "RateLimit-Limit" not in answer["headers"]


def test_an_ability_has_a_name_for_programs(account):
    shown = json.loads(ask("GET", f"/v1/accounts/{account}")["body"])

    codes = [one["code"] for one in shown["abilities"]]
    assert codes == ["publish", "publish_for_everyone", "send_drafts", "list_videos", "show_username"]


def test_resolving_a_publish_that_is_not_unknown_is_refused(video):
    publish_id = json.loads(ask("POST", "/v1/publishes", video)["body"])["publish_id"]
    ask("POST", f"/v1/publishes/{publish_id}/cancel")

    for outcome in ("posted", "not_posted", "check_again"):
        answer = ask("POST", f"/v1/publishes/{publish_id}/resolve", {"outcome": outcome})
        assert (answer["statusCode"], error(answer)["code"]) == (409, "not_unknown")


def test_a_list_accepts_several_states_and_a_kind(video):
    kept, cancelled = (json.loads(ask("POST", "/v1/publishes", video)["body"])["publish_id"] for _ in range(2))
    ask("POST", f"/v1/publishes/{cancelled}/cancel")

    def listed(**query: str) -> set[str]:
        wide, narrow = ({}, {"account_id": video["account_id"]})
        found = [json.loads(ask("GET", "/v1/publishes", **query, **more)["body"])["items"] for more in (wide, narrow)]
        assert found[0] == found[1]
        return {one["publish_id"] for one in found[0]}

    assert listed() == listed(state="queued,cancelled") == listed(kind="video") == {kept, cancelled}
    assert listed(state="cancelled,failed") == listed(state="cancelled", kind="video") == {cancelled}
    assert listed(kind="photo") == listed(state="failed,unknown") == set()
    assert ask("GET", "/v1/publishes", state="queued,gone")["statusCode"] == 400


def test_a_health_check_costs_one_read(cloud, monkeypatch):
    called: list[str] = []
    client = clients.client("dynamodb")
    really = client.get_item
    monkeypatch.setattr(client, "get_item", lambda **request: called.append(request["TableName"]) or really(**request))

    answer = ask("GET", "/v1/health", key="read")

    assert json.loads(answer["body"]) == {
        "status": "good",
        "checked_at": "2027-01-15T08:00:00Z",
        "tiktok_app_set": True,
        "app_audit": "unaudited",
    }
    assert called == ["publishes"]
