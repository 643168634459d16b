"""Answers that any server may send: too large, of the wrong length, or with cookies."""

import ast
import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dropcast.accounts import tiktok_app
from dropcast.accounts.http_deadline import DeadlineTransport
from dropcast.tiktok.client import Unanswered, send
from dropcast.tiktok.http.http_client import BODY_BYTES_MAX, ignore_body, new_client, read_whole
from tests.unit.support.accounts import cloud as cloud
from tests.unit.support.accounts import held_clock as held_clock

ROOT = Path(__file__).resolve().parents[4]
MB = 1024 * 1024


class Parts(httpx.SyncByteStream):
    """A body that is never completely in memory. `sent` counts the bytes that were read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts, self.sent, self.closed = parts, 0, False

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            self.sent += len(part)
            yield part

    def close(self) -> None:
        self.closed = True


def endless() -> Iterator[bytes]:
    while True:
        yield b" " * 65536


def bomb(encoding: str, megabytes: int = 64) -> bytes:
    window = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS, "raw": -zlib.MAX_WBITS}[encoding]
    packer = zlib.compressobj(1, zlib.DEFLATED, window)
    return b"".join(packer.compress(bytes(MB)) for _ in range(megabytes)) + packer.flush()


def in_parts(body: bytes) -> Iterator[bytes]:
    return (body[at : at + 65536] for at in range(0, len(body), 65536))


def answered(stream: Parts, **headers: str) -> httpx.Response | Unanswered:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    http = new_client(
        httpx.Timeout(5), httpx.MockTransport(lambda request: httpx.Response(200, headers=named, stream=stream))
    )
    return send(http, "GET", "https://tiktok.example/")


def test_an_endless_body_is_cut_and_its_connection_closed():
    body = Parts(endless())

    answer = answered(body)

    assert isinstance(answer, httpx.Response)
    assert len(answer.content) == BODY_BYTES_MAX
    assert body.sent <= BODY_BYTES_MAX + 65536
    assert body.closed


@pytest.mark.parametrize(
    ("packed", "encoding"),
    [
        (lambda: bomb("gzip"), "gzip"),
        (lambda: bomb("deflate"), "deflate"),
        (lambda: bomb("raw"), "deflate"),
        (lambda: gzip.compress(bomb("gzip", 200)), "gzip, gzip"),
        (lambda: gzip.compress(bomb("deflate")), " DEFLATE ,x-gzip"),
    ],
    ids=["gzip", "deflate", "raw deflate", "gzip in gzip", "deflate in gzip"],
)
def test_a_compression_bomb_is_unpacked_only_up_to_the_limit(packed, encoding):
    body = packed()
    assert len(body) < BODY_BYTES_MAX
    tracemalloc.start()

    answer = answered(Parts(in_parts(body)), content_encoding=encoding)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert isinstance(answer, httpx.Response)
    assert len(answer.content) == BODY_BYTES_MAX
    assert peak < 6 * BODY_BYTES_MAX


@pytest.mark.parametrize("encoding", ["br", "zstd", "", "identity", "nonsense", "gzip," * 200 + "gzip"])
def test_an_unrequested_encoding_is_unpacked_only_up_to_the_limit(encoding):
    answer = answered(Parts(in_parts(b"\x8b\x02\x80abc\x03")), content_encoding=encoding)

    assert isinstance(answer, httpx.Response)
    assert len(answer.content) <= 7


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_body_with_a_wrong_encoding_is_an_empty_page(encoding):
    answer = answered(Parts(in_parts(b"<html>")), content_encoding=encoding)

    assert isinstance(answer, httpx.Response)
    assert (answer.status_code, answer.content) == (200, b"")


def test_an_answer_that_fits_is_complete():
    body = gzip.compress(b'{"a":1}')

    answer = answered(Parts(in_parts(body)), content_encoding="gzip", content_length=str(len(body)), x_other="1")

    assert isinstance(answer, httpx.Response)
    assert (answer.content, answer.headers["x-other"]) == (b'{"a":1}', "1")


def test_an_interrupted_body_is_a_lost_connection():
    def breaks() -> Iterator[bytes]:
        yield b"{"
        raise httpx.RemoteProtocolError("cut")

    assert answered(Parts(breaks())) == Unanswered("connection_lost", True, None, None)


@pytest.mark.parametrize("url", [f"https://tiktok.example/?{'x' * 70_000}", "https://[::1", "https://a\x00b/"])
def test_an_invalid_address_gets_no_request(url):
    http = new_client(httpx.Timeout(5), httpx.MockTransport(lambda request: httpx.Response(200)))

    assert send(http, "GET", url) == Unanswered("not_connected", False, None, None)


def test_a_header_that_is_not_ascii_is_not_sent():
    http = new_client(httpx.Timeout(5), httpx.MockTransport(lambda request: httpx.Response(200)))

    answer = send(http, "GET", "https://tiktok.example/", headers={"Access-Token": "t\u00f6k"})

    assert answer == Unanswered("not_connected", False, None, None)


def test_a_transport_with_a_deadline_applies_the_limit_itself():
    body = Parts(endless())
    inner = httpx.MockTransport(lambda request: httpx.Response(200, stream=body))

    answer = new_client(httpx.Timeout(5), DeadlineTransport(inner, 5)).get("https://tiktok.example/")

    assert len(answer.content) == BODY_BYTES_MAX


def test_an_unneeded_body_is_read_to_its_end_only_if_it_is_short():
    short, long = Parts(iter([b"null"])), Parts(endless())

    for body in (short, long):
        ignore_body(httpx.Response(201, stream=body))

    assert short.sent == 4
    assert long.sent < MB
    assert (short.closed, long.closed) == (True, True)


def test_a_body_that_was_already_read_is_cut_too():
    assert len(read_whole(httpx.Response(200, content=bytes(2 * BODY_BYTES_MAX))).content) == BODY_BYTES_MAX


@pytest.mark.parametrize(
    "client", [lambda: tiktok_app.http_within(7), lambda: tiktok_app.tiktok().http], ids=["within", "open API"]
)
def test_no_cookie_is_sent_back(client, cloud):
    heard: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        heard.append(request.headers.get("cookie"))
        domains = ("", "; Domain=.tiktok.com", "; Domain=tiktok.com; Max-Age=9999")
        cookies = [("set-cookie", f"c{number}=canary{domain}; Path=/") for number, domain in enumerate(domains)]
        return httpx.Response(200, headers=cookies, json={})

    http = client()
    cloud.setattr(http, "_transport", httpx.MockTransport(answer))
    cloud.setattr(http, "_mounts", {})
    for url in ("https://www.tiktok.com/oembed", "https://www.tiktok.com/a", "https://ads.tiktok.com/"):
        send(http, "GET", url)

    assert heard == [None, None, None]
    assert not list(http.cookies.jar)


MAKES = {"Client", "AsyncClient", "get", "post", "put", "patch", "delete", "head", "options", "request", "stream"}


def test_every_client_is_made_in_one_place():
    """Webhook receivers have a separate client, which reads at most 4096 bytes of an answer."""
    found = {
        (str(file.relative_to(ROOT)), ast.unparse(call.func))
        for folder in ("layers/dropcast/python", "functions")
        for file in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text()))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name)
        if (call.func.value.id == "httpx" and call.func.attr in MAKES) or call.func.value.id == "httpcore"
        if not call.func.attr.endswith(("URL", "context"))
    }

    assert found == {
        ("layers/dropcast/python/dropcast/tiktok/http/http_client.py", "httpx.Client"),
        ("layers/dropcast/python/dropcast/events/outbound/outbound_post.py", "httpcore.ConnectionPool"),
    }
