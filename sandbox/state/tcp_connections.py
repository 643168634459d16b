"""Tracks open TCP connections, so that the sandbox can reset a connection without an answer."""

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Message, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

Peer = tuple[str, int]


class Connections:
    def __init__(self) -> None:
        self._transports: dict[Peer, asyncio.Transport] = {}
        self._busy: set[Peer] = set()
        self.is_refusing = False
        """Whether new connections are refused. If so, each running answer is the last one on its connection."""

    def opened(self, transport: asyncio.Transport) -> Peer:
        peer = _peer(transport)
        self._transports[peer] = transport
        return peer

    def closed(self, peer: Peer) -> None:
        self._transports.pop(peer, None)

    def reset(self, peer: Peer) -> None:
        """Send a TCP RST. With a linger time of zero, closing the socket discards the buffered bytes."""
        transport = self._transports.get(peer)
        if transport is None:
            return
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    @contextmanager
    def busy(self, scope: Scope) -> Iterator[None]:
        """Mark the connection as busy during a request."""
        host, port = scope.get("client") or ("", 0)
        peer = (host, port)
        self._busy.add(peer)
        try:
            yield
        finally:
            self._busy.discard(peer)

    def closing(self, send: Send) -> Send:
        """Wrap `send`. While the sandbox refuses new connections, each answer then closes its connection."""

        async def last(message: Message) -> None:
            if self.is_refusing and message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"connection", b"close")]
            await send(message)

        return last

    def reset_idle(self) -> None:
        for peer in self._transports.keys() - self._busy:
            self.reset(peer)

    def reset_all(self) -> None:
        for peer in list(self._transports):
            self.reset(peer)


def _peer(transport: asyncio.Transport) -> Peer:
    host, port = transport.get_extra_info("peername")[:2]
    return host, port


def tracking_protocol(connections: Connections) -> type[H11Protocol]:
    """uvicorn's HTTP protocol, which registers each connection in `connections`."""

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            self._peer = connections.opened(transport)  # a closed TLS transport no longer knows its peer
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self._peer)
            super().connection_lost(exc)

    return Protocol
