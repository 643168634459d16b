"""`dropcast watch` and `dropcast status` against a fake API."""

import json
import sys
from io import StringIO
from typing import Any

import httpx
import pytest
import typer
from typer.testing import CliRunner

from cli import status_command, watch_command
from cli.main import cli
from cli.output import console
from tests.unit.support.api_examples import client, example
from tests.unit.support.terminal import terminal


def publish(**changes: Any) -> dict[str, Any]:
    source = {"type": "s3", "bucket": "b", "key": "a.mp4", "host": None}
    return example("PublishView") | {"publish_id": "pub_1", "source": source, "pictures": [], "error": None} | changes


@pytest.fixture
def states(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The states of the publish at each poll. After the last poll comes Ctrl-C."""
    planned: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/health":
            return httpx.Response(200, json=example("HealthView", status="good"))
        if request.url.path == "/v1/accounts":
            accounts = [example("AccountView", status=status) for status in ("active", "active", "reconnect_needed")]
            return httpx.Response(200, json={"items": accounts, "next": None})
        if not planned:
            raise KeyboardInterrupt
        shown = publish(state=planned.pop(0))
        is_list = request.url.path == "/v1/publishes"
        return httpx.Response(200, json={"items": [shown], "next": None} if is_list else shown)

    for command in (watch_command, status_command):
        monkeypatch.setattr(command, "open_api", lambda _: client(answer))
    monkeypatch.setattr(watch_command.clock, "sleep", lambda seconds: None)
    return planned


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


@pytest.mark.parametrize(("end", "code"), [("published", 0), ("in_inbox", 0), ("failed", 1), ("unknown", 1)])
def test_a_publish_is_watched_to_its_end_and_each_change_is_a_line(states, end, code):
    states += ["queued", "processing", "processing", end]

    ended, out = run("watch", "pub_1")

    assert ended == code
    assert [line.split("\t")[2] for line in out.splitlines()] == ["queued", "processing", end]


def test_the_newest_publishes_are_watched_until_ctrl_c(states):
    states += ["processing", "published", "published"]

    code, out = run("watch", "--account", "acc_1", "--json")

    assert code == 130
    assert [json.loads(line)["state"] for line in out.splitlines()] == ["processing", "published"]


def test_a_terminal_shows_a_table_that_changes_in_place(states, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(console, "is_interactive", True)
    states += ["queued", "processing", "published"]

    with terminal(("watch", "pub_1")) as screen:
        code = screen.end()

    assert code == 0
    assert len(screen.lines) == 2
    assert "published" in screen.lines[1]


def test_json_goes_to_stdout_although_stderr_is_a_terminal(states, monkeypatch):
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(console, "is_interactive", True)
    monkeypatch.setattr(console, "_force_terminal", True)
    monkeypatch.setattr(watch_command, "print_json_line", lambda value: printed_to.append(sys.stdout))
    printed_to: list[object] = []
    states += ["published"]

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", StringIO())
        before = sys.stdout
        with pytest.raises(typer.Exit):
            watch_command.watch(["pub_1"], as_json=True)

    assert printed_to == [before]


def test_the_status_counts_accounts_and_publishes(states):
    states += ["unknown", "processing"]

    _, words = run("status")
    _, out = run("status", "--json")

    assert "2 active, 1 reconnect_needed" in words
    assert "1 (dropcast publishes list --state unknown)" in words
    shown = json.loads(out)
    assert (shown["health"]["status"], shown["accounts"]) == ("good", {"active": 2, "reconnect_needed": 1})
    assert (shown["publishes"]["processing"], shown["publishes"]["unknown"]) == (1, 0)
