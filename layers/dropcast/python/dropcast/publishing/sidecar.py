"""The options beside a dropped video: one JSON object in NAME.json (or NAME.JSON)."""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dropcast.errors import Problem, problem
from dropcast.publishing import source_store
from dropcast.publishing.models import Source

ENDING = ".json"
"""Of a sidecar's key, in any case."""

_BYTES_MAX = 64 * 1024
_OBJECT = TypeAdapter(dict[str, Any])
# In this order: the mark of UTF-32 begins with that of UTF-16.
_MARKS = {BOM_UTF32_LE: "UTF-32", BOM_UTF32_BE: "UTF-32", BOM_UTF16_LE: "UTF-16", BOM_UTF16_BE: "UTF-16"}


def read_sidecar(video: Source) -> dict[str, Any] | Problem:
    """What the sidecar of `video` says; nothing if there is none. Problem: drop_sidecar_invalid."""
    stem = video.key.rsplit(".", 1)[0]
    for ending in (ENDING, ENDING.upper()):
        beside = video.model_copy(update={"key": stem + ending, "version_id": None})
        raw = source_store.read_small(beside, _BYTES_MAX)
        if raw is not None:
            return _options(raw, video.key)
    return {}


def _options(raw: bytes, key: str) -> dict[str, Any] | Problem:
    reason = _unreadable(raw)
    if reason is None:
        try:
            return _OBJECT.validate_json(raw.removeprefix(BOM_UTF8))
        except ValidationError:
            reason = "it is no JSON object"
    return problem("drop_sidecar_invalid", key=key, reason=reason)


def _unreadable(raw: bytes) -> str | None:
    """Why these bytes can be no JSON, if so."""
    if len(raw) > _BYTES_MAX:
        return "it is longer than 64 kB"
    if not raw.removeprefix(BOM_UTF8).strip():
        return "it is empty"
    encoding = _encoding(raw)
    return None if encoding is None else f"it is encoded in {encoding}; save it as UTF-8"


def _encoding(raw: bytes) -> str | None:
    """The encoding of the text, by its mark or its zeros, if it is not UTF-8."""
    marked = next((name for mark, name in _MARKS.items() if raw.startswith(mark)), None)
    if marked is not None:
        return marked
    # JSON begins with two ASCII characters (RFC 4627 section 3).
    zeros = [byte == 0 for byte in raw[:4]]
    if zeros in ([True, True, True, False], [False, True, True, True]):
        return "UTF-32"
    if zeros[:2] in ([True, False], [False, True]):
        return "UTF-16"
    try:
        raw.decode()
    except UnicodeDecodeError:
        return "another encoding than UTF-8 (Windows-1252 or Latin-1, perhaps)"
    return None
