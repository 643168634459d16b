"""GET /v2/auth/authorize/: an app's consent request and the creator's answer (protocol sections 1.1 and 1.5)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from sandbox.creators import Creator
from sandbox.settings import Settings
from sandbox.state.state import Sandbox

HEX_CHALLENGE = re.compile(r"[0-9a-f]{64}")
ALWAYS_GRANTED = "user.info.basic"


@dataclass(frozen=True)
class ConsentRequest:
    """A valid authorization request."""

    scopes: tuple[str, ...]
    redirect_uri: str
    state: str
    challenge: str | None
    """None for a web app, because TikTok ignores PKCE for web apps (protocol section 1.5)."""
    always_show_page: bool


@dataclass(frozen=True)
class ConsentError:
    """An error page. `redirect_to` leads back to the app if the app is known."""

    error: str
    description: str
    error_type: str = ""
    redirect_to: str | None = None


def read_request(settings: Settings, query: Mapping[str, str]) -> ConsentRequest | ConsentError:
    redirect_uri, state = query.get("redirect_uri", ""), query.get("state", "")
    if query.get("client_key") != settings.client_key:
        return ConsentError("invalid_client", "client_key is missing or unknown.", "client_key")
    if redirect_uri not in settings.redirect_uris:
        return ConsentError("invalid_request", "redirect_uri is not one of the registered URIs.", "redirect_uri")

    def back(error: str, description: str, error_type: str = "") -> ConsentError:
        return ConsentError(
            error, description, error_type, _error_redirect(redirect_uri, state, error, description, error_type)
        )

    scopes = tuple(dict.fromkeys(scope for scope in query.get("scope", "").split(",") if scope))
    unknown = [scope for scope in scopes if scope not in settings.scopes]
    if query.get("response_type") != "code":
        return back("unsupported_response_type", "response_type must be code.")
    if not state:
        return back("invalid_request", "state is missing.", "state")
    if not scopes or unknown:
        return back("invalid_scope", f"Not approved for this app: {', '.join(unknown) or 'no scope asked'}.", "scope")
    has_pkce = settings.platform == "desktop"
    if has_pkce and not _is_valid_challenge(query):
        return back("invalid_request", "Correct code_challenge: S256, 64 lower-case hex digits.", "code_challenge")
    challenge = query["code_challenge"] if has_pkce else None
    return ConsentRequest(scopes, redirect_uri, state, challenge, query.get("disable_auto_auth") == "1")


def _is_valid_challenge(query: Mapping[str, str]) -> bool:
    return query.get("code_challenge_method") == "S256" and bool(
        HEX_CHALLENGE.fullmatch(query.get("code_challenge", ""))
    )


def allow(sandbox: Sandbox, asked: ConsentRequest, creator: Creator, scopes: set[str]) -> str:
    """Give the creator's consent to some of the scopes, and return the redirect. user.info.basic is always granted."""
    granted = tuple(scope for scope in asked.scopes if scope in scopes or scope == ALWAYS_GRANTED)
    expires_at = sandbox.clock.now() + sandbox.settings.code_lifetime
    code = sandbox.tokens.new_code(creator.open_id, granted, asked.redirect_uri, asked.challenge, expires_at)
    answer = {"code": code.value, "scopes": ",".join(granted), "state": asked.state}
    return f"{asked.redirect_uri}?{urlencode(answer)}"


def deny(asked: ConsentRequest) -> str:
    return _error_redirect(asked.redirect_uri, asked.state, "access_denied", "The user did not authorize the app.")


def _error_redirect(redirect_uri: str, state: str, error: str, description: str, error_type: str = "") -> str:
    answer = {"error": error, "error_description": description, "error_type": error_type, "state": state}
    return f"{redirect_uri}?{urlencode({key: value for key, value in answer.items() if value})}"
