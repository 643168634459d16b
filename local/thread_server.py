"""Serves a Starlette app on loopback in a thread of this process."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Self

import httpx
import uvicorn
from starlette.applications import Starlette

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_STOP_S = 10


async def stream_body(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The body of another server's answer, unchanged, as it arrives."""
    try:
        async for piece in answer.aiter_raw():
            yield piece
    finally:
        await answer.aclose()


class ThreadServer:
    """Serves `app`. The port is bound when the server is created, so that connections wait until the thread serves."""

    def __init__(self, app: Starlette, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        # No access log: a query string may contain an OAuth code or a signature.
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="on", server_header=False, date_header=False,
            proxy_headers=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, name=self.url, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_STOP_S)
        self._socket.close()

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))
