"""The origin of a web address: its scheme, host and port."""

from typing import NamedTuple
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


class Origin(NamedTuple):
    """An origin in lower case. The port is always present, even if it is the scheme's default.

    An IPv6 host has no brackets.
    """

    scheme: str
    host: str
    port: int


def origin_of(url: str) -> Origin | None:
    """The origin of `url`. None if `url` is not an absolute http(s) address, has a user part, or is ambiguous."""
    # Browsers treat backslashes as slashes and drop blanks and control characters; urlsplit does not.
    if "\\" in url or any(character <= " " or character == "\x7f" for character in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return Origin(parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port)


def is_at(url: str, origins: list[str]) -> bool:
    """Whether the origin of `url` is one of `origins`."""
    origin = origin_of(url)
    return origin is not None and origin in {origin_of(one) for one in origins}


def is_allowed(url: str, origins: list[str]) -> bool:
    """Like `is_at`, but an origin that ends in `:*` allows every port of its host."""
    origin = origin_of(url)
    if origin is None:
        return False
    anywhere = {origin_of(one.removesuffix(":*")) for one in origins if one.endswith(":*")}
    return is_at(url, origins) or origin._replace(port=_PORTS[origin.scheme]) in anywhere


def browsers_form(origin: Origin) -> str:
    """The origin as browsers write it: in lower case, and without the port if it is the scheme's default."""
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return f"{origin.scheme}://{host}" + ("" if origin.port == _PORTS[origin.scheme] else f":{origin.port}")


def origin_text(url: str) -> str:
    """`url` without its path and query, which may contain a secret. `origin_of` must have accepted `url`."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
