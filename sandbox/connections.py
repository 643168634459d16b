"""The open TCP connections, so that one can be reset without an answer."""

import asyncio
import socket
import struct

from uvicorn.protocols.http.h11_impl import H11Protocol

Peer = tuple[str, int]


class Connections:
    def __init__(self) -> None:
        self._transports: dict[Peer, asyncio.Transport] = {}

    def opened(self, transport: asyncio.Transport) -> None:
        self._transports[_peer(transport)] = transport

    def closed(self, transport: asyncio.Transport) -> None:
        self._transports.pop(_peer(transport), None)

    def reset(self, peer: Peer) -> None:
        """Sends a TCP RST: a lingering time of zero makes closing drop what is buffered."""
        transport = self._transports.get(peer)
        if transport is None:
            return
        sock = transport.get_extra_info("socket")
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def reset_all(self) -> None:
        for peer in list(self._transports):
            self.reset(peer)


def _peer(transport: asyncio.Transport) -> Peer:
    host, port = transport.get_extra_info("peername")[:2]
    return host, port


def protocol_of(connections: Connections) -> type[H11Protocol]:
    """uvicorn's HTTP protocol, telling `connections` of each connection."""

    class Protocol(H11Protocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            connections.opened(transport)
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            connections.closed(self.transport)
            super().connection_lost(exc)

    return Protocol
