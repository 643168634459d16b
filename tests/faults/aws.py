"""Between the functions and AWS: passes every call on, and lets the chosen ones fail, or kills who makes them.

A call is told to be about an account by the names in it: the account's id, its publishes' and TikTok's for them, which
are learnt from the transactions that name them together.
"""

import json
import os
import re
import signal
import socket
import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.processes import group_members
from local.proxy import forwarded, without_hop_by_hop
from sandbox.connections import Connections, protocol_of

Kind = Literal["refuse", "reset_before", "reset_after", "kill_before", "kill_after"]

_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]
_NAMES = re.compile(r"pub_[0-9a-z]{26}|[vp]_(?:pub|inbox)_(?:file|url)~v2-1\.\d+")
_OF_S3 = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}
_PORTS = 200


@dataclass
class AwsFault:
    """`times` calls of `operation` about `account` that hold `mention` fail in this way, after `skip` that pass.

    `code` is what a refused call is answered with.
    """

    account: str
    operation: str
    kind: Kind
    mention: str = ""
    code: str = ""
    times: int = 1
    skip: int = 0
    seen: int = 0


@dataclass
class Known:
    """What is known of one account: the names that tell a call to be about it, and who made such calls, by port."""

    names: set[str]
    ports: deque[int] = field(default_factory=lambda: deque(maxlen=_PORTS))


class AwsBetween:
    """A proxy in a thread, for `local_stack(between=...)`. `group` is the process group of the emulator's workers."""

    def __init__(self) -> None:
        self.group = 0
        self.faults: list[AwsFault] = []
        self._known: dict[str, Known] = {}
        self._connections = Connections()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._target = httpx.URL(self.url)
        config = uvicorn.Config(
            Starlette(routes=[Route("/{path:path}", self._pass, methods=_METHODS)]),
            http=protocol_of(self._connections),
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=600,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def __enter__(self) -> Self:
        limits = httpx.Limits(max_connections=500, max_keepalive_connections=100)
        self._http = httpx.AsyncClient(trust_env=False, timeout=120, limits=limits)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._connections.reset_all()
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def point_at(self, target: str) -> None:
        self._target = httpx.URL(target)

    def about(self, account: str, *names: str) -> None:
        """From now on these names tell that a call is about the account."""
        self._known.setdefault(account, Known({account})).names.update(names)

    def kill_caller(self, account: str, function: str) -> bool:
        """SIGKILL the worker of `function` that called AWS about the account last; False if there is none."""
        for port in reversed(list(self._known[account].ports)):
            pid = _process_at(port, self.group, function)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    async def _pass(self, request: Request) -> Response:
        body = await request.body()
        operation = request.headers.get("x-amz-target", "").rpartition(".")[2] or _OF_S3.get(request.method, "")
        peer = request.client.port if request.client else 0
        text = f"{request.url.path} {request.headers.get('range', '')} {body.decode(errors='replace')}"
        account = self._account_of(operation, text, peer)
        fault = self._take(account, operation, text) if account else None
        match fault:
            case AwsFault(kind="refuse"):
                return _refusal(operation, fault.code)
            case AwsFault(kind="reset_before"):
                return self._reset(request)
            case AwsFault(kind="kill_before"):
                self._kill(peer)
                return Response()
        incoming = await self._ask(request, body)
        match fault:
            case AwsFault(kind="reset_after"):
                await incoming.aclose()
                return self._reset(request)
            case AwsFault(kind="kill_after"):
                await incoming.aclose()
                self._kill(peer)
                return Response()
        answer = StreamingResponse(incoming.aiter_raw(), incoming.status_code)
        answer.raw_headers = without_hop_by_hop(incoming.headers.raw)
        return answer

    async def _ask(self, request: Request, body: bytes) -> httpx.Response:
        query = request.scope["query_string"]
        target = request.scope["raw_path"] + (b"?" + query if query else b"")
        outgoing = self._http.build_request(
            request.method,
            self._target,
            headers=forwarded(request.headers.raw, "127.0.0.1", self._target),
            content=body,
            extensions={"target": target},
        )
        return await self._http.send(outgoing, stream=True)

    def _account_of(self, operation: str, text: str, port: int) -> str | None:
        for account, known in self._known.items():
            if any(name in text for name in known.names):
                known.ports.append(port)
                if operation == "TransactWriteItems":
                    known.names.update(_NAMES.findall(text))
                return account
        return None

    def _take(self, account: str, operation: str, text: str) -> AwsFault | None:
        for fault in self.faults:
            if (fault.account, fault.operation) == (account, operation) and fault.mention in text:
                fault.seen += 1
                return fault if fault.skip < fault.seen <= fault.skip + fault.times else None
        return None

    def _reset(self, request: Request) -> Response:
        if request.client:
            self._connections.reset((request.client.host, request.client.port))
        return Response()

    def _kill(self, port: int) -> None:
        pid = _process_at(port, self.group)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)


def _refusal(operation: str, code: str) -> Response:
    if operation in _OF_S3.values():
        return Response(f"<Error><Code>{code}</Code></Error>", 503, media_type="application/xml")
    said: dict[str, object] = {"__type": code, "message": "made to fail"}
    if operation == "TransactWriteItems" and code == "ConditionalCheckFailedException":
        said = {"__type": "TransactionCanceledException", "message": "made to fail"}
        said["CancellationReasons"] = [{"Code": "ConditionalCheckFailed"}]
    return Response(json.dumps(said), 400, media_type="application/x-amz-json-1.0")


def _process_at(port: int, group: int, function: str = "") -> int | None:
    """The process of `group`, a worker of `function`, that holds the loopback connection from `port`."""
    local = f"0100007F:{port:04X}"
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    inode = next((f"socket:[{row[9]}]" for row in rows if row[1] == local and row[9] != "0"), None)
    workers = [member for member in group_members(group) if f"-{function}-" in member.command or not function]
    return next((worker.pid for worker in workers if inode and inode in _sockets(worker.pid)), None)


def _sockets(pid: int) -> set[str]:
    try:
        return {str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()}
    except OSError:
        return set()
