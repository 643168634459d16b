import socketserver
import threading
from pathlib import Path

import httpx
import pytest

from dropcast.accounts.http_deadline import DeadlineTransport


class Trickler(socketserver.BaseRequestHandler):
    """Answers byte by byte, each sooner than any time-out of a single read, and records when the client disconnects."""

    cut_off = threading.Event()
    head = b""

    def handle(self) -> None:
        try:
            self.request.recv(65536)
            self.request.sendall(self.head)
            while True:
                self.request.sendall(b"x")
                threading.Event().wait(0.02)
        except OSError:
            self.cut_off.set()


@pytest.fixture
def socket_path(tmp_path: Path):
    path = str(tmp_path / "tiktok")
    Trickler.cut_off.clear()
    with socketserver.ThreadingUnixStreamServer(path, Trickler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield path
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"],
    ids=["status", "head", "body"],
)
def test_a_trickling_answer_is_cut_off_at_the_deadline(socket_path, head):
    Trickler.head = head
    transport = DeadlineTransport(httpx.HTTPTransport(uds=socket_path), 0.2)

    with httpx.Client(transport=transport, timeout=5) as http, pytest.raises(httpx.ReadTimeout):
        http.get("http://tiktok/")

    assert Trickler.cut_off.wait(5)


def test_an_answer_in_time_is_returned_whole():
    inner = httpx.MockTransport(lambda request: httpx.Response(200, json={"ok": True}))

    with httpx.Client(transport=DeadlineTransport(inner, 5)) as http:
        answer = http.get("http://tiktok/")

    assert answer.json() == {"ok": True}
