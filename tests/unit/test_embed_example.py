"""The server in examples/embed, if Dropcast refuses a link: its log has the reason, and its page gets an error."""

from email.message import Message
from io import BytesIO
from runpy import run_path
from typing import Any
from urllib.error import HTTPError

import pytest

from local.folder import ROOT

REFUSAL = b'{"error": {"code": "embed_origin_refused"}}'


class Connection:
    """A connection on which a browser sent this request. `answer`: the answer that it received."""

    def __init__(self, request: str) -> None:
        self.request = request.encode()
        self.answer = b""

    def makefile(self, *_: object) -> BytesIO:
        return BytesIO(self.request)

    def sendall(self, data: bytes) -> None:
        self.answer += data


def refuse(*_: object) -> None:
    raise HTTPError("http://dropcast", 400, "Bad Request", Message(), BytesIO(REFUSAL))


def test_the_log_of_the_example_says_why_dropcast_refused_a_link(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("BASE", "http://dropcast")
    monkeypatch.setenv("KEY", "dc_canary")
    example = run_path(str(ROOT / "examples/embed/server.py"))
    site: Any = example["Site"]
    monkeypatch.setitem(site.do_POST.__globals__, "urlopen", refuse)
    connection = Connection(f"POST /embeds/post HTTP/1.1\r\nOrigin: {example['ORIGIN']}\r\n\r\n")

    site(connection, ("127.0.0.1", 1), None)

    assert connection.answer.split()[1] == b"502"
    logged = capsys.readouterr().err
    assert REFUSAL.decode() in logged
    assert "dc_canary" not in logged + connection.answer.decode()
