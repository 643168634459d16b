"""Tests uploads over a real connection on a unix socket: the bytes that are sent, and broken connections."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from dropcast.tiktok.upload import ChunkAnswer, put_chunk

URL = SecretStr("http://upload.test/video/?upload_token=hidden")
Conversation = Callable[[socketserver.StreamRequestHandler], None]


@contextmanager
def server(path: Path, talk: Conversation) -> Iterator[httpx.Client]:
    """A server that runs `talk` for each connection, and a client for it."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            talk(self)

    with (
        socketserver.UnixStreamServer(str(path), Handler) as served,
        httpx.Client(transport=httpx.HTTPTransport(uds=str(path)), timeout=10) as http,
    ):
        thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield http
        finally:
            served.shutdown()
            thread.join()


def read_head(connection: socketserver.StreamRequestHandler) -> list[bytes]:
    return list(iter(lambda: connection.rfile.readline().strip().lower(), b""))


def put(http: httpx.Client, parts: Iterator[bytes], size: int) -> ChunkAnswer:
    return put_chunk(http, URL, content_type="video/mp4", first=0, last=size - 1, total=size, body=parts)


def test_the_body_is_streamed_with_its_length_ahead(tmp_path):
    heads = []
    first_part_seen = threading.Event()

    def talk(connection):
        heads.append(read_head(connection))
        assert connection.rfile.read(3) == b"abc"
        first_part_seen.set()
        assert connection.rfile.read(2) == b"de"
        connection.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Range: bytes 0-5/5\r\nContent-Length: 0\r\n\r\n")

    def parts():
        yield b"abc"
        assert first_part_seen.wait(10)
        yield b"de"

    with server(tmp_path / "s", talk) as http:
        answer = put(http, parts(), 5)

    assert answer == ChunkAnswer("done", 5, 201)
    assert b"content-length: 5" in heads[0]
    assert b"content-range: bytes 0-4/5" in heads[0]
    assert not any(line.startswith(b"transfer-encoding") for line in heads[0])


def test_an_answer_before_the_end_of_the_body_is_read(tmp_path):
    def talk(connection):
        read_head(connection)
        connection.wfile.write(
            b"HTTP/1.1 416 Range Not Satisfiable\r\nContent-Range: bytes 0-7/67108864\r\n"
            b"Connection: close\r\nContent-Length: 0\r\n\r\n"
        )

    with server(tmp_path / "s", talk) as http:
        answer = put(http, iter([bytes(1024 * 1024)] * 64), 64 * 1024 * 1024)

    assert answer == ChunkAnswer("resync", 7, 416)


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 201 Cre", b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\nhalf"])
def test_a_connection_that_breaks_during_the_answer_is_no_answer(tmp_path, said):
    def talk(connection):
        read_head(connection)
        connection.rfile.read(5)
        connection.wfile.write(said)

    with server(tmp_path / "s", talk) as http:
        answer = put(http, iter([b"abcde"]), 5)

    assert answer == ChunkAnswer("no_answer")


def test_a_refused_connection_is_no_answer(tmp_path):
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(tmp_path / "nobody"))) as http:
        answer = put(http, iter([b"abcde"]), 5)

    assert answer == ChunkAnswer("no_answer")


def test_an_error_of_the_source_is_distinguished_from_one_of_the_connection(tmp_path):
    def parts():
        yield b"abc"
        raise ConnectionResetError("the source")

    def talk(connection):
        read_head(connection)
        connection.rfile.read()

    with server(tmp_path / "s", talk) as http, pytest.raises(ConnectionResetError, match="the source"):
        put(http, parts(), 5)
