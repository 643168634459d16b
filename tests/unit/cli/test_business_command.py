"""`dropcast business` against a fake API."""

import json
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from cli import business_command
from cli.main import cli
from tests.unit.support.api_examples import client, example

CONNECTION = example("ConnectionView") | {
    **example("BusinessConnectionView"),
    "connection_id": "biz_1",
    "kind": "account",
    "status": "active",
    "user_id": "42",
    "account_id": None,
    "connected_at": "2027-01-15T08:00:00Z",
    "revoked_at_tiktok": True,
    "connect_url": "https://deployed.example/oauth/business/start?c=once",
    "expires_at": "2027-01-15T08:10:00Z",
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """The requests to the API."""
    calls: list[tuple[str, str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.path, json.loads(request.content or b"null")))
        return httpx.Response(200, json={**CONNECTION, "items": [CONNECTION], "next": None})

    monkeypatch.setattr(business_command, "open_api", lambda _: client(answer))
    return calls


def run(*words: str) -> tuple[str, str]:
    result = CliRunner().invoke(cli, ["business", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout, result.stderr


@pytest.mark.parametrize(
    ("words", "body"),
    [
        (["--account", "acc_1"], {"kind": "account", "user_id": "42", "account_id": "acc_1"}),
        (["--advertiser"], {"kind": "advertiser", "user_id": "42"}),
    ],
)
def test_only_the_link_is_printed(asked, words, body):
    out, err = run("connect", "--user-id", "42", *words)

    assert out.strip() == CONNECTION["connect_url"]
    assert CONNECTION["expires_at"] in err
    assert asked == [("POST", "/v1/business-connections", body)]


def test_connections_are_listed(asked):
    out, _ = run("list")

    assert "biz_1" in out
    assert "2027-01-15" in out


def test_a_connection_is_ended(asked):
    _, err = run("disconnect", "biz_1")

    assert "TikTok confirmed the revocation" in err
    assert asked == [("DELETE", "/v1/business-connections/biz_1", None)]
