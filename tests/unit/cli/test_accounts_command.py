"""`dropcast accounts` against a fake API."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import accounts_command
from cli.main import cli
from dropcast_client import NotFoundError
from tests.unit.support.api_examples import client, example

ACCOUNT = example("AccountView", account_id="acc_1", user_id="42", username="ana", status="active")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """The requests to the API."""
    calls: list[tuple[str, str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.raw_path.decode(), json.loads(request.content or b"null")))
        path = request.url.path
        if path == "/v1/connections":
            return httpx.Response(201, json=example("ConnectionView", connect_url="https://a.example/start?c=1"))
        if path == "/v1/accounts":
            later = "next" in request.url.params
            item = ACCOUNT | {"account_id": "acc_2"} if later else ACCOUNT
            return httpx.Response(200, json={"items": [item], "next": None if later else "more"})
        if path.endswith("acc_9"):
            error = example("ErrorView", code="account_missing", message="There is none.", fix="List them.")
            return httpx.Response(404, json={"error": error})
        if request.method == "DELETE":
            return httpx.Response(200, json=ACCOUNT | {"status": "disconnected", "revoked_at_tiktok": False})
        can, cannot = (example("AbilityView", can=can, what=what) for can, what in ((True, "post"), (False, "draft")))
        shown = example("AccountDetailView", abilities=[can, cannot | {"why": "no scope", "fix": "connect again"}])
        return httpx.Response(200, json=shown | ACCOUNT)

    monkeypatch.setattr(accounts_command, "open_api", lambda _: client(answer))
    return calls


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["accounts", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_only_the_link_is_printed(asked):
    _, out, _ = run("connect", "--user-id", "42", "--scopes", "user.info.basic,video.upload")

    assert out == "https://a.example/start?c=1\n"
    body = {"user_id": "42", "scopes": ["user.info.basic", "video.upload"]}
    assert asked == [("POST", "/v1/connections", body)]


def test_without_scopes_the_deployments_own_are_asked_for(asked):
    run("connect", "--user-id", "42")

    assert asked == [("POST", "/v1/connections", {"user_id": "42"})]


def test_accounts_of_all_pages_are_listed(asked):
    _, out, _ = run("list", "--user-id", "42")

    assert [line.split()[:4] for line in out.splitlines()[1:]] == [
        ["acc_1", "42", "ana", "active"],
        ["acc_2", "42", "ana", "active"],
    ]
    assert asked[0][1] == "/v1/accounts?user_id=42&limit=100"


def test_an_account_is_shown_with_what_it_can_do_and_why_not(asked):
    _, out, _ = run("show", "acc_1")

    assert out.splitlines()[0].split() == ["Account", "acc_1"]
    [cannot] = [line for line in out.splitlines() if line.startswith("no ")]
    assert cannot.split() == ["no", "draft", "no", "scope", "connect", "again"]


def test_json_is_the_answer_of_the_api(asked):
    assert json.loads(run("show", "acc_1", "--json")[1])["account_id"] == "acc_1"
    assert [one["account_id"] for one in json.loads(run("list", "--json")[1])] == ["acc_1", "acc_2"]


def test_an_account_is_disconnected_if_the_person_says_so(asked):
    _, _, err = run("disconnect", "acc_1", "--yes")

    assert asked == [("DELETE", "/v1/accounts/acc_1", None)]
    assert "TikTok did not confirm" in err


def test_without_a_terminal_nothing_is_disconnected_unasked(asked):
    code, _, err = run("disconnect", "acc_1")

    assert (code, asked) == (2, [])
    assert "--yes" in err


def test_an_unknown_account_is_named_by_the_api(asked):
    with pytest.raises(NotFoundError, match="account_missing"):
        run("show", "acc_9")
