"""Errors end the command with one line, the fix and the exit code of their kind, without a traceback."""

import httpx
import pytest

from cli import publishes_command
from cli.main import run
from tests.unit.support.api_examples import client, example
from tests.unit.support.client_sleeps import replace_sleep


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 3), (401, 4), (403, 4), (404, 5), (409, 3), (410, 3), (422, 3), (429, 6), (500, 7), (502, 7), (503, 7)],
)
def test_a_refusal_is_three_lines_and_the_code_of_its_kind(monkeypatch, capsys, status, code):
    error = example("ErrorView", message="It is so.", fix="Do this.", next="none")
    answer = httpx.Response(status, json={"error": error})
    monkeypatch.setattr(publishes_command, "open_api", lambda _: client(lambda _: answer))
    monkeypatch.setattr("sys.argv", ["dropcast", "publishes", "show", "pub_1"])
    replace_sleep(monkeypatch, lambda _: None)

    with pytest.raises(SystemExit) as ended:
        run()

    assert ended.value.code == code
    said = capsys.readouterr()
    assert said.out == ""
    happened, *further = said.err.splitlines()
    assert happened.endswith(": It is so.")
    assert further == ["Do this.", error["doc_url"]]


@pytest.mark.parametrize(
    ("environment", "words", "code"),
    [
        ({"DROPCAST_URL": "https://a.example"}, "There is no API key.", 4),
        ({"DROPCAST_URL": "a.example", "DROPCAST_API_KEY": "dk_1"}, "must begin with https://", 4),
        ({"DROPCAST_PROFILE": "nothing"}, "There is no profile nothing.", 8),
    ],
)
def test_what_is_missing_is_named_with_its_fix(monkeypatch, capsys, environment, words, code):
    for name in ("DROPCAST_URL", "DROPCAST_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.argv", ["dropcast", "publishes", "list"])

    with pytest.raises(SystemExit) as ended:
        run()

    lines = capsys.readouterr().err.splitlines()
    assert (ended.value.code, len(lines)) == (code, 2)
    assert words in lines[0]
