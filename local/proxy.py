"""A reverse proxy that makes `http://127.0.0.1:PORT/` the root of the API, like the API's domain in AWS.

It forwards everything unchanged: path and query byte for byte, bodies as streams, redirects, and repeated Set-Cookie
headers.
"""

import logging
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from starlette.applications import Starlette
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from local.thread_server import METHODS, ThreadServer, stream_body

_HOP_BY_HOP = {
    b"connection",
    b"keep-alive",
    b"proxy-authenticate",
    b"proxy-authorization",
    b"te",
    b"trailer",
    b"transfer-encoding",
    b"upgrade",
}
_API_LIMIT_S = 35

# httpx logs every address, and an address may contain an OAuth code.
logging.getLogger("httpx").setLevel(logging.WARNING)

Headers = list[tuple[bytes, bytes]]


class _Anything(Convertor[str]):
    """Matches any path. Starlette's own convertor stops at a line break."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("anything", _Anything())


class Proxy(ThreadServer):
    """A reverse proxy in a thread. It binds its port when it is created, and answers 503 until `point_at` is called."""

    def __init__(self, port: int = 0) -> None:
        self._target: httpx.URL | None = None
        app = Starlette(routes=[Route("/{path:anything}", self._pass, methods=METHODS)], lifespan=self._client)
        super().__init__(app, port)

    def point_at(self, target: str) -> None:
        """Forward further requests to `target`, an address without a trailing slash."""
        self._target = httpx.URL(target)

    @asynccontextmanager
    async def _client(self, app: Starlette) -> AsyncIterator[None]:
        # trust_env=False, because the user's proxy settings do not apply to loopback. No cookies are stored, because
        # they would be added to other callers' requests.
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
        async with httpx.AsyncClient(
            trust_env=False, timeout=_API_LIMIT_S, follow_redirects=False, cookies=no_cookies
        ) as self._http:
            yield

    async def _pass(self, request: Request) -> Response:
        if self._target is None:
            return JSONResponse({"message": "The stack is still starting"}, 503)
        outgoing = self._http.build_request(
            request.method,
            self._target,
            headers=forwarded_headers(request.headers.raw, request.client.host if request.client else "", self._target),
            content=_body(request),
            extensions={
                "target": request_target(
                    self._target.raw_path, request.scope["raw_path"], request.scope["query_string"]
                )
            },
        )
        try:
            incoming = await self._http.send(outgoing, stream=True)
        except httpx.TimeoutException:
            return JSONResponse({"message": "Service Unavailable"}, 503)
        except httpx.HTTPError:
            return JSONResponse({"message": "The emulator does not answer; see its log"}, 502)
        except ClientDisconnect:
            return Response(status_code=499)
        answer = StreamingResponse(stream_body(incoming), incoming.status_code)
        answer.raw_headers = without_hop_by_hop(incoming.headers.raw)
        return answer


def _body(request: Request) -> AsyncIterator[bytes] | None:
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    return request.stream() if has_body else None


def request_target(prefix: bytes, path: bytes, query: bytes) -> bytes:
    """The request target: the API's prefix, then `path` and `query` byte for byte."""
    return prefix.rstrip(b"/") + path + (b"?" + query if query else b"")


def without_hop_by_hop(headers: Iterable[tuple[bytes, bytes]]) -> Headers:
    """The headers in lower case, in order and with repetitions. Hop-by-hop headers are left out."""
    return [(name.lower(), value) for name, value in headers if name.lower() not in _HOP_BY_HOP]


def forwarded_headers(headers: Iterable[tuple[bytes, bytes]], caller: str, target: httpx.URL) -> Headers:
    """The headers for the API: the caller's headers, the API's own host, and x-forwarded-*."""
    kept = without_hop_by_hop(headers)
    given = dict(kept)
    host = given.get(b"host", b"")
    chain = b", ".join(filter(None, [given.get(b"x-forwarded-for", b""), caller.encode()]))
    ours = [
        (b"host", target.netloc),
        (b"x-forwarded-for", chain),
        (b"x-forwarded-host", given.get(b"x-forwarded-host", host)),
        (b"x-forwarded-proto", given.get(b"x-forwarded-proto", b"http")),
        (b"x-forwarded-port", given.get(b"x-forwarded-port", host.rpartition(b":")[2] if b":" in host else b"80")),
    ]
    names = {name for name, _ in ours}
    return [(name, value) for name, value in kept if name not in names] + ours
