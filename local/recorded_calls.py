"""Records the AWS calls that a stack's functions make, in a file with one JSON object per line.

The first lines describe the stack. The emulator adds a line for each call, and the tests add a line when a test begins.
tests/permissions reads the file.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

APP_ID = "AWS_SDK_UA_APP_ID"
"""The environment variable whose value AWS's SDK puts into the header User-Agent, as app/VALUE."""

_CALLER = re.compile(rb"\bapp/(\S+)")
_PRESIGNED = b"X-Amz-Signature="
_HIDDEN = {b"x-amz-date", b"x-amz-content-sha256"}


class CallRecorder:
    """Passes everything to MiniStack's ASGI app, and adds each call of a function to the file at `path`.

    A line has the caller (the function's name, or "" for a presigned URL), the method, the target (path and query), the
    x-amz-… headers, and the status of the answer. It also has the body, unless that is an S3 object.
    """

    def __init__(self, app: App, path: str) -> None:
        self._app = app
        self._path = Path(path)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = dict(scope.get("headers", []))
        caller = _caller(headers, scope.get("query_string", b""))
        # A browser's preflight request has no credentials.
        if scope["type"] != "http" or scope["method"] == "OPTIONS" or caller is None:
            return await self._app(scope, receive, send)
        body, statuses, has_parameters = bytearray(), list[int](), _has_parameters(scope["path"], headers)

        async def heard() -> Message:
            message = await receive()
            if has_parameters:
                body.extend(message.get("body", b""))
            return message

        async def answered(message: Message) -> None:
            statuses.extend([message["status"]] if message["type"] == "http.response.start" else [])
            await send(message)

        try:
            await self._app(scope, heard, answered)
        finally:
            add_line(self._path, {"caller": caller, **_described(scope, headers, bytes(body)), "status": statuses[:1]})


def _caller(headers: Mapping[bytes, bytes], query: bytes) -> str | None:
    """The function that calls. "" if the call uses a presigned URL. None if the call does not come from a function."""
    if found := _CALLER.search(headers.get(b"user-agent", b"")):
        return found[1].decode()
    return "" if _PRESIGNED in query else None


def _has_parameters(path: str, headers: Mapping[bytes, bytes]) -> bool:
    """Whether the body holds parameters. It does in the JSON protocols and in the scheduler's protocol."""
    return b"x-amz-target" in headers or path.startswith("/schedules/")


def _described(scope: Message, headers: Mapping[bytes, bytes], body: bytes) -> dict[str, Any]:
    query = scope["query_string"].decode()
    path = scope.get("raw_path") or scope["path"].encode()
    ours = {name: value for name, value in headers.items() if name.startswith(b"x-amz-") and name not in _HIDDEN}
    return {
        "method": scope["method"],
        "target": path.decode() + (f"?{query}" if query else ""),
        "headers": {name.decode(): value.decode("latin-1") for name, value in ours.items()},
        "body": body.decode(),
    }


def add_line(record: Path, line: Mapping[str, Any]) -> None:
    """Add a line to the record. Several processes may do this, so each line is one write at the end of the file."""
    with record.open("ab", buffering=0) as file:
        file.write(json.dumps(line).encode() + b"\n")


def with_app_ids(template: bytes) -> bytes:
    """The template with each function's name in its environment. The SDK then sends this name with every call."""
    read = json.loads(template)
    for resource in read["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            function = resource["Properties"]
            function.setdefault("Environment", {}).setdefault("Variables", {})[APP_ID] = function["FunctionName"]
    return json.dumps(read).encode()
