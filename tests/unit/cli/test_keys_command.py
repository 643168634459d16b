"""`dropcast keys` against a fake API."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import keys_command
from cli.main import cli
from dropcast_client import KeyRefusedError
from tests.unit.support.api_examples import client, example

KEY = example("KeyView") | {
    "key_id": "dk_1",
    "name": "laptop",
    "scopes": ["read", "publish"],
    "user_id": None,
    "status": "active",
    "created_at": "2027-01-15T08:00:00Z",
    "expires_at": None,
    "last_used_at": "2027-01-16T08:00:00Z",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """The requests to the API."""
    calls: list[tuple[str, str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content or b"null")
        calls.append((request.method, request.url.raw_path.decode(), body))
        if request.method == "POST":
            if "admin" in body["scopes"]:
                error = example("ErrorView", code="scope_missing", message="It has no admin.", fix="Use an admin key.")
                return httpx.Response(403, json={"error": error})
            return httpx.Response(201, json=KEY | body | {"key": "dk_1.canary", "expires_at": "2027-02-14T08:00:00Z"})
        if request.method == "DELETE":
            return httpx.Response(200, json=KEY | {"status": "revoked"})
        later = "next" in request.url.params
        item = KEY | {"key_id": "dk_2"} if later else KEY
        return httpx.Response(200, json={"items": [item], "next": None if later else "more"})

    monkeypatch.setattr(keys_command, "open_api", lambda _: client(answer))
    return calls


def run(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(cli, ["keys", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout, result.stderr


def test_only_the_new_key_goes_to_stdout(asked):
    _, out, err = run("create", "--name", "shop", "--scope", "draft", "--user-id", "42", "--expires-in", "30d")

    assert out == "dk_1.canary\n"
    assert "dk_1 (draft) of the user 42, until 2027-02-14T08:00:00Z." in err
    assert asked == [
        ("POST", "/v1/keys", {"name": "shop", "scopes": ["draft"], "user_id": "42", "expires_in": 2_592_000})
    ]


def test_a_key_without_the_scope_is_refused(asked):
    with pytest.raises(KeyRefusedError, match="scope_missing: It has no admin"):
        run("create", "--name", "shop", "--scopes", "admin")


def test_keys_of_all_pages_are_listed_without_their_texts(asked):
    _, out, _ = run("list")

    rows = [line.split() for line in out.splitlines()[1:]]
    assert [row[0] for row in rows] == ["dk_1", "dk_2"]
    assert rows[0][1:] == ["laptop", "publish,read", "-", "active", "2027-01-15T08:00:00Z", "never", "2027-01-16"]


def test_json_is_an_array_of_the_keys(asked):
    assert [one["key_id"] for one in json.loads(run("list", "--json")[1])] == ["dk_1", "dk_2"]


def test_a_key_is_revoked(asked):
    _, out, err = run("revoke", "dk_1")

    assert (out, asked) == ("", [("DELETE", "/v1/keys/dk_1", None)])
    assert "60 seconds" in err
