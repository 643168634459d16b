"""`dropcast console` against a fake API."""

import json
import webbrowser

import httpx
import pytest
from typer.testing import CliRunner

from cli import console_command
from cli.main import cli
from dropcast_client import KeyRefusedError
from tests.unit.support.api_examples import client

LINK = {"sign_in_url": "https://deployed.example/console/enter#once", "expires_at": "2027-01-15T08:05:00Z"}


def answer_with(monkeypatch: pytest.MonkeyPatch, answer: httpx.Response) -> list[tuple[str, str, bytes]]:
    """Let the API return this answer; the list has its requests."""
    requests: list[tuple[str, str, bytes]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append((request.method, request.url.path, request.content))
        return answer

    monkeypatch.setattr(console_command, "open_api", lambda _: client(handle))
    return requests


def run(*words: str) -> tuple[str, str]:
    result = CliRunner().invoke(cli, ["console", *words], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout, result.stderr


def test_only_the_link_is_printed_and_no_browser_opens(monkeypatch):
    requests = answer_with(monkeypatch, httpx.Response(201, json=LINK))
    monkeypatch.setattr(webbrowser, "open", lambda *_: pytest.fail("a browser was opened"))

    out, err = run()

    assert out == f"{LINK['sign_in_url']}\n"
    assert LINK["expires_at"] in err
    assert requests == [("POST", "/v1/console-links", b"")]


def test_the_answer_is_printed_as_json(monkeypatch):
    answer_with(monkeypatch, httpx.Response(201, json=LINK))

    out, err = run("--json")

    assert (json.loads(out), err) == (LINK, "")


def test_a_refusal_keeps_its_message(monkeypatch):
    answer_with(monkeypatch, httpx.Response(403, json={"message": "Forbidden"}))

    with pytest.raises(KeyRefusedError, match="Forbidden"):
        run()
