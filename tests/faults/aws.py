"""A proxy between the functions and AWS.

It forwards calls. It makes chosen calls fail, or kills the process that makes them.
"""

import asyncio
import json
import os
import signal
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Literal, Self

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.proxy import forwarded_headers, without_hop_by_hop
from sandbox.state.tcp_connections import Connections, tracking_protocol
from tests.faults.callers import process_at
from tests.faults.calls import AwsCall
from tests.faults.parts import without
from tests.faults.refusals import ImpossibleError, Item, entry_of, refusal
from tests.faults.whose import Whose

Kind = Literal["refuse", "in_part", "cut", "reset_before", "reset_after", "kill_before", "kill_after"]

_LOOKS, _LOOK_PAUSE_S = 50, 0.1
_METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE"]


@dataclass
class AwsFault:
    """Makes `times` calls of `operation` for `account` that contain `mention` fail, after `skip` such calls that pass.

    `code`: the error of a refused call, or of its failed entry. `cut`: the answer breaks off. `mistake`: the reason why
    AWS would never answer like this.
    """

    account: str
    operation: str
    kind: Kind
    mention: str = ""
    code: str = ""
    times: int = 1
    skip: int = 0
    seen: int = 0
    mistake: str = ""

    @property
    def has_happened(self) -> bool:
        return self.seen > self.skip

    def meets(self, accounts: list[str], call: AwsCall) -> bool:
        """Count the call if the fault concerns it. Return whether the call fails."""
        if self.account not in accounts or self.operation != call.operation or self.mention not in call.text:
            return False
        self.seen += 1
        return self.skip < self.seen <= self.skip + self.times


class AwsBetween:
    """A proxy in a thread, for `local_stack(between=...)`. `group` is the process group of the emulator's workers."""

    def __init__(self) -> None:
        self.group = 0
        self.faults: list[AwsFault] = []
        self._whose = Whose()
        self._connections = Connections()
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._target = httpx.URL(self.url)
        config = uvicorn.Config(
            Starlette(routes=[Route("/{path:path}", self._pass, methods=_METHODS)]),
            http=tracking_protocol(self._connections),
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
        """From now on, a call that contains one of these names counts as a call for the account."""
        self._whose.about(account, *names)

    def faults_of(self, account: str) -> list[AwsFault]:
        """The faults that a cell has set up for the account."""
        return [fault for fault in self.faults if fault.account == account]

    def kill_caller(self, account: str, function: str) -> bool:
        """SIGKILL the worker of `function` that made the last AWS call for the account. False if there is none."""
        for port in self._whose.ports(account):
            pid = process_at(port, self.group, function)
            if pid is not None:
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    async def _pass(self, request: Request) -> Response:
        body = await request.body()
        call = AwsCall.of(request, body)
        fault = self._take(call, request.client.port if request.client else 0)
        if fault is None:
            return self._passed_on(await self._ask(request, body))
        try:
            return await self._failed(fault, call, request)
        except ImpossibleError as error:
            fault.mistake = str(error)
            return self._passed_on(await self._ask(request, body))

    async def _failed(self, fault: AwsFault, call: AwsCall, request: Request) -> Response:
        match fault.kind:
            case "refuse":
                stored = await self._stored(call, fault, request)
                return refusal(call, fault.code, mention=fault.mention, stored=stored)
            case "in_part":
                return await self._in_part(call, fault, request)
            case "cut":
                return self._cut(await self._ask(request, call.body), request)
            case "reset_before":
                return self._reset(request)
            case "kill_before":
                return await self._kill(fault, request)
            case "reset_after":
                await (await self._ask(request, call.body)).aclose()
                return self._reset(request)
            case "kill_after":
                await (await self._ask(request, call.body)).aclose()
                return await self._kill(fault, request)

    def _passed_on(self, incoming: httpx.Response) -> Response:
        answer = StreamingResponse(incoming.aiter_raw(), incoming.status_code)
        answer.raw_headers = without_hop_by_hop(incoming.headers.raw)
        return answer

    async def _ask(self, request: Request, body: bytes, **headers: str) -> httpx.Response:
        query = request.scope["query_string"]
        target = request.scope["raw_path"] + (b"?" + query if query else b"")
        kept = forwarded_headers(request.headers.raw, "127.0.0.1", self._target)
        outgoing = self._http.build_request(
            request.method,
            self._target,
            headers=[(name, value) for name, value in kept if name != b"content-length"],
            content=body,
            extensions={"target": target},
        )
        outgoing.headers.update({"content-length": str(len(body)), **headers})
        return await self._http.send(outgoing, stream=True)

    async def _stored(self, call: AwsCall, fault: AwsFault, request: Request) -> Item | None:
        """The item in the answer to a failed condition: the stored item at the key of the write."""
        if not fault.code.startswith("ConditionalCheckFailed"):
            return None
        _, write = entry_of(call, fault.mention)
        wanted = json.dumps({"TableName": write.table, "Key": write.key, "ConsistentRead": True}).encode()
        # Not with the function's User-Agent: the function does not make this call, and may not be permitted to.
        own = {"x-amz-target": "DynamoDB_20120810.GetItem", "user-agent": "fault proxy"}
        answer = await self._ask(request, wanted, **own)
        return json.loads(await answer.aread()).get("Item")

    async def _in_part(self, call: AwsCall, fault: AwsFault, request: Request) -> Response:
        part = without(call, fault.account if fault.account in call.text else fault.mention, fault.code)
        done: dict[str, Any] = {}
        if part.asked is not None:
            answer = await self._ask(request, json.dumps(part.asked).encode())
            done = json.loads(await answer.aread())
        return Response(json.dumps(part.complete(done)), media_type=call.headers.get("content-type"))

    def _cut(self, incoming: httpx.Response, request: Request) -> Response:
        """Send the head and half of the first piece, then reset the connection."""

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in incoming.aiter_raw():
                yield piece[: len(piece) // 2]
                break
            await incoming.aclose()
            self._reset(request)
            await asyncio.sleep(0)  # lets uvicorn notice that the connection is closed

        answer = StreamingResponse(pieces(), incoming.status_code)
        answer.raw_headers = without_hop_by_hop(incoming.headers.raw)
        return answer

    def _take(self, call: AwsCall, port: int) -> AwsFault | None:
        """The first prepared fault that concerns this call."""
        accounts = self._whose.accounts_of(call.operation, call.text, port)
        met = [fault for fault in self.faults if fault.meets(accounts, call)] if accounts else []
        return met[0] if met else None

    def _reset(self, request: Request) -> Response:
        if request.client:
            self._connections.reset((request.client.host, request.client.port))
        return Response()

    async def _kill(self, fault: AwsFault, request: Request) -> Response:
        """Kill the calling process. The kernel's list of connections may be incomplete while it is read."""
        port = request.client.port if request.client else 0
        for _ in range(_LOOKS):
            if (pid := process_at(port, self.group)) is not None:
                os.kill(pid, signal.SIGKILL)
                return Response()
            await asyncio.sleep(_LOOK_PAUSE_S)
        fault.mistake = "the process that called was not found"
        return self._reset(request)
