"""Bounds the contents of a publish's row, so that the row, its event and a step's answer stay within AWS's limits.

A DynamoDB item holds 400 KB, an EventBridge event and the state of a Step Functions execution 256 KB each.
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
# Codes of lines that do not concern a failed try. Such lines are dropped first.
_MINOR = NON_ERROR_CODES | {"budget_exhausted", "behind_others"}
_LOG_ID_MAX = 200
# Characters of a text and entries of a list, tried in turn until the error is small enough.
_CUTS = ((2000, 100), (500, 40), (100, 10))


def bounded_error(error: Problem) -> Problem:
    """`error` in at most 64 KB of JSON. Texts are cut; lists keep their first entries and get a count of the others."""
    if _json_bytes(error) <= ERROR_BYTES_MAX:
        return error
    for characters, entries in _CUTS:
        details = cast(dict[str, Any], _shortened(error.details, characters, entries))
        shorter = _with_short_texts(error, characters).model_copy(update={"details": details})
        if _json_bytes(shorter) <= ERROR_BYTES_MAX:
            return shorter
    return _with_short_texts(error, _CUTS[-1][0]).model_copy(update={"details": {}})


def bounded_history(history: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """At most 100 lines: the first 10, the latest 50 and, from those between, preferably lines of failed tries."""
    kept = list(history)
    while len(kept) > HISTORY_MAX:
        between = range(_FIRST_LINES, len(kept) - _LATEST_LINES)
        del kept[next((number for number in between if kept[number].code in _MINOR), _FIRST_LINES)]
    return kept


def bounded_post_ids(stored: Sequence[str], found: Sequence[str]) -> list[str]:
    """The `stored` and the `found` ids, sorted.

    New ids are left out if there are 200 ids already, or if an id is longer than 64 bytes.
    """
    new = sorted(post_id for post_id in set(found) - set(stored) if len(post_id.encode()) <= _POST_ID_BYTES_MAX)
    return sorted([*stored, *new[: max(0, POST_IDS_MAX - len(stored))]])


def clipped(text: str, characters: int) -> str:
    """`text`, without its middle if it is longer than `characters`. The end of a key says more than its middle."""
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
    """The length of the error's JSON in UTF-8."""
    return len(json.dumps(error.model_dump(mode="json"), ensure_ascii=False).encode())
