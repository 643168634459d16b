"""Checks the caller: access token, scopes and rate limit (protocol sections 2, 3, 6, 8, 11)."""

import json
from typing import Any

from starlette.requests import Request

from sandbox.answers.open_api import Refusal
from sandbox.state.state import Caller, Sandbox, entry_of, sandbox_of


def caller(request: Request, *, any_of: set[str]) -> Caller | Refusal:
    """Check the token, then its scope, then its rate limit. Only calls that pass all three checks count toward the rate
    limit.
    """
    sandbox, entry = sandbox_of(request), entry_of(request)
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    entry.record_secret("access_token", value)
    token = sandbox.tokens.access(value, sandbox.clock.now()) if scheme.lower() == "bearer" else None
    creator = sandbox.creators.get(token.open_id) if token else None
    if token is None or creator is None:
        return Refusal("access_token_invalid")
    entry.open_id = token.open_id
    if not any_of & set(token.scopes):
        return Refusal("scope_not_authorized")
    if not _within_rate(sandbox, token.value, entry.route):
        return Refusal("rate_limit_exceeded")
    return Caller(token, creator)


def _within_rate(sandbox: Sandbox, token: str, route: str) -> bool:
    limit = sandbox.settings.rate_limits.get(route)
    return limit is None or sandbox.limits.allow(
        token, route, now=sandbox.clock.now(), limit=limit, window=sandbox.settings.rate_window
    )


async def json_body(
    request: Request, *, may_be_empty: bool = False, type_required: bool = True
) -> dict[str, Any] | Refusal:
    """The body as a JSON object. The content type may have a charset.

    `type_required`: the content type must not be missing.
    """
    sandbox = sandbox_of(request)
    raw = await request.body()
    content_type = request.headers.get("content-type", "" if type_required else "application/json")
    if content_type.partition(";")[0].strip().lower() != "application/json":
        return sandbox.invalid_params("The Content-Type must be application/json.")
    if not raw and may_be_empty:
        return {}
    try:
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        return sandbox.invalid_params("The body must be a JSON object of valid Unicode.")
    return body
