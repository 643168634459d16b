"""Creates HTTP clients that keep no cookies, and reads the bodies of answers up to a size limit.

A server may send gigabytes, or kilobytes that decode to gigabytes. Only a few megabytes of each answer are kept. A
truncated answer is not valid JSON, so it is handled like any other answer without data.
"""

import zlib
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

# A list of 200 hashtags with 120 days each has about 2 MB; all other answers are much smaller.
BODY_BYTES_MAX = 4 * 1024 * 1024
# A connection can be reused after its answer was read completely. Reading more than this many bytes costs more than a
# new connection.
IGNORED_BYTES_MAX = 64 * 1024

_WINDOWS = {"gzip": zlib.MAX_WBITS | 16, "x-gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
_RAW_DEFLATE = -zlib.MAX_WBITS
_ENCODINGS_MAX = 2
_ABOUT_THE_BODY = ("content-encoding", "content-length", "transfer-encoding")


def new_client(timeout: httpx.Timeout, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client that follows no redirects.

    It keeps no cookies, because they would be sent with requests of other accounts.
    """
    return httpx.Client(
        timeout=timeout,
        transport=transport,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"Accept-Encoding": "gzip, deflate"},
    )


def read_whole(response: httpx.Response) -> httpx.Response:
    """The response with its body read and decoded, at most BODY_BYTES_MAX bytes. Raises httpx's exceptions
    unchanged.
    """
    body = _body(response)
    headers = [(name, value) for name, value in response.headers.raw if name.decode().lower() not in _ABOUT_THE_BODY]
    return httpx.Response(response.status_code, headers=headers, content=body, extensions=response.extensions)


def ignore_body(response: httpx.Response) -> None:
    """Read a short body to its end, so that the connection can be reused. After a long body the connection is
    closed.
    """
    try:
        if not response.is_stream_consumed:
            _beginning(response, IGNORED_BYTES_MAX)
    finally:
        response.close()


def _body(response: httpx.Response) -> bytes:
    if response.is_stream_consumed:
        return response.content[:BODY_BYTES_MAX]
    try:
        body = _beginning(response, BODY_BYTES_MAX)
    finally:
        response.close()
    encodings = [part.strip().lower() for part in response.headers.get("content-encoding", "").split(",")]
    for encoding in [name for name in encodings if name in _WINDOWS][::-1][:_ENCODINGS_MAX]:
        body = _decoded(body, encoding)
    return body


def _beginning(response: httpx.Response, most: int) -> bytes:
    """The first `most` bytes of a body, before decoding."""
    parts, size = list[bytes](), 0
    for part in response.iter_raw():
        parts.append(part)
        size += len(part)
        if size >= most:
            break
    return b"".join(parts)[:most]


def _decoded(body: bytes, encoding: str) -> bytes:
    """The first BODY_BYTES_MAX bytes of the decoded `body`. Empty if `body` does not have this encoding."""
    windows = (_WINDOWS[encoding], _RAW_DEFLATE) if encoding == "deflate" else (_WINDOWS[encoding],)
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, BODY_BYTES_MAX)
        except zlib.error:
            continue
    return b""
