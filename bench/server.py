"""An S3-like origin and TikTok's upload host, each a separate process with TLS.

python -m bench.server origin|sink --address … --chain … prints the port on which it listens.
"""

import argparse
import hashlib
import json
import mmap
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

PIECE = 256 * 1024


class Pace:
    """Limits the traffic to `rate` bytes a second (0: unlimited), with bursts of 256 KiB."""

    def __init__(self, rate: float) -> None:
        self.rate, self.due = rate, time.monotonic()

    def wait(self, size: int) -> None:
        """Wait until `size` more bytes may pass."""
        if not self.rate:
            return
        now = time.monotonic()
        self.due = max(self.due, now - PIECE / self.rate) + size / self.rate
        if self.due > now:
            time.sleep(self.due - now)


@dataclass
class Request:
    """The head of a request, and the part of the body that arrived with the head."""

    method: str
    path: str
    headers: dict[str, str]
    rest: bytes


def read_head(connection: ssl.SSLSocket, pending: bytes) -> Request | None:
    """Read the next request on `connection`. None if the connection ended."""
    while b"\r\n\r\n" not in pending:
        more = connection.recv(65536)
        if not more:
            return None
        pending += more
    head, rest = pending.split(b"\r\n\r\n", 1)
    line, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = line.split(" ", 2)
    headers = {name.lower(): value.strip() for name, value in (one.split(":", 1) for one in lines)}
    return Request(method, path, headers, rest)


def head_of(status: str, length: int, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass
class Origin:
    """Serves ranges of one file at `rate` bytes a second per connection, each after `first_byte_s` seconds."""

    file: Path
    rate: float
    first_byte_s: float

    def __post_init__(self) -> None:
        with self.file.open("rb") as opened:
            self.data = memoryview(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))

    def serve(self, connection: ssl.SSLSocket) -> None:
        pace, pending = Pace(self.rate), b""
        while (request := read_head(connection, pending)) is not None:
            pending = request.rest
            first, last = self._range(request)
            time.sleep(self.first_byte_s)
            connection.sendall(
                head_of(
                    "206 Partial Content",
                    last - first + 1,
                    ETag='"bench"',
                    Content_Type="video/mp4",
                    Content_Range=f"bytes {first}-{last}/{len(self.data)}",
                )
            )
            for at in range(first, last + 1, PIECE):
                piece = self.data[at : min(at + PIECE, last + 1)]
                pace.wait(len(piece))
                connection.sendall(piece)

    def _range(self, request: Request) -> tuple[int, int]:
        found = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("range", ""))
        return (int(found[1]), int(found[2])) if found else (0, len(self.data) - 1)


@dataclass
class Sink:
    """Accepts chunks in order. Answers each PUT after `answer_s` seconds: 206, or 201 for the last chunk.

    GET /result reports the received bytes and sets all counts back to 0.
    """

    rate: float
    answer_s: float
    received: int = 0
    digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)
    puts: int = 0
    finished: float = 0.0

    def serve(self, connection: ssl.SSLSocket) -> None:
        pace, pending, buffer = Pace(self.rate), b"", bytearray(PIECE)
        while (request := read_head(connection, pending)) is not None:
            pending = b""
            if request.method == "GET":
                told = json.dumps({"sha256": self.digest.hexdigest(), "bytes": self.received, "puts": self.puts})
                self.received, self.puts, self.digest = 0, 0, hashlib.sha256()
                connection.sendall(head_of("200 OK", len(told)) + told.encode())
            else:
                connection.sendall(self._take(connection, request, pace, memoryview(buffer)))

    def _take(self, connection: ssl.SSLSocket, request: Request, pace: Pace, buffer: memoryview) -> bytes:
        first, last, total = map(int, re.findall(r"\d+", request.headers["content-range"]))
        left = last - first + 1 - len(request.rest)
        is_next = first == self.received
        if is_next:
            self.digest.update(request.rest)
        while left:
            size = connection.recv_into(buffer[: min(left, PIECE)])
            if not size:
                raise ConnectionError("the client went")
            pace.wait(size)
            left -= size
            if is_next:
                self.digest.update(buffer[:size])
        self.received = last + 1 if is_next else self.received
        self.puts += 1
        time.sleep(self.answer_s)
        status = "416 Range Not Satisfiable" if not is_next else "206 Partial Content"
        if self.received == total:
            status = "201 Created"
        return head_of(status, 0, Content_Range=f"bytes 0-{self.received}/{total}")


def listen(address: str, chain: Path, serve: Callable[[ssl.SSLSocket], None]) -> None:
    """Serve every connection in its own thread until the process ends."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    listener = socket.create_server((address, 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        raw, _ = listener.accept()
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_serve_one, args=(context, raw, serve), daemon=True).start()


def _serve_one(context: ssl.SSLContext, raw: socket.socket, serve: Callable[[ssl.SSLSocket], None]) -> None:
    try:
        with context.wrap_socket(raw, server_side=True) as connection:
            serve(connection)
    except OSError:
        pass  # the client disconnected


def main() -> None:
    wish = argparse.ArgumentParser()
    wish.add_argument("end", choices=["origin", "sink"])
    wish.add_argument("--address", required=True)
    wish.add_argument("--chain", type=Path, required=True)
    wish.add_argument("--file", type=Path)
    wish.add_argument("--rate", type=float, default=0)
    wish.add_argument("--wait", type=float, default=0)
    given = wish.parse_args()
    end = Origin(given.file, given.rate, given.wait) if given.end == "origin" else Sink(given.rate, given.wait)
    listen(given.address, given.chain, end.serve)


if __name__ == "__main__":
    main()
