"""Reads a sidecar: a JSON object with a drop's options.

The sidecar of a video is NAME.json or NAME.JSON. The sidecar of photos is NAME.photos.json.
"""

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from typing import Any

from pydantic import TypeAdapter, ValidationError

from dropcast.errors.problem import Problem, problem
from dropcast.publishing.intake.drops.drop_keys import SIDECAR_ENDING, unicode_forms
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources import s3_object

_BYTES_MAX = 64 * 1024
_TOO_LONG = "it is longer than 64 kB"
_OBJECT = TypeAdapter(dict[str, Any])
# UTF-32 comes first, because its byte order mark begins with that of UTF-16.
_MARKS = {BOM_UTF32_LE: "UTF-32", BOM_UTF32_BE: "UTF-32", BOM_UTF16_LE: "UTF-16", BOM_UTF16_BE: "UTF-16"}


def read_sidecar(video: Source) -> dict[str, Any] | Problem:
    """Read the options in the sidecar of `video`. Empty if there is no sidecar. Problem: drop_sidecar_invalid.

    The sidecar's name may have a different Unicode form from the video's name: macOS writes é as e and an accent.
    """
    for stem in unicode_forms(video.key.rsplit(".", 1)[0]):
        for ending in (SIDECAR_ENDING, SIDECAR_ENDING.upper()):
            beside = video.model_copy(update={"key": stem + ending, "version_id": None})
            raw = s3_object.read_small(beside, _BYTES_MAX)
            if raw is not None:
                return _options(raw, video.key)
    return {}


def read_photos_sidecar(sidecar: Source) -> dict[str, Any] | Problem:
    """Read the options in the pinned sidecar of photos. Problems: drop_sidecar_invalid, and as for `read_whole`."""
    if (sidecar.size or 0) > _BYTES_MAX:
        return problem("drop_sidecar_invalid", key=sidecar.key, reason=_TOO_LONG)
    raw = s3_object.read_whole(sidecar)
    return raw if isinstance(raw, Problem) else _options(raw, sidecar.key)


def _options(raw: bytes, key: str) -> dict[str, Any] | Problem:
    reason = _unreadable_reason(raw)
    if reason is None:
        try:
            return _OBJECT.validate_json(raw.removeprefix(BOM_UTF8))
        except ValidationError as error:
            reason = "it is not a JSON object" + _error_place(error)
    return problem("drop_sidecar_invalid", key=key, reason=reason)


def _error_place(error: ValidationError) -> str:
    """The place of the syntax error, such as " (trailing comma at line 3 column 1)". Empty if it is not known."""
    [first, *_] = error.errors(include_input=False)
    return f" ({first['ctx']['error']})" if first["type"] == "json_invalid" and "ctx" in first else ""


def _unreadable_reason(raw: bytes) -> str | None:
    """The reason why these bytes cannot be JSON in UTF-8. None if they may be."""
    if len(raw) > _BYTES_MAX:
        return _TOO_LONG
    if not raw.removeprefix(BOM_UTF8).strip():
        return "it is empty"
    encoding = _encoding(raw)
    return None if encoding is None else f"it is encoded in {encoding}; save it as UTF-8"


def _encoding(raw: bytes) -> str | None:
    """The encoding of the text, recognised by its byte order mark or its zero bytes. None if it is UTF-8."""
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
