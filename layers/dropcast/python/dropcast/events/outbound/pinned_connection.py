"""Connects to a receiver at a checked address, with one deadline for the whole exchange.

This module resolves the receiver's host name once, and connects to one of the checked addresses. So a later DNS change
has no effect. TLS and the Host header still use the name.
"""

import contextlib
import socket
import ssl
from collections.abc import Iterable
from typing import Literal

import httpcore

from dropcast import clock
from dropcast.events.outbound.public_addresses import Address, addresses_of, is_public

Reason = Literal["refused_address", "unresolved", "unreachable", "tls", "timeout", "broken"]

# The time is divided among the first few addresses. With more addresses each one would get too little time.
_ADDRESSES_TRIED = 4
_READ_AT_ONCE = 4096


class NotSentError(Exception):
    """The receiver did not answer. The message contains the reason but not the address."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Wire(httpcore.NetworkBackend):
    """Connects to a receiver. Every wait ends at `deadline` (on clock.monotonic).

    `anywhere` also allows private addresses.
    """

    def __init__(self, deadline: float, *, anywhere: bool) -> None:
        self._deadline = deadline
        self._anywhere = anywhere

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect, or raise NotSentError. `timeout` is ignored because the deadline applies."""
        found = addresses_of(host, _left(self._deadline))
        if found is None:
            raise NotSentError("timeout")
        if not found:
            raise NotSentError("unresolved")
        allowed = [one for one in found if self._anywhere or is_public(one)][:_ADDRESSES_TRIED]
        if not allowed:
            raise NotSentError("refused_address")
        return _Stream(self._first_to_answer(allowed, port), self._deadline)

    def _first_to_answer(self, addresses: list[Address], port: int) -> socket.socket:
        for tried, address in enumerate(addresses):
            share = _left(self._deadline) / (len(addresses) - tried)
            # After an OSError, such as a timeout, another address may work.
            with contextlib.suppress(OSError):
                return socket.create_connection((str(address), port), share)
        raise NotSentError("unreachable" if clock.monotonic() < self._deadline else "timeout")


class _Stream(httpcore.NetworkStream):
    """A socket whose waits all end at the deadline. httpcore's own timeouts restart with each wait."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket = connected
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        self._bound()
        try:
            return self._socket.recv(min(max_bytes, _READ_AT_ONCE))
        except TimeoutError:
            raise NotSentError("timeout") from None
        except OSError as error:
            raise httpcore.ReadError from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        left = memoryview(buffer)
        while left:
            self._bound()
            try:
                left = left[self._socket.send(left) :]
            except TimeoutError:
                raise NotSentError("timeout") from None
            except OSError as error:
                raise httpcore.WriteError from error  # httpcore then reads the answer, which may have arrived already

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            self._bound()
            return _Stream(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname), self._deadline)
        except TimeoutError:
            raise NotSentError("timeout") from None
        except ssl.SSLError:
            raise NotSentError("tls") from None
        except OSError:
            raise NotSentError("broken") from None
        finally:
            self.close()  # the new stream owns the wrapped socket

    def close(self) -> None:
        self._socket.close()

    def _bound(self) -> None:
        self._socket.settimeout(_left(self._deadline))


def _left(deadline: float) -> float:
    """The seconds until `deadline`. Raises NotSentError if it has passed."""
    left = deadline - clock.monotonic()
    if left <= 0:
        raise NotSentError("timeout")
    return left
