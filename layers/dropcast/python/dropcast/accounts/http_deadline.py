"""A deadline for a whole HTTP exchange.

httpx's timeouts apply to each read and write, so a server that sends an answer byte by byte can keep the call running
for ever. When the time is over, DeadlineTransport shuts the socket from another thread. So the whole exchange ends.
"""

import contextlib
import socket
import threading
from typing import Any

import httpx

from dropcast.tiktok.http.http_client import read_whole

_CONNECTED = {
    "connection.connect_tcp.complete",
    "connection.connect_unix_socket.complete",
    "connection.start_tls.complete",
}


class DeadlineTransport(httpx.BaseTransport):
    """Limits each exchange of `inner` to `seconds`, from connecting to the last byte. After that time it raises
    httpx.ReadTimeout.

    `inner` must not keep connections alive, because the transport gets the socket only when a connection opens.
    """

    def __init__(self, inner: httpx.BaseTransport, seconds: float) -> None:
        self._inner = inner
        self._seconds = seconds

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        watch = _Watch()
        timer = threading.Timer(self._seconds, watch.end)
        timer.daemon = True
        request.extensions = {**request.extensions, "trace": watch.see}
        timer.start()
        try:
            return read_whole(self._inner.handle_request(request))
        except httpx.TransportError as error:
            if watch.over:
                raise httpx.ReadTimeout("The whole exchange took too long.", request=request) from error
            raise
        finally:
            timer.cancel()

    def close(self) -> None:
        self._inner.close()


class _Watch:
    """The latest socket of one exchange, and whether the exchange's time is over."""

    def __init__(self) -> None:
        self.over = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def see(self, event: str, info: dict[str, Any]) -> None:
        if event not in _CONNECTED:
            return
        with self._lock:
            self._socket = info["return_value"].get_extra_info("socket")
            if self.over:
                self._shut()

    def end(self) -> None:
        with self._lock:
            self.over = True
            self._shut()

    def _shut(self) -> None:
        if self._socket is None:
            return
        # SSLSocket's own shutdown is not used, because it would also delete the TLS state that the reading thread uses.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
