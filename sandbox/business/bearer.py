"""Checks a call to TikTok API for Business: the Access-Token, its owner, and the rate limits (protocol section 12)."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from sandbox.answers.business import (
    NO_PERMISSION,
    RATE_EXCEEDED,
    SCOPE_MISSING,
    TOKEN_EMPTY,
    TOKEN_INVALID,
    BusinessRefusal,
    wrong_parameter,
)
from sandbox.creators import Creator
from sandbox.state.business_tokens import BusinessToken
from sandbox.state.state import entry_of, sandbox_of

SECRET_FIELDS = ("auth_code", "refresh_token", "access_token")


def advertiser(request: Request) -> str | BusinessRefusal:
    """The advertiser_id of the call, if the token is valid for it."""
    token = _token(request)
    if isinstance(token, BusinessRefusal):
        return token
    asked = request.query_params.get("advertiser_id", "")
    if not asked:
        return wrong_parameter("advertiser_id: value is required but missing.")
    if asked not in token.grant.advertiser_ids:
        return BusinessRefusal(NO_PERMISSION)
    return _rate_refusal(request, token) or asked


def holder(request: Request, asked: Mapping[str, Any], *, scope: str | None = None) -> Creator | BusinessRefusal:
    """The creator of the business_id in `asked`, if the token belongs to the creator and has the scope."""
    token = _token(request)
    if isinstance(token, BusinessRefusal):
        return token
    business_id, creator = asked.get("business_id"), sandbox_of(request).creators.get(token.grant.open_id)
    if not business_id:
        return wrong_parameter("business_id: value is required but missing.")
    if creator is None or business_id != creator.business_id:
        return BusinessRefusal(NO_PERMISSION)
    if scope and scope not in token.grant.scopes:
        return BusinessRefusal(SCOPE_MISSING)
    return _rate_refusal(request, token) or creator


async def business_body(request: Request) -> dict[str, Any] | BusinessRefusal:
    """The body as a JSON object."""
    raw = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        return wrong_parameter("The Content-Type must be application/json.")
    try:
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError:
        body = None
    return body if isinstance(body, dict) else wrong_parameter("The body must be a JSON object of valid Unicode.")


def record_secrets(request: Request, body: Mapping[str, Any]) -> None:
    """Record digests of the body's secrets in the journal."""
    for name in SECRET_FIELDS:
        if isinstance(value := body.get(name), str):
            entry_of(request).record_secret(name, value)


def _token(request: Request) -> BusinessToken | BusinessRefusal:
    sandbox, entry = sandbox_of(request), entry_of(request)
    value = request.headers.get("access-token", "")
    entry.record_secret("access_token", value)
    if not value:
        return BusinessRefusal(TOKEN_EMPTY)
    token = sandbox.business_tokens.access(value, sandbox.clock.now())
    if token is None:
        return BusinessRefusal(TOKEN_INVALID)
    entry.open_id = token.grant.open_id or None
    return token


def _rate_refusal(request: Request, token: BusinessToken) -> BusinessRefusal | None:
    """Refuse the call if the account's limit for the endpoint or the app's total limit is reached."""
    sandbox, route = sandbox_of(request), entry_of(request).route
    limits, now, window = sandbox.settings.rate_limits, sandbox.clock.now(), sandbox.settings.rate_window
    owner = token.grant.open_id or token.value
    for name, key in ((route, owner), ("business_app", "app")):
        limit = limits.get(name)
        if limit is not None and not sandbox.limits.allow(key, name, now=now, limit=limit, window=window):
            return BusinessRefusal(RATE_EXCEEDED)
    return None
