"""The local proxy in front of a server that repeats exactly what it received."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

import httpx
import pytest

from local.proxy import Proxy


class Target(BaseHTTPRequestHandler):
    """Answers with the request that it received. /slow sends its second half when `released` is set."""

    protocol_version = "HTTP/1.1"
    second_half = Event()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        heard = {"line": self.path, "headers": dict(self.headers.items()), "body": list(body)}
        self._answer(200, json.dumps(heard).encode(), ("Content-Type", "application/json"))

    def do_GET(self) -> None:
        if self.path.endswith("/slow"):
            return self._in_halves()
        where = "https://a.example/?b=%2A"
        self._answer(302, bytes(range(256)), ("Location", where), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))

    def _in_halves(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "8")
        self.end_headers()
        self.wfile.write(b"half")
        self.second_half.wait(10)
        self.wfile.write(b"more")

    def _answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for name, value in [*headers, ("Content-Length", str(len(body)))]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 64


@pytest.fixture
def target() -> Iterator[str]:
    server = Server(("127.0.0.1", 0), Target)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    Target.second_half.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(target: str) -> Iterator[str]:
    with Proxy() as proxy:
        proxy.point_at(f"{target}/_aws/execute-api/abc/$default")
        yield proxy.url


def test_a_request_arrives_unchanged(proxy: str):
    sent = bytes(range(256))

    heard = httpx.post(
        f"{proxy}/webhooks/tiktok?a=1&a=2&x=%2A%21", content=sent, headers={"Tiktok-Signature": "t=1,s=f"}
    )

    assert heard.json()["line"] == "/_aws/execute-api/abc/$default/webhooks/tiktok?a=1&a=2&x=%2A%21"
    assert heard.json()["body"] == list(sent)
    headers = {name.lower(): value for name, value in heard.json()["headers"].items()}
    assert headers["tiktok-signature"] == "t=1,s=f"
    assert headers["x-forwarded-host"] == proxy.removeprefix("http://")


def test_a_path_with_a_line_break_or_invalid_text_arrives(proxy: str):
    heard = httpx.post(f"{proxy}/v1/publishes/%0E%04%0AJ%C3%BA%F3")

    assert heard.json()["line"] == "/_aws/execute-api/abc/$default/v1/publishes/%0E%04%0AJ%C3%BA%F3"


def test_an_answer_arrives_unchanged(proxy: str):
    answer = httpx.get(f"{proxy}/x")

    assert answer.status_code == 302
    assert answer.headers["location"] == "https://a.example/?b=%2A"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert answer.content == bytes(range(256))


def test_the_first_half_arrives_before_the_second_is_sent(proxy: str):
    Target.second_half.clear()
    with httpx.stream("GET", f"{proxy}/slow") as answer:
        parts = answer.iter_raw()

        assert next(parts) == b"half"

        Target.second_half.set()
        assert b"".join(parts) == b"more"


def test_the_answer_is_503_before_there_is_an_api():
    with Proxy() as proxy:
        assert httpx.get(f"{proxy.url}/v1/accounts").status_code == 503


def test_a_missing_api_is_a_502():
    with Proxy() as gone:
        dead = gone.url
    with Proxy() as proxy:
        proxy.point_at(dead)

        assert httpx.get(f"{proxy.url}/v1/accounts").status_code == 502


def test_concurrent_callers_get_their_own_answers(proxy: str):
    def call(n: int) -> str:
        return httpx.post(f"{proxy}/n?{n}", content=b"x").json()["line"].rpartition("?")[2]

    with ThreadPoolExecutor(40) as callers:
        answers = list(callers.map(call, range(40)))

    assert answers == [str(n) for n in range(40)]


def test_a_cookie_of_one_browser_is_not_sent_for_another(proxy):
    first = httpx.get(f"{proxy}/sets-cookies")

    second = httpx.post(f"{proxy}/x", content=b"")

    assert first.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "cookie" not in {name.lower() for name in second.json()["headers"]}
