"""`dropcast webhooks` against a fake API."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import webhooks_command
from cli.main import cli
from tests.unit.support.api_examples import client, example

ENDPOINT = example("NewSecretView") | {
    "endpoint_id": "whe_1",
    "status": "enabled",
    "failing_since": None,
    "events": ["publish.*", "account.connected"],
    "url": "https://hooks.example/",
    "secret": "whsec_c2VjcmV0",
}
DELIVERY = example("DeliveryView") | {
    "event_id": "evt_1",
    "event": "publish.failed",
    "state": "failed",
    "tries": 2,
    "next_at": None,
    "attempts": [example("AttemptView", status=500, error=None), example("AttemptView", status=None, error="timeout")],
}
NEW = DELIVERY | {
    "event_id": "evt_0",
    "state": "pending",
    "tries": 0,
    "attempts": [],
    "next_at": "2027-01-01T00:00:00Z",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """The requests to the API."""
    calls: list[tuple[str, str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.raw_path.decode(), json.loads(request.content or b"null")))
        what = request.url.path.rsplit("/", 1)[1]
        later = "next" in request.url.params
        answers: dict[str, Any] = {
            "webhook-endpoints": {**ENDPOINT, "items": [ENDPOINT]},
            "deliveries": {"items": [NEW if later else DELIVERY], "next": None if later else "more"},
            "test": {"event_id": "evt_9"},
            "redeliver": {"queued": 3},
            "rotate-secret": ENDPOINT | {"previous_secret_until": "2027-01-02T00:00:00Z"},
            "whe_1": ENDPOINT | {"status": "disabled"} if request.method == "PATCH" else example("DeletedEndpointView"),
        }
        return httpx.Response(200, json=answers.get(what, example("DeletedEndpointView")))

    monkeypatch.setattr(webhooks_command, "open_api", lambda _: client(answer))
    return calls


def run(*words: str) -> tuple[str, str]:
    result = CliRunner().invoke(cli, ["webhooks", *words])
    assert result.exit_code == 0, result.output
    return result.stdout, result.stderr


def test_only_a_new_endpoints_secret_goes_to_stdout(asked):
    out, words = run("add", "https://hooks.example/", "--events", "publish.*, account.connected")

    assert out.strip() == "whsec_c2VjcmV0"
    assert "whe_1" in words
    body = {"url": "https://hooks.example/", "events": ["publish.*", "account.connected"], "description": ""}
    assert asked == [("POST", "/v1/webhook-endpoints", body)]


def test_endpoints_are_listed(asked):
    out, _ = run("list")

    assert out.splitlines()[1].split() == [
        "whe_1",
        "enabled",
        "-",
        "publish.*,account.connected",
        "https://hooks.example/",
    ]


def test_an_endpoint_is_removed(asked):
    run("remove", "whe_1")

    assert asked == [("DELETE", "/v1/webhook-endpoints/whe_1", None)]


def test_a_test_event_prints_its_id(asked):
    assert run("test", "whe_1")[0].strip() == "evt_9"


def test_deliveries_show_their_latest_answer_page_by_page(asked):
    out, _ = run("deliveries", "whe_1", "--state", "failed", "--limit", "2")

    assert [line.split() for line in out.splitlines()[1:]] == [
        ["evt_1", "publish.failed", "failed", "2", "timeout", "-"],
        ["evt_0", "publish.failed", "pending", "0", "-", "2027-01-01T00:00:00Z"],
    ]
    assert [path for _, path, _ in asked] == [
        "/v1/webhook-endpoints/whe_1/deliveries?state=failed&limit=2",
        "/v1/webhook-endpoints/whe_1/deliveries?state=failed&next=more&limit=2",
    ]


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (["--event-id", "evt_1"], {"event_id": "evt_1"}),
        (
            ["--since", "2027-01-01T00:00:00Z", "--state", "failed"],
            {"since": "2027-01-01T00:00:00Z", "state": "failed"},
        ),
    ],
)
def test_one_event_or_a_time_range_is_delivered_again(asked, words, body):
    out, _ = run("redeliver", "whe_1", *words)

    assert out.strip() == "3"
    assert asked == [("POST", "/v1/webhook-endpoints/whe_1/redeliver", body)]


def test_an_id_cannot_change_the_path(asked):
    run("remove", "../keys?x=1")

    assert asked[0][1] == "/v1/webhook-endpoints/..%2Fkeys%3Fx%3D1"


def test_a_rotated_secret_goes_to_stdout_and_the_end_of_the_previous_one_is_named(asked):
    out, words = run("rotate", "whe_1")

    assert out.strip() == "whsec_c2VjcmV0"
    assert "Until 2027-01-02T00:00:00Z Dropcast signs with the previous secret too." in words
    assert asked == [("POST", "/v1/webhook-endpoints/whe_1/rotate-secret", None)]


@pytest.mark.parametrize(("command", "status"), [("enable", "enabled"), ("disable", "disabled")])
def test_deliveries_are_stopped_and_resumed(asked, command, status):
    run(command, "whe_1")

    assert asked == [("PATCH", "/v1/webhook-endpoints/whe_1", {"status": status})]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        (("test", "whe_1"), "event_id"),
        (("redeliver", "whe_1", "--event-id", "evt_1"), "queued"),
        (("rotate", "whe_1"), "secret"),
        (("remove", "whe_1"), "deleted"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else None,
)
def test_json_is_the_answer_of_the_api(asked, words, field):
    assert field in json.loads(run(*words, "--json")[0])


@pytest.mark.parametrize("words", [("list",), ("deliveries", "whe_1", "--limit", "1")], ids=lambda words: words[0])
def test_a_list_as_json_is_an_array(asked, words):
    [one] = json.loads(run(*words, "--json")[0])

    assert {"endpoint_id", "event_id"} & set(one)
