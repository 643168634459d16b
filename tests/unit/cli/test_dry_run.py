"""--dry-run of commands that change or create one object. It prints the object or the request, and changes nothing."""

import json

import httpx
import pytest
from typer.testing import CliRunner

from cli import accounts_command, business_command, keys_command, publishes_command, webhooks_command
from cli.api import ObjectMissingError
from cli.expected_errors import exit_code_of
from cli.main import cli
from tests.unit.support.api_examples import client, example

PUBLISH = example("PublishView", publish_id="pub_1", state="held")
ANSWERS = {
    "/v1/publishes/pub_1": PUBLISH,
    "/v1/accounts/acc_1": example("AccountDetailView", account_id="acc_1"),
    "/v1/business-connections/biz_1": example("BusinessConnectionView", connection_id="biz_1"),
    "/v1/keys": {"items": [example("KeyView", key_id="dk_0"), example("KeyView", key_id="dk_1")], "next": None},
    "/v1/webhook-endpoints/whe_1": example("EndpointView", endpoint_id="whe_1"),
}
MODULES = (accounts_command, business_command, keys_command, publishes_command, webhooks_command)
COMMANDS = [
    ("publishes", "edit", "pub_1", "--title", "new"),
    ("publishes", "cancel", "pub_1"),
    ("publishes", "retry", "pub_1"),
    ("publishes", "restart", "pub_1"),
    ("publishes", "resolve", "pub_1", "posted"),
    ("accounts", "disconnect", "acc_1"),
    ("business", "disconnect", "biz_1"),
    ("keys", "revoke", "dk_1"),
    ("webhooks", "rotate", "whe_1"),
    ("webhooks", "enable", "whe_1"),
    ("webhooks", "disable", "whe_1"),
    ("webhooks", "remove", "whe_1"),
]


@pytest.fixture
def methods(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The methods of the requests to the API."""
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        return httpx.Response(200, json=ANSWERS[request.url.path])

    for module in MODULES:
        monkeypatch.setattr(module, "open_api", lambda _: client(answer))
    return calls


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_object_is_shown_and_not_changed(methods, words):
    result = CliRunner().invoke(cli, [*words, "--dry-run"], catch_exceptions=False)

    assert (result.exit_code, methods) == (0, ["GET"])
    assert words[2] in result.stdout
    assert "this would" in result.stderr
    assert words[2] in result.stderr


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_json_is_the_object_as_it_is(methods, words):
    result = CliRunner().invoke(cli, [*words, "--dry-run", "--json"], catch_exceptions=False)

    assert methods == ["GET"]
    assert words[2] in json.loads(result.stdout).values()


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        (("keys", "create", "--name", "site"), {"name": "site", "scopes": ["read", "publish"]}),
        (("keys", "create", "--name", "site", "--bootstrap"), {"name": "site", "scopes": ["read", "publish"]}),
        (("webhooks", "redeliver", "whe_1", "--event-id", "evt_1"), {"event_id": "evt_1"}),
        (
            ("webhooks", "add", "https://a.example/", "--events", "publish.*"),
            {"url": "https://a.example/", "events": ["publish.*"], "description": ""},
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_creation_prints_its_request_and_sends_nothing(methods, words, request_):
    result = CliRunner().invoke(cli, [*words, "--dry-run"], catch_exceptions=False)

    assert (result.exit_code, methods) == (0, [])
    assert json.loads(result.stdout) == request_
    assert "Nothing was changed" in result.stderr


def test_the_present_state_of_a_publish_is_named(methods):
    result = CliRunner().invoke(cli, ["publishes", "cancel", "pub_1", "--dry-run"])

    assert "cancel pub_1, which is held" in result.stderr


def test_a_key_that_does_not_exist_is_named(methods):
    result = CliRunner().invoke(cli, ["keys", "revoke", "dk_9", "--dry-run"])

    assert isinstance(result.exception, ObjectMissingError)
    assert "dk_9" in str(result.exception)
    assert exit_code_of(result.exception) == 5
