"""POST /v2/oauth/token/ and /v2/oauth/revoke/ (protocol sections 1.2-1.7)."""

import hashlib
import re
import secrets
from typing import Any

from starlette.requests import Request

from sandbox.answers.open_api import Done, FlatRefusal
from sandbox.routes import webhooks
from sandbox.routes.processing import fail_open_publishes
from sandbox.state.state import Sandbox, entry_of, sandbox_of
from sandbox.state.tokens import Code

VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
DEVELOPER_REVOKED = 5
_CLIENT_TOKEN_LIFETIME_S = 7200

Form = dict[str, str]


async def token(request: Request) -> Done | FlatRefusal:
    sandbox = sandbox_of(request)
    form = await _form(request, secret_fields=("code", "refresh_token", "code_verifier"))
    if isinstance(form, FlatRefusal):
        return form
    match form.get("grant_type"):
        case "authorization_code":
            granted = _exchange_code(sandbox, form)
        case "refresh_token":
            granted = _refresh(sandbox, form)
        case "client_credentials":
            return _issue_client_token(request)
        case None:
            return FlatRefusal("invalid_request", "grant_type is missing.")
        case other:
            return FlatRefusal("unsupported_grant_type", f"The grant type {other} is not supported.")
    if isinstance(granted, Done):
        entry = entry_of(request)
        entry.open_id = granted.data["open_id"]
        entry.record_secret("new_access_token", granted.data["access_token"])
        entry.record_secret("new_refresh_token", granted.data["refresh_token"])
    return granted


async def revoke(request: Request) -> Done | FlatRefusal:
    sandbox = sandbox_of(request)
    form = await _form(request, secret_fields=("token",))
    if isinstance(form, FlatRefusal):
        return form
    found = sandbox.tokens.access(form.get("token", ""), sandbox.clock.now())
    if found is None:
        return FlatRefusal("invalid_request", "The token is missing, unknown, expired or revoked.")
    entry_of(request).open_id = found.open_id
    disconnect(sandbox, found.open_id, reason=DEVELOPER_REVOKED)
    return Done({})


def disconnect(sandbox: Sandbox, open_id: str, *, reason: int) -> None:
    """Remove the app from the creator's account: revoke the tokens, fail unfinished publishes, send the webhook."""
    sandbox.tokens.drop_creator(open_id)
    fail_open_publishes(sandbox, open_id, "auth_removed")
    webhooks.send_webhook(sandbox, open_id, "authorization.removed", {"reason": reason})


async def _form(request: Request, *, secret_fields: tuple[str, ...]) -> Form | FlatRefusal:
    """The form's fields, if client_key and client_secret are correct."""
    settings, entry = sandbox_of(request).settings, entry_of(request)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != "application/x-www-form-urlencoded":
        return FlatRefusal("invalid_request", "The Content-Type must be application/x-www-form-urlencoded.")
    form = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    for name in secret_fields:
        entry.record_secret(name, form.get(name))
    if form.get("grant_type"):
        entry.notes.append(f"grant_type={form['grant_type']}")
    right_key = secrets.compare_digest(form.get("client_key", "").encode(), settings.client_key.encode())
    right_secret = secrets.compare_digest(
        form.get("client_secret", "").encode(), settings.client_secret.get_secret_value().encode()
    )
    if not (right_key and right_secret):
        return FlatRefusal("invalid_client", "Client key or secret is incorrect.")
    return form


def _exchange_code(sandbox: Sandbox, form: Form) -> Done | FlatRefusal:
    if not form.get("code"):
        return FlatRefusal("invalid_request", "code is missing.")
    code = sandbox.tokens.use_code(form["code"])
    if code is None:
        return FlatRefusal("invalid_grant", "Authorization code is invalid or was used before.")
    if code.expires_at <= sandbox.clock.now():
        return FlatRefusal("invalid_grant", "Authorization code is expired.")
    if form.get("redirect_uri") != code.redirect_uri:
        words = "Redirect_uri is not matched with the uri when requesting code."
        return FlatRefusal(sandbox.settings.redirect_mismatch_error, words)
    if not _verifier_matches(code, form.get("code_verifier", "")):
        return FlatRefusal("invalid_grant", "Code verifier or code challenge is invalid.")
    return _issue_tokens(sandbox, code.open_id, code.scopes, sandbox.tokens.new_authorization())


def _verifier_matches(code: Code, verifier: str) -> bool:
    """Whether the code's challenge is the SHA-256 of the verifier in lower-case hex (protocol section 1.5).

    A web app's code has no challenge.
    """
    if code.challenge is None:
        return True
    hexed = hashlib.sha256(verifier.encode()).hexdigest()
    return bool(VERIFIER.fullmatch(verifier)) and secrets.compare_digest(hexed, code.challenge)


def _refresh(sandbox: Sandbox, form: Form) -> Done | FlatRefusal:
    if not form.get("refresh_token"):
        return FlatRefusal("invalid_request", "refresh_token is missing.")
    old = sandbox.tokens.use_refresh(form["refresh_token"], sandbox.clock.now())
    if old is None:
        return FlatRefusal("invalid_grant", "Refresh token is invalid or expired.")
    if sandbox.settings.refresh_kills_access_token:
        sandbox.tokens.drop_access_of(old.authorization)
    return _issue_tokens(sandbox, old.open_id, old.scopes, old.authorization)


def _issue_client_token(request: Request) -> Done:
    """Issue a token for the app itself (protocol section 1.7). No route of the sandbox accepts this token."""
    token = f"clt.{secrets.token_hex(16)}"
    entry_of(request).record_secret("new_client_token", token)
    return Done({"access_token": token, "expires_in": _CLIENT_TOKEN_LIFETIME_S, "token_type": "Bearer"})


def _issue_tokens(sandbox: Sandbox, open_id: str, scopes: tuple[str, ...], authorization: int) -> Done:
    """Issue a new pair of tokens with full lifetimes."""
    settings, now = sandbox.settings, sandbox.clock.now()
    access = sandbox.tokens.new_access(open_id, scopes, authorization, now + settings.access_lifetime)
    renewal = sandbox.tokens.new_refresh(open_id, scopes, authorization, now + settings.refresh_lifetime)
    reply: dict[str, Any] = {
        "access_token": access.value,
        "expires_in": settings.access_lifetime,
        "open_id": open_id,
        "refresh_token": renewal.value,
        "refresh_expires_in": settings.refresh_lifetime,
        "scope": ",".join(scopes),
        "token_type": "Bearer",
    }
    return Done(reply)
