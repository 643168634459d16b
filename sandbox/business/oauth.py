"""The token calls of TikTok API for Business, in their three formats (protocol sections 12, 13.0)."""

import secrets
from typing import Any

from starlette.requests import Request

from sandbox.answers.business import (
    CODE_EXPIRED,
    NO_PERMISSION,
    TOKEN_INVALID,
    BusinessDone,
    BusinessRefusal,
    wrong_parameter,
)
from sandbox.business.bearer import business_body, record_secrets
from sandbox.state.business_tokens import BusinessCode, BusinessGrant, GrantKind
from sandbox.state.state import Sandbox, entry_of, sandbox_of

Answer = BusinessDone | BusinessRefusal
BAD_CLIENT = BusinessRefusal(NO_PERMISSION, "The app id or its secret is incorrect.")


async def advertiser_token(request: Request) -> Answer:
    """Takes app_id, secret, auth_code. Returns a token without expiry, and its advertiser accounts."""
    body = await _app_body(request, "app_id", "secret", "auth_code")
    if isinstance(body, BusinessRefusal):
        return body
    sandbox = sandbox_of(request)
    code = _use_code(sandbox, body, "advertiser")
    if isinstance(code, BusinessRefusal):
        return code
    token = sandbox.business_tokens.new_access(code.grant, None)
    entry_of(request).record_secret("new_access_token", token.value)
    return BusinessDone({"access_token": token.value, "advertiser_ids": list(code.grant.advertiser_ids), "scope": [1]})


async def holder_token(request: Request) -> Answer:
    """Takes client_id, client_secret, grant_type, auth_code, redirect_uri.

    Returns an access token for a day and a refresh token for a year.
    """
    body = await _app_body(request, "client_id", "client_secret", "auth_code", "redirect_uri", "grant_type")
    if isinstance(body, BusinessRefusal):
        return body
    if body["grant_type"] != "authorization_code":
        return wrong_parameter("grant_type: must be authorization_code.")
    sandbox = sandbox_of(request)
    code = _use_code(sandbox, body, "holder")
    if isinstance(code, BusinessRefusal):
        return code
    if code.redirect_uri != body["redirect_uri"]:
        return wrong_parameter("redirect_uri: is not the one of the authorization.")
    return _issue_tokens(request, code.grant, refresh_token=None)


async def refresh(request: Request) -> Answer:
    """Takes client_id, client_secret, grant_type, refresh_token.

    The setting `business_refresh_answers` decides whether the answer has a new refresh token, the same one or none.
    """
    body = await _app_body(request, "client_id", "client_secret", "refresh_token", "grant_type")
    if isinstance(body, BusinessRefusal):
        return body
    if body["grant_type"] != "refresh_token":
        return wrong_parameter("grant_type: must be refresh_token.")
    sandbox = sandbox_of(request)
    old = sandbox.business_tokens.refresh(body["refresh_token"], sandbox.clock.now())
    if old is None:
        return BusinessRefusal(TOKEN_INVALID, "The refresh_token is invalid or expired.")
    if sandbox.settings.business_refresh_answers == "new":
        sandbox.business_tokens.forget_refresh(old.value)
        return _issue_tokens(request, old.grant, refresh_token=None)
    return _issue_tokens(request, old.grant, refresh_token=old.value)


async def revoke(request: Request) -> Answer:
    """Takes client_id, client_secret, access_token. Revokes all tokens of the account holder."""
    body = await _app_body(request, "client_id", "client_secret", "access_token")
    if isinstance(body, BusinessRefusal):
        return body
    sandbox = sandbox_of(request)
    token = sandbox.business_tokens.access(body["access_token"], sandbox.clock.now())
    if token is None or token.grant.kind != "holder":
        return BusinessRefusal(TOKEN_INVALID)
    entry_of(request).open_id = token.grant.open_id
    sandbox.business_tokens.drop_holder(token.grant.open_id)
    return BusinessDone()


async def token_info(request: Request) -> Answer:
    """Takes app_id, access_token. Returns the scopes of an account holder's token."""
    sandbox, body = sandbox_of(request), await business_body(request)
    if isinstance(body, BusinessRefusal):
        return body
    record_secrets(request, body)
    if body.get("app_id") != sandbox.settings.business_app_id:
        return BAD_CLIENT
    token = sandbox.business_tokens.access(str(body.get("access_token", "")), sandbox.clock.now())
    if token is None or token.grant.kind != "holder":
        return BusinessRefusal(TOKEN_INVALID)
    creator = sandbox.creators.get(token.grant.open_id)
    scope = ",".join(token.grant.scopes)
    return BusinessDone(
        {"app_id": body["app_id"], "creator_id": creator.business_id if creator else "", "scope": scope}
    )


async def _app_body(request: Request, app: str, secret: str, *needed: str) -> dict[str, str] | BusinessRefusal:
    """The body, if the fields `needed` are strings that are not empty, and the app and its secret are correct.

    app, secret: the names of the fields for the app's id and for its secret.
    """
    settings, body = sandbox_of(request).settings, await business_body(request)
    if isinstance(body, BusinessRefusal):
        return body
    record_secrets(request, body)
    for name in (app, secret, *needed):
        if not isinstance(body.get(name), str) or not body[name]:
            return wrong_parameter(f"{name}: value is required but missing.")
    right_app = secrets.compare_digest(body[app].encode(), settings.business_app_id.encode())
    right_secret = secrets.compare_digest(body[secret].encode(), settings.business_secret.get_secret_value().encode())
    return body if right_app and right_secret else BAD_CLIENT


def _use_code(sandbox: Sandbox, body: dict[str, str], kind: GrantKind) -> BusinessCode | BusinessRefusal:
    code = sandbox.business_tokens.use_code(body["auth_code"])
    if code is None or code.expires_at <= sandbox.clock.now() or code.grant.kind != kind:
        return BusinessRefusal(CODE_EXPIRED)
    return code


def _issue_tokens(request: Request, grant: BusinessGrant, *, refresh_token: str | None) -> BusinessDone:
    """Issue an access token. The settings decide whether it comes with a new refresh token, the given one, or none."""
    sandbox, entry = sandbox_of(request), entry_of(request)
    settings, now, tokens = sandbox.settings, sandbox.clock.now(), sandbox.business_tokens
    access = tokens.new_access(grant, now + settings.business_access_lifetime)
    creator = sandbox.creators.get(grant.open_id)
    data: dict[str, Any] = {
        "access_token": access.value,
        "token_type": "Bearer",
        "scope": ",".join(grant.scopes),
        "expires_in": settings.business_access_lifetime,
        "open_id": creator.business_id if creator else "",
    }
    entry.open_id = grant.open_id
    entry.record_secret("new_access_token", access.value)
    if refresh_token is None or settings.business_refresh_answers != "none":
        renewal = refresh_token or tokens.new_refresh(grant, now + settings.business_refresh_lifetime).value
        entry.record_secret("new_refresh_token", renewal)
        data |= {"refresh_token": renewal, "refresh_token_expires_in": settings.business_refresh_lifetime}
    return BusinessDone(data)
