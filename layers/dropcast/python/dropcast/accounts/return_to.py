"""Where a browser may be sent back to: only to origins that the deployment names."""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit

_PORTS = {"http": 80, "https": 443}
_OURS = {"connected", "error", "missing_scopes", "code"}


def allowed(url: str, origins: list[str]) -> bool:
    """Whether `url` is an absolute http(s) address whose origin (scheme, host, port) is one of `origins`."""
    origin = _origin(url)
    return origin is not None and origin in {_origin(one) for one in origins}


def with_answer(url: str, answer: dict[str, str]) -> str:
    """`url`, in ASCII, with `answer` in its query; parameters of our names that it had are dropped, all else stays."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in _OURS]
    whole = parts._replace(query=urlencode([*kept, *answer.items()])).geturl()
    # Whatever sends this as a header may cut a letter to its low byte, and some of those are line breaks.
    return "".join(letter if letter.isascii() else quote(letter) for letter in whole)


def _origin(url: str) -> tuple[str, str, int] | None:
    # Browsers read backslashes as slashes and drop blanks and controls; urlsplit does not, so such are not taken.
    if "\\" in url or any(character <= " " or character == "\x7f" for character in url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if port is None else port
