"""Reads the body, the form and the cookies of a browser's request from an API Gateway event (payload 2.0)."""

import json
from base64 import b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl

Event = Mapping[str, Any]


def readable(event: Event) -> dict[str, Any]:
    """The event with its body as text.

    In all texts of the event, bytes that are not UTF-8 are replaced. No valid value contains such bytes.
    """
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        try:
            body = b64decode(body).decode("utf-8", "replace")
        except ValueError:
            body = ""
    text = json.dumps({**event, "body": body, "isBase64Encoded": False}, ensure_ascii=False)
    return json.loads(text.encode("utf-8", "replace"))


def form_of(event: Event) -> dict[str, str]:
    """The fields of the form in a readable event. If a name occurs more than once, its last value counts."""
    return dict(parse_qsl(event.get("body") or "", keep_blank_values=True))


def fields_of(event: Event) -> dict[str, list[str]]:
    """All values of each form field in a readable event, in the order of the form."""
    return parse_qs(event.get("body") or "", keep_blank_values=True)


def cookies_of(event: Event) -> dict[str, str]:
    """The cookies that the browser sent."""
    lines: list[str] = event.get("cookies") or event.get("headers", {}).get("cookie", "").split(";")
    pairs = (line.partition("=") for line in lines)
    return {name.strip(): value.strip() for name, _, value in pairs}
