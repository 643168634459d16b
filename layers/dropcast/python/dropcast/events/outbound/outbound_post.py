"""Sending something to an address that a caller of the API chose, so that it can do no harm inside (SSRF).

https with a valid certificate, to addresses of the public internet alone, on any port; no redirect is followed, no
proxy asked. The one exception are the origins in OUTBOUND_ALLOWED_ORIGINS, which may be private and plain http.
A URL may hold a secret of its receiver: it stands in no log and in no answer here.
"""

import re
import ssl
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from dropcast import clock
from dropcast.events.outbound.public_addresses import is_public, written_as_number
from dropcast.origins import Origin, is_allowed, origin_of
from dropcast.settings import listed, settings

if TYPE_CHECKING:
    import httpcore

MAX_URL_LENGTH = 2048

_READ_BYTES = 4096
_SHOWN_CHARACTERS = 500
_LABELS = re.compile(r"(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
_HEADERS = {
    "User-Agent": "Dropcast",
    "Content-Type": "application/json",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True)
class ReceiverAnswer:
    """What the receiver answered: a whole status line and headers came, and of the body as much as came in time.

    text: its first 500 characters. retry_after: seconds, where the answer named any.
    """

    status: int
    text: str
    took_ms: int
    retry_after: int | None


@dataclass(frozen=True)
class NoAnswer:
    """There was none. With timeout and broken the receiver may have got it all the same."""

    reason: Literal["refused_address", "unresolved", "unreachable", "tls", "timeout", "broken"]
    took_ms: int


def url_complaint(url: str) -> str | None:
    """Why nothing may be sent to `url`, in words that follow "it", or None.

    A name is not resolved for it: what it leads to is looked at each time that something is sent.
    """
    origin = origin_of(url)
    if len(url) > MAX_URL_LENGTH:
        return f"is longer than {MAX_URL_LENGTH} characters"
    if origin is None or not url.isascii():
        return "is not an absolute one in ASCII and without a user name (write other letters in punycode or per cent)"
    if "#" in url:
        return "has a fragment, which is never sent"
    if is_allowed(url, listed(settings().outbound_allowed_origins)):
        return None
    return "is not https" if origin.scheme != "https" else _host_complaint(origin)


def _host_complaint(origin: Origin) -> str | None:
    address = written_as_number(origin.host)
    if address is None and not _LABELS.fullmatch(origin.host):
        return "has no valid host name"
    if not origin.port:
        return "has no valid port"
    return None if address is None or is_public(address) else "leads to an address that is not of the public internet"


def post(url: str, headers: dict[str, str], body: bytes, *, seconds: float = 10) -> ReceiverAnswer | NoAnswer:
    """POST `body` (JSON) to `url`, within `seconds` for everything: the lookup, connecting, TLS, and the answer.

    At most 4096 bytes of an answer's body are read; then, or when the time is over, the connection is dropped.
    """
    import httpcore  # not above: who only looks at a URL needs none of it

    from dropcast.events.outbound.pinned_connection import NotSentError, Wire

    began = clock.monotonic()
    if url_complaint(url):
        return NoAnswer("refused_address", 0)
    wire = Wire(began + seconds, anywhere=is_allowed(url, listed(settings().outbound_allowed_origins)))
    try:
        with (
            httpcore.ConnectionPool(ssl_context=_trust(), network_backend=wire) as pool,
            pool.stream("POST", _parts(url), headers={**_HEADERS, **headers}, content=body) as response,
        ):
            return _answer(response, began)
    except NotSentError as error:
        return NoAnswer(error.reason, _since(began))
    except (httpcore.NetworkError, httpcore.ProtocolError):
        return NoAnswer("broken", _since(began))


@lru_cache
def _trust() -> ssl.SSLContext:
    import httpcore

    return httpcore.default_ssl_context()


def _parts(url: str) -> "httpcore.URL":
    """`url` as it was read when it was checked, so that nothing reads it in another way."""
    import httpcore

    origin, parts = origin_of(url), urlsplit(url)
    assert origin is not None
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return httpcore.URL(scheme=origin.scheme, host=host, port=origin.port, target=target)


def _answer(response: "httpcore.Response", began: float) -> ReceiverAnswer:
    text = _body_start(response).decode(errors="replace")[:_SHOWN_CHARACTERS]
    headers = {name.lower(): value for name, value in response.headers}
    return ReceiverAnswer(response.status, text, _since(began), _retry_after(headers.get(b"retry-after")))


def _body_start(response: "httpcore.Response") -> bytes:
    """The first bytes of the body; fewer if it breaks off or takes too long: the status has been said."""
    import httpcore

    from dropcast.events.outbound.pinned_connection import NotSentError

    read = b""
    try:
        for part in response.iter_stream():
            read += part
            if len(read) >= _READ_BYTES:
                break
    except (NotSentError, httpcore.NetworkError, httpcore.ProtocolError):
        pass
    return read[:_READ_BYTES]


def _retry_after(value: bytes | None) -> int | None:
    text = (value or b"").decode(errors="replace").strip()
    if re.fullmatch("[0-9]{1,9}", text):
        return int(text)
    try:
        return max(0, int(parsedate_to_datetime(text).timestamp()) - clock.now())
    except (ValueError, OverflowError):
        return None


def _since(began: float) -> int:
    return round((clock.monotonic() - began) * 1000)
