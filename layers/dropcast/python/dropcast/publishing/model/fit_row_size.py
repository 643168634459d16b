"""Limits the contents of a publish's row, so that the row, its event and a step's answer stay within AWS's limits.

A DynamoDB item may have 400 KB. An EventBridge event and an execution's state in Step Functions may have 256 KB.
"""

import json
from collections.abc import Sequence
from typing import Any, cast

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import NON_ERROR_CODES, HistoryEntry

ERROR_BYTES_MAX = 64 * 1024
HISTORY_MAX = 100
POST_IDS_MAX = 200

_POST_ID_BYTES_MAX = 64
_FIRST_LINES = 10
_LATEST_LINES = 50
# Codes of lines that are not about a failed try. The history drops such lines first.
_MINOR = NON_ERROR_CODES | {"budget_exhausted", "behind_others"}
_LOG_ID_MAX = 200
# Pairs: the maximum length of a text in characters, and the maximum number of entries in a list. `bounded_error` tries
# the pairs in this order.
_CUTS = ((2000, 100), (500, 40), (100, 10))


def bounded_error(error: Problem) -> Problem:
    """`error` in at most 64 KB of JSON. If it is longer, texts and lists are cut.

    For a list that is cut, the number of its omitted entries is added.
    """
    if _json_bytes(error) <= ERROR_BYTES_MAX:
        return error
    for characters, entries in _CUTS:
        details = cast(dict[str, Any], _shortened(error.details, characters, entries))
        shorter = _with_short_texts(error, characters).model_copy(update={"details": details})
        if _json_bytes(shorter) <= ERROR_BYTES_MAX:
            return shorter
    return _with_short_texts(error, _CUTS[-1][0]).model_copy(update={"details": {}})


def bounded_history(history: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """At most 100 lines: the first 10, the latest 50, and some between them. Lines of failed tries are dropped last."""
    kept = list(history)
    while len(kept) > HISTORY_MAX:
        between = range(_FIRST_LINES, len(kept) - _LATEST_LINES)
        del kept[next((number for number in between if kept[number].code in _MINOR), _FIRST_LINES)]
    return kept


def bounded_post_ids(stored: Sequence[str], found: Sequence[str]) -> list[str]:
    """The `stored` and the `found` ids together, sorted.

    New ids are added only up to a total of 200. A new id that is longer than 64 bytes is left out.
    """
    new = sorted(post_id for post_id in set(found) - set(stored) if len(post_id.encode()) <= _POST_ID_BYTES_MAX)
    return sorted([*stored, *new[: max(0, POST_IDS_MAX - len(stored))]])


def clipped(text: str, characters: int) -> str:
    """`text`, without its middle if it is longer than `characters`. In a key the end is more useful than the middle."""
    if len(text) <= characters:
        return text
    half = (characters - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _with_short_texts(error: Problem, characters: int) -> Problem:
    return error.model_copy(
        update={
            "message": clipped(error.message, characters),
            "fix": clipped(error.fix, characters),
            "log_id": error.log_id and clipped(error.log_id, _LOG_ID_MAX),
        }
    )


def _shortened(value: Any, characters: int, entries: int) -> Any:
    match value:
        case str():
            return clipped(value, characters)
        case list() | tuple():
            return [_shortened(entry, characters, entries) for entry in cast(list[Any], value)[:entries]]
        case dict():
            return _shortened_object(cast(dict[str, Any], value), characters, entries)
        case _:
            return value


def _shortened_object(value: dict[str, Any], characters: int, entries: int) -> dict[str, Any]:
    cut: dict[str, Any] = {}
    for name, part in value.items():
        cut[name] = _shortened(part, characters, entries)
        if isinstance(part, list) and (left_out := len(cast(list[Any], part)) - entries) > 0:
            cut[f"{name}_left_out"] = left_out
    return cut


def _json_bytes(error: Problem) -> int:
    """The number of bytes of the error's JSON in UTF-8."""
    return len(json.dumps(error.model_dump(mode="json"), ensure_ascii=False).encode())
