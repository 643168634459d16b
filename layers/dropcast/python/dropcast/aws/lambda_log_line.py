"""Turns a message of a Lambda function's log into one line for people."""

import json
from typing import Any, cast

_NOISE = ("START RequestId", "END RequestId", "REPORT RequestId", "Status code: OK")
_GOOD = (None, "success")
# Fields that every Powertools line has and that repeat the function's name or the time.
_HIDDEN_FIELDS = {
    "level", "message", "location", "timestamp", "service", "xray_trace_id", "cold_start", "sampling_rate",
    "function_name", "function_memory_size", "function_arn", "function_request_id",
}  # fmt: skip


def readable_message(message: str) -> str | None:
    """The message as one line. None for metrics, and for the runtime's lines that report no error."""
    text = message.strip()
    if not text or text.startswith(_NOISE):
        return None
    try:
        parsed = json.loads(text)
    except ValueError:
        return text.replace("\n", " | ")
    if not isinstance(parsed, dict):
        return text
    fields = cast(dict[str, Any], parsed)
    return None if "_aws" in fields or _is_usual_report(fields) else _words(fields)


def _is_usual_report(parsed: dict[str, Any]) -> bool:
    """Whether Lambda itself wrote the line and it reports neither a failure nor a timeout."""
    if not str(parsed.get("type", "")).startswith("platform."):
        return False
    record = parsed.get("record")
    return isinstance(record, dict) and cast(dict[str, Any], record).get("status") in _GOOD


def _words(parsed: dict[str, Any]) -> str:
    said = parsed.get("message", "")
    words = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    rest = [
        f"{key}={value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for key, value in parsed.items()
        if key not in _HIDDEN_FIELDS
    ]
    return " ".join([f"{parsed.get('level', ''):<7}", words, *rest]).replace("\n", " | ").rstrip()
