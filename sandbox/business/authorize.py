"""The two consent requests of TikTok API for Business, and the redirects that answer them.

Protocol sections 12 and 13.0 describe them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from sandbox.creators import Creator
from sandbox.routes.authorize import ConsentError
from sandbox.settings import Settings
from sandbox.state.business_tokens import BusinessGrant, GrantKind
from sandbox.state.state import Sandbox

LOOPBACK = ("127.0.0.1", "localhost", "::1")
REDIRECT_URI_MIN, REDIRECT_URI_MAX = 10, 512


@dataclass(frozen=True)
class BusinessConsentRequest:
    """A valid request for one of the two consent pages. Only account holders grant scopes."""

    kind: GrantKind
    redirect_uri: str
    state: str
    scopes: tuple[str, ...] = ()


def read_advertiser_request(settings: Settings, query: Mapping[str, str]) -> BusinessConsentRequest | ConsentError:
    """Read GET /portal/auth, with the parameters app_id, state and redirect_uri."""
    if query.get("app_id") != settings.business_app_id:
        return ConsentError("invalid_app", "app_id is missing or unknown.", "app_id")
    wrong = _redirect_error(settings, query)
    return wrong or BusinessConsentRequest("advertiser", query["redirect_uri"], query.get("state", ""))


def read_holder_request(settings: Settings, query: Mapping[str, str]) -> BusinessConsentRequest | ConsentError:
    """Read GET /business/auth, with the parameters client_key, scope, response_type and redirect_uri."""
    scopes = tuple(dict.fromkeys(scope for scope in query.get("scope", "").split(",") if scope))
    if query.get("client_key") != settings.business_app_id:
        return ConsentError("invalid_client", "client_key is missing or unknown.", "client_key")
    if wrong := _redirect_error(settings, query):
        return wrong
    if query.get("response_type") != "code":
        return ConsentError("unsupported_response_type", "response_type must be code.")
    if not scopes:
        return ConsentError("invalid_scope", "scope is missing.", "scope")
    return BusinessConsentRequest("holder", query["redirect_uri"], query.get("state", ""), scopes)


def _redirect_error(settings: Settings, query: Mapping[str, str]) -> ConsentError | None:
    """Check redirect_uri: https, 10 to 512 characters, a final slash, no query, port or fragment.

    A loopback address may have a port.
    """
    uri = query.get("redirect_uri", "")
    parts = urlsplit(uri)
    is_loopback = parts.hostname in LOOPBACK
    fits = (
        REDIRECT_URI_MIN <= len(uri) <= REDIRECT_URI_MAX
        and uri.endswith("/")
        and not (parts.query or parts.fragment or "?" in uri or "#" in uri)
        and (is_loopback or (parts.scheme == "https" and parts.port is None))
    )
    if not fits:
        return ConsentError(
            "invalid_request", "redirect_uri: https, ending in /, no query, port or fragment.", "redirect_uri"
        )
    if uri not in settings.business_redirect_uris:
        return ConsentError("invalid_request", "redirect_uri is not one of the registered URIs.", "redirect_uri")
    return None


def allow_advertiser(sandbox: Sandbox, asked: BusinessConsentRequest, advertiser_ids: Sequence[str]) -> str:
    """Give an advertiser's consent for these advertiser accounts; return the redirect's URL."""
    code = _new_code(sandbox, asked, BusinessGrant("advertiser", advertiser_ids=tuple(advertiser_ids)))
    return _redirect_url(asked, {"auth_code": code, "code": code})


def allow_holder(sandbox: Sandbox, asked: BusinessConsentRequest, creator: Creator, scopes: set[str]) -> str:
    """Give the creator's consent to those requested scopes that are in `scopes`; return the redirect's URL."""
    granted = tuple(scope for scope in asked.scopes if scope in scopes)
    code = _new_code(sandbox, asked, BusinessGrant("holder", open_id=creator.open_id, scopes=granted))
    return _redirect_url(asked, {"auth_code": code})


def deny_business(asked: BusinessConsentRequest) -> str:
    return _redirect_url(asked, {"error": "access_denied", "error_description": "The user did not authorize the app."})


def _new_code(sandbox: Sandbox, asked: BusinessConsentRequest, grant: BusinessGrant) -> str:
    expires_at = sandbox.clock.now() + sandbox.settings.business_code_lifetime
    return sandbox.business_tokens.new_code(grant, asked.redirect_uri, expires_at).value


def _redirect_url(asked: BusinessConsentRequest, answer: dict[str, str]) -> str:
    query = answer | ({"state": asked.state} if asked.state else {})
    return f"{asked.redirect_uri}?{urlencode(query)}"
