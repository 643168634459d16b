"""Runs the sandbox's server, from the command line or in a thread of a test."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import uvicorn

from sandbox.server import make_app
from sandbox.settings import Settings
from sandbox.state.state import Sandbox


@dataclass(frozen=True)
class Certificate:
    """The PEM files of a certificate and its private key."""

    certificate: str
    key: str


class Server(uvicorn.Server):
    """A uvicorn server that reports when it is ready and resets open connections when it stops."""

    def __init__(self, config: uvicorn.Config, sandbox: Sandbox, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._sandbox = sandbox
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if not self.should_exit:
            self._ready()

    async def stop_listening(self, seconds: float) -> None:
        """Refuse new connections for `seconds`. Running requests are answered, and the port stays reserved."""
        connections, (address, *_) = self._sandbox.connections, self.servers[0].sockets
        host, port = address.getsockname()[:2]
        connections.is_refusing = True
        for server in self.servers:
            server.close()
        bound = bind(host, port)
        connections.reset_idle()
        await asyncio.sleep(seconds)
        protocol = partial(
            self._sandbox.protocol, config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )
        loop = asyncio.get_running_loop()
        ssl, backlog = self.config.ssl, self.config.backlog
        self.servers = [await loop.create_server(protocol, sock=bound, ssl=ssl, backlog=backlog)]
        connections.is_refusing = False

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._sandbox.connections.reset_all()
        await super().shutdown(sockets)


def bind(host: str, port: int) -> socket.socket:
    """Bind a socket. Port 0 means a free port. Raises OSError if the address cannot be used.

    asyncio sets TCP_NODELAY only if the socket's protocol was given. Without TCP_NODELAY each answer takes 40 ms
    longer.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except (OSError, OverflowError):
        listening.close()
        raise
    return listening


def serve(
    settings: Settings,
    listening: socket.socket,
    ready: Callable[[str, uvicorn.Server], None],
    certificate: Certificate | None = None,
) -> None:
    """Serve on a bound socket until stopped. A certificate means https.

    Calls `ready` with the address once the server answers.
    """
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    url = f"{'https' if certificate else 'http'}://{shown}:{port}"
    app = make_app(settings)
    config = uvicorn.Config(
        app,
        http=app.state.sandbox.protocol,
        log_level="warning",
        access_log=False,
        lifespan="on",
        ws="none",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=1,
        ssl_certfile=certificate.certificate if certificate else None,
        ssl_keyfile=certificate.key if certificate else None,
    )
    server = Server(config, app.state.sandbox, lambda: ready(url, server))
    app.state.sandbox.stop_listening = server.stop_listening
    with listening:
        server.run(sockets=[listening])


@contextmanager
def running(settings: Settings | None = None, *, certificate: Certificate | None = None) -> Iterator[str]:
    """Run a sandbox in a thread on a free port of this machine. Yields its base address."""
    started = threading.Event()
    address: list[tuple[str, uvicorn.Server]] = []

    def ready(url: str, server: uvicorn.Server) -> None:
        address.append((url, server))
        started.set()

    serving = (settings or Settings(), bind("127.0.0.1", 0), ready, certificate)
    thread = threading.Thread(target=serve, args=serving, daemon=True)
    thread.start()
    if not started.wait(20):
        raise RuntimeError("the sandbox did not start within 20 s")
    url, server = address[0]
    try:
        yield url
    finally:
        server.should_exit = True
        thread.join(10)
