"""Parses JSON of unreliable servers. It replaces invalid characters and never raises an exception."""

import json
import re
from typing import Any

# Matches the escapes of two surrogates that form one character, then the escape of a lone surrogate, then all other
# escapes. Because of this order `\\ud83c` (an escaped backslash and letters) does not match as a surrogate.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
_NO_CHARACTER = "\ufffd"


def read_json(body: bytes) -> Any:
    """The value in `body`; None if it is not JSON. A lone surrogate becomes U+FFFD."""
    try:
        text = body.decode(json.detect_encoding(body), errors="replace")
        if "\\ud" in text or "\\uD" in text:
            text = _ESCAPE.sub(_whole, text)
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(escape: re.Match[str]) -> str:
    return _NO_CHARACTER if escape[1] else escape[0]
