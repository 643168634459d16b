"""A webhook receiver that behaves as a test wants, and counts its connections."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any, Self

Behaviour = Callable[["Receiver", Any], None]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Receiver:
    """Answers each connection by `behaviour`, in a separate thread. Without `context` it uses no TLS."""

    def __init__(self, address: str, context: ssl.SSLContext | None, *, port: int = 0) -> None:
        self.context = context
        self.behaviour: Behaviour = answering(OK)
        self.connections = 0
        self.requests: list[bytes] = []
        self.names: list[str | None] = []
        self.sent = 0
        self.over = threading.Event()
        self.cut_off = threading.Event()
        if context:
            context.sni_callback = lambda _, name, __: self.names.append(name)
        self._socket = socket.create_server((address, port))
        self.port: int = self._socket.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def url(self, path: str = "/", host: str = "hooks.example") -> str:
        return f"https://{host}:{self.port}{path}"

    def send(self, connection: Any, data: bytes) -> None:
        self.sent += connection.send(data)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: Any) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            stack.callback(self.cut_off.set)
            stack.callback(connection.close)
            self.behaviour(self, connection)

    def secured(self, connection: socket.socket) -> Any:
        return self.context.wrap_socket(connection, server_side=True) if self.context else connection


def answering(answer: bytes, *, after: float = 0) -> Behaviour:
    """Read the whole request over TLS, then send `answer`."""

    def behave(receiver: Receiver, connection: socket.socket) -> None:
        secured = heard(receiver, connection)
        receiver.over.wait(after)
        secured.sendall(answer)
        secured.close()

    return behave


def silent(receiver: Receiver, connection: socket.socket) -> None:
    """Accept the connection, read, and send nothing."""
    _until_left(connection)


def mute(beginning: bytes) -> Behaviour:
    """Read the request, send `beginning`, and nothing more."""

    def behave(receiver: Receiver, connection: socket.socket) -> None:
        secured = heard(receiver, connection)
        secured.sendall(beginning)
        _until_left(secured)

    return behave


def trickling(beginning: bytes, drops: Iterator[bytes], pause: float = 0.02) -> Behaviour:
    """Send `beginning`, then single bytes, each sooner than any time-out of a single read."""

    def behave(receiver: Receiver, connection: socket.socket) -> None:
        secured = heard(receiver, connection)
        secured.sendall(beginning)
        for drop in drops:
            receiver.send(secured, drop)
            if receiver.over.wait(pause):
                return

    return behave


def resetting(receiver: Receiver, connection: socket.socket) -> None:
    """Read the request and reset the connection."""
    secured = heard(receiver, connection)
    secured.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    secured.close()


def deaf(receiver: Receiver, connection: socket.socket) -> None:
    """Open TLS and read nothing."""
    secured = receiver.secured(connection)
    receiver.over.wait()
    secured.close()


def heard(receiver: Receiver, connection: socket.socket) -> Any:
    """Read the whole request and return the secured connection."""
    secured = receiver.secured(connection)
    request = b""
    while b"\r\n\r\n" not in request:
        request += _some(secured)
    head, _, body = request.partition(b"\r\n\r\n")
    size = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < size:
        body += _some(secured)
    receiver.requests.append(head + b"\r\n\r\n" + body)
    return secured


def _until_left(connection: Any) -> None:
    while connection.recv(65536):
        pass


def _some(connection: Any) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError
    return data
