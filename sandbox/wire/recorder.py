"""Records each request in the journal and applies its fault."""

import asyncio
import json

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.answers.open_api import new_log_id
from sandbox.faults.faults import Fault
from sandbox.faults.route_names import route_of
from sandbox.state.journal import Entry
from sandbox.state.state import Sandbox
from sandbox.state.tcp_connections import Connections
from sandbox.wire.error_dialects import fault_error
from sandbox.wire.request_owner import request_owner

ADMIN = "/_sandbox/"
TURNS_TO_CLOSE = 3
"""The turns of the event loop until uvicorn notices that a connection is closed.

A plain connection needs one, TLS three.
"""


class Traffic:
    """The two directions of one request. Counts the bytes and applies the fault."""

    def __init__(self, entry: Entry, fault: Fault | None, connections: Connections, scope: Scope) -> None:
        self.entry = entry
        self.fault = fault
        self.status: int | None = None
        """The status of the app's answer, even if the client did not receive it."""
        self._connections = connections
        self._peer = scope.get("client")

    async def reset(self) -> None:
        if self._peer:
            self._connections.reset(tuple(self._peer))
        self.entry.status = None
        for _ in range(TURNS_TO_CLOSE):
            await asyncio.sleep(0)

    def receiving(self, receive: Receive) -> Receive:
        async def counted() -> Message:
            message = await receive()
            body = message.get("body", b"")
            self.entry.bytes_received += len(body)
            match self.fault:
                case Fault(kind="slow_body", bytes_per_second=int(rate)):
                    await asyncio.sleep(len(body) / rate)
                case Fault(kind="reset_in_body", after_bytes=int(most)) if self.entry.bytes_received >= most:
                    await self.reset()
                    return {"type": "http.disconnect"}
            return message

        return counted

    def sending(self, send: Send) -> Send:
        async def disturbed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.status = self.entry.status = message["status"]
                await self._disturb(message)
            if self.fault is None or not (self.fault.kind == "reset_after" or self.fault.replaces_answer):
                await send(message)

        return disturbed

    async def _disturb(self, start: Message) -> None:
        match self.fault:
            case Fault(kind="slow_answer", seconds=float(seconds)):
                await asyncio.sleep(seconds)
            case Fault(kind="wrong_content_range", content_range=text):
                kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-range"]
                start["headers"] = kept + ([(b"content-range", text.encode())] if text else [])


class Recorder:
    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._sandbox.agenda.run_due()
        if scope["type"] != "http" or scope["path"].startswith(ADMIN):
            await self._app(scope, receive, send)
            return
        with self._sandbox.connections.busy(scope):
            await self._record(scope, receive, send)

    async def _record(self, scope: Scope, receive: Receive, send: Send) -> None:
        traffic, again = await self._begin(scope, receive)
        try:
            await self._pass(traffic, scope, again, self._sandbox.connections.closing(send))
        except ClientDisconnect:
            traffic.entry.notes.append("the client disconnected")

    async def _begin(self, scope: Scope, receive: Receive) -> tuple[Traffic, Receive]:
        route = route_of(scope["path"])
        entry = self._sandbox.journal.add("request", scope["method"], route, scope["path"], self._sandbox.clock.now())
        entry.log_id = new_log_id()
        scope.setdefault("state", {})["entry"] = entry
        open_id, again = await request_owner(self._sandbox, route, scope, receive)
        fault = self._sandbox.faults.take(route, open_id)
        entry.fault = fault.kind if fault else None
        if fault:
            entry.open_id = open_id
        return Traffic(entry, fault, self._sandbox.connections, scope), again

    async def _pass(self, traffic: Traffic, scope: Scope, receive: Receive, send: Send) -> None:
        fault, incoming = traffic.fault, traffic.receiving(receive)
        if fault and fault.kind == "reset_before":
            await traffic.reset()
            return
        if fault and fault.replaces_answer and not fault.effect:
            await _drain(incoming)
        else:
            await self._app(scope, incoming, traffic.sending(send))
            _note_effect(traffic)
        if fault and fault.replaces_answer:
            await _answer_instead(traffic.entry, fault, send)
        elif fault and fault.kind == "reset_after":
            await traffic.reset()


def _note_effect(traffic: Traffic) -> None:
    entry = traffic.entry
    entry.effect = traffic.status is not None and traffic.status < 400 and entry.error_code is None


async def _drain(receive: Receive) -> None:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return


async def _answer_instead(entry: Entry, fault: Fault, send: Send) -> None:
    await asyncio.sleep(fault.seconds or 0)
    status, content_type, body = _replacement_answer(entry, fault)
    entry.status = status
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _replacement_answer(entry: Entry, fault: Fault) -> tuple[int, bytes, bytes]:
    if fault.kind == "error":
        entry.error_code = fault.code
        status, said = fault_error(entry, fault)
        return status, b"application/json", json.dumps(said).encode()
    if isinstance(fault.body, str):
        return fault.status or 500, b"text/html; charset=utf-8", fault.body.encode()
    if fault.body is None:
        return fault.status or 500, b"text/plain", b""
    return fault.status or 500, b"application/json", json.dumps(fault.body).encode()
