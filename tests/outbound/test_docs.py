"""Runs the example receiver of docs/webhooks.md exactly as the page shows it."""

import http.server
import re
import threading
from collections.abc import Iterator
from queue import SimpleQueue
from typing import Any

import pytest

from dropcast import clock
from dropcast.events.outbound.outbound_post import ReceiverAnswer, post
from dropcast.events.outbound.signing import new_secret, signed_headers
from dropcast.settings import settings
from local.folder import ROOT

SECRET = new_secret()
BODY = '{"event_id": "evt_1", "event": "publish.published", "title": "é"}'.encode()


@pytest.fixture
def url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    [program] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "webhooks.md").read_text(), re.DOTALL)
    made: SimpleQueue[http.server.HTTPServer] = SimpleQueue()

    class AtAnyPort(http.server.HTTPServer):
        def __init__(self, address: tuple[str, int], handler: Any) -> None:
            super().__init__((address[0], 0), handler)
            made.put(self)

    monkeypatch.setattr(http.server, "HTTPServer", AtAnyPort)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET.get_secret_value())
    thread = threading.Thread(target=lambda: exec(program, {"__name__": "receiver"}))
    thread.start()
    server = made.get(timeout=10)
    origin = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("OUTBOUND_ALLOWED_ORIGINS", origin)
    settings.cache_clear()
    yield f"{origin}/dropcast"
    server.shutdown()
    server.server_close()
    thread.join()


def status(url: str, headers: dict[str, str], body: bytes = BODY) -> int:
    answer = post(url, headers, body)
    assert isinstance(answer, ReceiverAnswer), answer
    return answer.status


def test_it_accepts_our_signatures(url, capsys):
    first = status(url, signed_headers([SECRET], "evt_1", clock.now(), BODY))
    rotated = status(url, signed_headers([new_secret(), SECRET], "evt_1", clock.now(), BODY))

    assert (first, rotated) == (204, 204)
    assert capsys.readouterr().out == "publish.published evt_1\n" * 2


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "evt_2"},
        {"webhook-timestamp": "1"},
        {"webhook-timestamp": "soon"},
        {"webhook-signature": ""},
        {"webhook-signature": "nonsense"},
        {"webhook-signature": "v1,A"},
        {"webhook-signature": "v1,AAAA"},
    ],
)
def test_it_refuses_other_signatures(url, changed, capsys):
    assert status(url, signed_headers([SECRET], "evt_1", clock.now(), BODY) | changed) == 401
    assert capsys.readouterr().out == ""


def test_it_refuses_changed_bodies_and_old_signatures(url):
    headers = signed_headers([SECRET], "evt_1", clock.now(), BODY)
    old = signed_headers([SECRET], "evt_1", clock.now() - 301, BODY)

    assert status(url, headers, BODY + b" ") == 401
    assert status(url, old) == 401
    assert status(url, headers, b"\xff") == 401
