"""An agent: the SDK's own client, connected in memory to the server of `dropcast mcp`. It opens no socket."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import httpx
from mcp import Client
from mcp_types import CallToolResult, TextContent, Tool

from cli.agent_server.server import AgentServer, build_server
from dropcast_client import Dropcast
from functions.http.api.handler import handler as api
from functions.http.authorizer.handler import handler as authorizer
from tests.event_loops import run_coroutine
from tests.unit.support.api_examples import BASE
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker
from tests.unit.support.two_users import request_event


@dataclass
class Agent:
    """Calls the tools of a server for one API, with one key."""

    api: Dropcast
    folder: Path = Path()

    @cached_property
    def _server(self) -> AgentServer:
        return build_server(self.api, self.folder)

    def call(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The structured result of a call that succeeds."""
        result = self.answer(tool, **arguments)
        assert not result.is_error, result.content
        return result.structured_content

    def refusal(self, tool: str, /, **arguments: Any) -> dict[str, Any]:
        """The error of a call that is refused."""
        result = self.answer(tool, **arguments)
        assert result.is_error, result.content
        return result.structured_content

    def answer(self, tool: str, /, **arguments: Any) -> CallToolResult:
        """The result of a call. Its text is the JSON of its structured content."""
        result = self.plain_answer(tool, **arguments)
        [text] = result.content
        assert isinstance(text, TextContent)
        assert json.loads(text.text) == result.structured_content
        return result

    def plain_answer(self, tool: str, /, **arguments: Any) -> CallToolResult:
        """The result of a call. The SDK may have made its text."""

        async def call() -> CallToolResult:
            async with Client(self._server) as client:
                return await client.call_tool(tool, arguments)

        return run_coroutine(call())

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """The tools by their names."""

        async def list_tools() -> list[Tool]:
            async with Client(self._server) as client:
                return (await client.list_tools()).tools

        return {tool.name: tool for tool in run_coroutine(list_tools())}


def agent_of(answer: Callable[[httpx.Request], httpx.Response], folder: Path = Path()) -> Agent:
    """An agent of an API that answers each request by `answer`."""
    return Agent(Dropcast(BASE, "dk_1", httpx.MockTransport(answer)), folder)


def agent_with_key(key: str, folder: Path = Path()) -> Agent:
    """An agent with this key for the API's own functions, which run in this process."""
    return Agent(Dropcast(BASE, key, httpx.MockTransport(_answer)), folder)


def _answer(request: httpx.Request) -> httpx.Response:
    """The answer of API Gateway, or of S3 to a part of an upload."""
    if request.url.host != httpx.URL(BASE).host:
        return _store_part(request)
    told = authorizer({"headers": {"authorization": request.headers["Authorization"]}}, context())
    if not told["isAuthorized"]:
        return httpx.Response(403, json={"message": "Forbidden"})
    query, body = dict(request.url.params), request.content.decode() or None
    event = request_event(request.method, request.url.path, query, body, told["context"])
    key = request.headers.get("Idempotency-Key")
    answer = api(event | {"headers": event["headers"] | ({"idempotency-key": key} if key else {})}, context())
    return httpx.Response(answer["statusCode"], content=answer["body"])


def _store_part(request: httpx.Request) -> httpx.Response:
    bucket, _, key = request.url.path.removeprefix("/").partition("/")
    if not request.url.host.startswith("s3."):
        bucket, key = request.url.host.partition(".")[0], request.url.path.removeprefix("/")
    query = request.url.params
    part = {"UploadId": query["uploadId"], "PartNumber": int(query["partNumber"])}
    maker("s3").upload_part(Bucket=bucket, Key=key, Body=request.read(), **part)
    return httpx.Response(200)
