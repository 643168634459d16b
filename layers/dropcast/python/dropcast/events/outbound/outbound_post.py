"""POSTs to an address that an API caller chose, without access to private networks (SSRF).

It uses only https with a valid certificate, and only addresses on the public internet, on any port. It follows no
redirect and uses no proxy. The only exceptions are the origins in OUTBOUND_ALLOWED_ORIGINS, which may be private and
use http. This module does not log the URL, because the URL may hold a secret of its receiver.
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
from dropcast.settings import listed, settings
from dropcast.url_origins import Origin, is_allowed, origin_of

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
    """The answer of a receiver that sent at least the status line and all headers in time.

    text: the first 500 characters of the body, as far as they arrived in time. retry_after: seconds, if the answer has
    a Retry-After.
    """

    status: int
    text: str
    took_ms: int
    retry_after: int | None


@dataclass(frozen=True)
class NoAnswer:
    """The receiver did not answer. If the reason is `timeout` or `broken`, the receiver may have the request."""

    reason: Literal["refused_address", "unresolved", "unreachable", "tls", "timeout", "broken"]
    took_ms: int


def url_complaint(url: str) -> str | None:
    """The reason why Dropcast refuses to send to `url`, as the end of a sentence that begins with "it".

    None if Dropcast accepts the URL. The host name is not resolved here. `post` checks its addresses each time.
    """
    origin = origin_of(url)
    if len(url) > MAX_URL_LENGTH:
        return f"is longer than {MAX_URL_LENGTH} characters"
    if origin is None or not url.isascii():
        return "is not an absolute ASCII URL without a user name (encode other letters with punycode or per cent)"
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
    return None if address is None or is_public(address) else "has an address that is not on the public internet"


def post(url: str, headers: dict[str, str], body: bytes, *, seconds: float = 10) -> ReceiverAnswer | NoAnswer:
    """POST `body` (JSON) to `url`. DNS, connection, TLS and the answer together take at most `seconds`.

    Reads at most 4096 bytes of the answer's body, then closes the connection.
    """
    import httpcore  # imported here, because code that only checks a URL does not need httpcore

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
    """`url`, split as in `url_complaint`, so that the HTTP client cannot interpret it differently."""
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
    """The first bytes of the body.

    If the connection breaks or the time is over, returns the bytes received so far, because the status is already
    known.
    """
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
