"""Replaces CloudFront locally: serves the bucket's objects to requests with a signed URL."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import Any
from urllib.parse import parse_qs, unquote

import httpx
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.cloudfront_signatures import refusal, split_query
from local.thread_server import METHODS, ThreadServer, stream_body

_VERIFICATION = "/tiktok*.txt"
_PUBLIC_FOLDER = "public"
_KEPT = ("content-type", "content-length", "content-range", "accept-ranges", "etag", "last-modified")
_READ_S = 30


@dataclass(frozen=True)
class Origin:
    """The S3 client, the bucket, the bucket's public address, and the public keys of accepted signatures."""

    s3: Any
    bucket: str
    address: str
    keys: dict[str, RSAPublicKey]


class MediaServer(ThreadServer):
    """A web server in a thread. It binds its port when it is created, and answers 503 until `serve` is called."""

    def __init__(self) -> None:
        self._origin: Origin | None = None
        routes = [Route("/{path:path}", self._answer, methods=METHODS)]
        super().__init__(Starlette(routes=routes, lifespan=self._client))

    def serve(self, origin: Origin) -> None:
        """Start to answer requests with the objects of `origin`."""
        self._origin = origin

    @asynccontextmanager
    async def _client(self, app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(trust_env=False, timeout=_READ_S, follow_redirects=False) as self._http:
            yield

    async def _answer(self, request: Request) -> Response:
        if self._origin is None:
            return Response(status_code=503)
        if request.method not in ("GET", "HEAD"):
            return _refusal_xml("AccessDenied")
        path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
        if fnmatch(path, _VERIFICATION):
            return await self._fetched(self._origin, request, _PUBLIC_FOLDER + unquote(path), "")
        why = refusal(self._origin.address + path, query, self._origin.keys, int(time.time()))
        return _refusal_xml(why) if why else await self._fetched(self._origin, request, unquote(path[1:]), query)

    async def _fetched(self, origin: Origin, request: Request, key: str, query: str) -> Response:
        wanted = {"range": given} if (given := request.headers.get("range")) else {}
        chosen = {name: values[0] for name, values in parse_qs(split_query(query)[0]).items()}
        url = _presigned(origin, request.method, key, chosen.get("versionId"))
        asked = self._http.build_request(request.method, url, headers={"accept-encoding": "identity", **wanted})
        found = await self._http.send(asked, stream=True)
        if found.status_code in (403, 404):
            # Like S3: a caller without ListBucket cannot tell a missing object from a forbidden object.
            await found.aclose()
            return _refusal_xml("AccessDenied")
        answer = StreamingResponse(stream_body(found), found.status_code)
        headers = {name: found.headers[name] for name in _KEPT if name in found.headers}
        if "response-content-type" in chosen:  # MiniStack ignores this parameter for older versions
            headers["content-type"] = chosen["response-content-type"]
        answer.raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        return answer


def _presigned(origin: Origin, method: str, key: str, version_id: str | None) -> str:
    asked = {"Bucket": origin.bucket, "Key": key} | ({"VersionId": version_id} if version_id else {})
    return origin.s3.generate_presigned_url(f"{method.lower()}_object", Params=asked)


def _refusal_xml(code: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>Access denied</Message></Error>'
    return Response(body, 403, media_type="text/xml")
