"""Lenient parsing of a webhook's body. An unreadable value counts as absent (protocol section 7)."""

import json
from typing import Annotated, Any, cast

from pydantic import AliasChoices, BeforeValidator, Field

from dropcast.tiktok.http.wire_model import Wire

# An id must fit into the key of a DynamoDB item.
_ID_MAX = 200
_REASON_MAX = 2000
_NESTED_MAX = 3
_TIME_END = 10**11
"""The year 5138: a larger number must be milliseconds."""


def _id(value: Any) -> str | None:
    """An id, sent as a text or a number.

    None for null, 0 or an empty text, which TikTok writes in place of a missing id.
    """
    text = _text(value)
    return text if text not in ("", "0", None) and len(text) <= _ID_MAX else None


def _reason(value: Any) -> str | None:
    """A reason. For a post it is a word. For a removed authorisation it is a number, and 0 means "unknown"."""
    return (_text(value) or "")[:_REASON_MAX] or None


def _text(value: Any) -> str | None:
    """A text, or a whole number as a text. None for anything else, and for lone surrogates, which UTF-8 cannot
    encode.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or any("\ud800" <= character <= "\udfff" for character in text):
        return None
    return text


def _seconds(value: Any) -> int | None:
    try:
        at = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return at if 0 <= at < _TIME_END else None


def _object(value: Any) -> Any:
    """A webhook's content as an object. TikTok may send the object, its JSON text, or a list with one of them.

    Anything else becomes an empty object.
    """
    for _ in range(_NESTED_MAX):
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {}
        elif isinstance(value, list) and len(cast(list[Any], value)) == 1:
            value = cast(list[Any], value)[0]
    return cast(Any, value) if isinstance(value, dict) else {}


_Id = Annotated[str | None, BeforeValidator(_id)]
_Reason = Annotated[str | None, BeforeValidator(_reason)]
_Seconds = Annotated[int | None, BeforeValidator(_seconds)]


class WebhookContent(Wire):
    """The inner object of a webhook; its fields depend on the event."""

    publish_id: _Id = None
    post_id: _Id = None
    publish_type: _Id = None
    reason: _Reason = Field(None, validation_alias=AliasChoices("reason", "fail_reason"))


class Webhook(Wire):
    """A webhook. TikTok documents `content` as a text with JSON. `create_time` is in seconds since the epoch."""

    event: str = Field(min_length=1)
    create_time: _Seconds = None
    user_openid: _Id = None
    content: Annotated[WebhookContent, BeforeValidator(_object)] = WebhookContent(reason=None)
