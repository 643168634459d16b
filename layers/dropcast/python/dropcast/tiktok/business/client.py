"""Calls TikTok API for Business, which has its own host, envelope and tokens (protocol section 12)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from dropcast.tiktok.client import Envelope, Refused, Unanswered, as_object, json_object, redacted, request_id, send

if TYPE_CHECKING:
    import httpx

# TikTok's codes for an invalid token: it is unknown, expired or withdrawn, or its refresh token has expired.
TOKEN_DEAD = frozenset({"40102", "40103", "40105"})
TOO_OFTEN = "40100"
NOT_PERMITTED = "40001"

# This code and all higher ones are TikTok's internal errors: the request may or may not have taken effect.
_THEIR_FAULT = 50_000
_DIGITS_MAX = 12
_TOKEN_LOOKING = re.compile(r"\b[A-Za-z0-9]{32,}\b")


@dataclass(frozen=True)
class Business:
    """The host of TikTok API for Business and the HTTP client for it."""

    url: str
    http: "httpx.Client"


def business_get(
    business: Business, path: str, access_token: SecretStr, params: Mapping[str, str]
) -> Envelope | Refused | Unanswered:
    """GET `path` ("/open_api/v1.3/…/", with the trailing slash) with `access_token`."""
    return _answer(send(business.http, "GET", _url(business, path), headers=_token(access_token), params=params))


def business_post(
    business: Business, path: str, access_token: SecretStr | None, body: Mapping[str, Any]
) -> Envelope | Refused | Unanswered:
    """POST `body` as JSON to `path`, with `access_token` if the call needs one."""
    headers = _token(access_token) if access_token else {}
    return _answer(send(business.http, "POST", _url(business, path), headers=headers, json=body))


def _url(business: Business, path: str) -> str:
    return business.url.rstrip("/") + path


def _token(access_token: SecretStr) -> dict[str, str]:
    return {"Access-Token": access_token.get_secret_value()}


def _answer(response: "httpx.Response | Unanswered") -> Envelope | Refused | Unanswered:
    """An Envelope only if TikTok's code is 0, because TikTok sends errors with HTTP 200.

    `log_id` is TikTok's request_id.
    """
    if isinstance(response, Unanswered):
        return response
    status, body = response.status_code, json_object(response)
    said = body or {}
    log_id = request_id(said.get("request_id"))
    code = _code(said.get("code"))
    if status >= 500 or (code is not None and code >= _THEIR_FAULT):
        return Unanswered("server_error", True, status, log_id)
    if status == 429:
        return Refused(TOO_OFTEN, _message(said), log_id, status)
    if code is None:
        return Unanswered("unreadable", True, status, log_id)
    return Refused(str(code), _message(said), log_id, status) if code else _accepted(said, log_id, status)


def _accepted(said: dict[str, Any], log_id: str | None, status: int) -> Envelope | Unanswered:
    if status >= 300:
        return Unanswered("unreadable", True, status, log_id)
    return Envelope(as_object(said.get("data")), log_id, status, _message(said))


def _code(value: Any) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _DIGITS_MAX:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**_DIGITS_MAX:
        return value
    return None


def _message(said: dict[str, Any]) -> str:
    message = said.get("message")
    return _TOKEN_LOOKING.sub("(left out)", redacted(message)) if isinstance(message, str) else ""
