"""JSON of a server that may send anything: what stands for no character is replaced, and no shape is an exception."""

import json
import re
from typing import Any

# Escapes of two halves that make one character, then of a half alone, then all others, so that `\\ud83c` (a backslash
# and four letters) is not taken for a half.
_ESCAPE = re.compile(
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)
_NO_CHARACTER = "\ufffd"


def read_json(body: bytes) -> Any:
    """The value in `body`, None if it is no JSON. Half a character (a lone surrogate) reads as U+FFFD."""
    try:
        text = body.decode(json.detect_encoding(body), errors="replace")
        if "\\ud" in text or "\\uD" in text:
            text = _ESCAPE.sub(_whole, text)
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _whole(escape: re.Match[str]) -> str:
    return _NO_CHARACTER if escape[1] else escape[0]
