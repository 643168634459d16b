"""The first part of every OAuth consent, until the browser is at TikTok: one-time links, start page, cookies,
addresses.

A link opens our start page. The page's button replaces the link by a single OAuth state, and a cookie binds this state
to the browser. A second press of the button in the same browser leads to TikTok with the same state. The callback uses
the state up.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.accounts.connect.link_and_state_store import (
    Attempt,
    ConsentKind,
    Link,
    OAuthState,
    begin_attempt,
    get_link,
    get_state,
    hashed,
    put_link,
    spend_state,
)
from dropcast.errors.problem import Problem, problem
from dropcast.settings import listed, settings
from dropcast.url_origins import is_at

LINK_LIVES_S = 600
STATE_LIVES_S = 600
ERROR_MAX = 60

_USER_ID_MAX = 256
_OUR_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_OUR_PARAMETERS = {"connected", "error", "missing_scopes", "code"}


@dataclass(frozen=True)
class ConnectLink:
    """A link for one person and one use. `expires_at` is in seconds since the epoch."""

    connect_url: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True)
class StartPage:
    """What the page of a link shows.

    `key` is in the page's form and in a cookie. It proves that the button was pressed on this page.
    """

    app_name: str
    user_id: str
    consent: ConsentKind
    scopes: tuple[str, ...]
    link_id: str = field(repr=False)
    cookie_name: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class RedirectToTikTok:
    """TikTok's address, and the cookie that binds the callback to this browser. The cookie lives STATE_LIVES_S
    seconds.
    """

    authorize_url: str = field(repr=False)
    cookie_name: str
    cookie_value: str = field(repr=False)


def link_problem(user_id: str, return_to: str | None) -> Problem | None:
    """The reason why no link can be made from these values, or None.

    Problems: `invalid_request`, `return_to_refused`.
    """
    if not user_id.strip() or len(user_id) > _USER_ID_MAX:
        return problem("invalid_request", reason=f"user_id must have 1 to {_USER_ID_MAX} characters")
    if return_to is not None and not may_return_to(return_to):
        return problem("return_to_refused")
    return None


def create_link(link: Link, start_path: str, link_id: str | None = None) -> ConnectLink:
    """Store a one-time link to our page at `start_path`.

    `link_id`: the link's secret, if the caller has made one.
    """
    link_id = link_id or ids.new_secret()
    expires_at = clock.now() + LINK_LIVES_S
    put_link(link_id, link, expires_at)
    return link_at(start_path, link_id, expires_at)


def link_at(start_path: str, link_id: str, expires_at: int) -> ConnectLink:
    """The link with this secret, as callers get it. `expires_at` is in seconds since the epoch."""
    return ConnectLink(f"{public_url()}{start_path}?c={link_id}", expires_at)


def find_link(link_id: str, key: str, *consents: ConsentKind) -> Link | None:
    """The link, even if its button was already pressed in the browser that has `key`. None if it is not valid."""
    link = get_link(link_id, *consents)
    if not link and key and (state := get_state(attempt_of(link_id, key).state, *consents)):
        return state.link
    return link


def start_page(link_id: str, key: str, *consents: ConsentKind) -> StartPage | Problem:
    """The page of the link. Showing it changes nothing, because link previews open the page too.

    `key`: the key that this browser got earlier.
    Problem: `connection_expired`, also after the button was pressed in another browser.
    """
    link = find_link(link_id, key, *consents)
    if not link:
        return problem("connection_expired")
    # The earlier key is kept, so that two tabs share a state.
    page_key = key if _OUR_SECRET.fullmatch(key) else ids.new_secret()
    return StartPage(app_name(), link.user_id, link.consent, link.scopes, link_id, start_cookie(link_id), page_key)


def begin_or_resume(
    link_id: str,
    key: str,
    *consents: ConsentKind,
    verifier: SecretStr | None = None,
    challenge: str | None = None,
) -> tuple[Attempt, OAuthState] | None:
    """Begin the attempt of the browser that has `key`, or return the attempt that this browser began earlier.

    None if the link allows neither. Without a key the function can only begin an attempt. `verifier` and
    `challenge` belong to PKCE. The verifier is stored encrypted.
    """
    attempt = attempt_of(link_id, key or ids.new_secret(), verifier, challenge)
    link = get_link(link_id, *consents)
    state = begin_attempt(link_id, link, attempt) if link else None
    state = state or get_state(attempt.state, *consents)
    return (attempt, state) if state else None


def redirect_to(authorize_url: str, attempt: Attempt) -> RedirectToTikTok:
    """The redirect of the attempt's browser to TikTok, with the cookie of the attempt."""
    return RedirectToTikTok(authorize_url, cookie_name(attempt.state), attempt.browser)


def was_button_pressed_here(link_id: str, key: str, cookies: Mapping[str, str]) -> bool:
    """Whether the button was pressed on the link's page in this browser."""
    return was_form_sent_here(start_cookie(link_id), key, cookies)


def was_form_sent_here(cookie: str, key: str, cookies: Mapping[str, str]) -> bool:
    """Whether a form was sent from our page in this browser.

    Only our page can send both the cookie and the same `key`.
    """
    return bool(key) and hmac.compare_digest(cookies.get(cookie, "").encode(), key.encode())


def derived_secret(key: str, purpose: str) -> str:
    """A secret that only the browser with `key` can derive, the same each time."""
    return urlsafe_b64encode(hmac.digest(key.encode(), purpose.encode(), "sha256")).decode().rstrip("=")


def attempt_of(link_id: str, key: str, verifier: SecretStr | None = None, challenge: str | None = None) -> Attempt:
    """The attempt that the link's button begins in the browser with `key`. It is the same each time."""
    state, browser = derived_secret(key, f"state {link_id}"), derived_secret(key, f"browser {link_id}")
    return Attempt(state, browser, clock.now() + STATE_LIVES_S, verifier, challenge)


def is_same_browser(state: OAuthState, state_text: str, cookies: Mapping[str, str]) -> bool:
    """Whether this browser went to TikTok with this state."""
    return hmac.compare_digest(hashed(cookies.get(cookie_name(state_text), "")), state.browser_hash)


def spend_state_of_browser(state: OAuthState, state_text: str, cookies: Mapping[str, str]) -> Problem | None:
    """Use up the OAuth state, if it was issued to this browser.

    Problems: `connection_expired`, `connection_other_browser`.
    """
    if not is_same_browser(state, state_text, cookies):
        return problem("connection_other_browser")
    return None if spend_state(state_text) else problem("connection_expired")


def app_name() -> str:
    """The name of the app that asks a person to connect."""
    return settings().app_name or urlsplit(public_url()).hostname or "Dropcast"


def may_return_to(url: str) -> bool:
    """Whether Dropcast may redirect a browser to `url`.

    The origin of `url` must be this deployment's own origin, or one of RETURN_TO_ORIGINS.
    """
    return is_at(url, [public_url(), *listed(settings().return_to_origins)])


def return_url(return_to: str, answer: dict[str, str]) -> str:
    """`return_to`, in ASCII, with `answer` in its query.

    The parameters of an earlier answer in `return_to` are removed; all others stay.
    """
    parts = urlsplit(return_to)
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in _OUR_PARAMETERS]
    url = parts._replace(query=urlencode([*kept, *answer.items()])).geturl()
    # A server that sends this text as a header may cut each character to its low byte, and some low bytes are line
    # breaks.
    return "".join(letter if letter.isascii() else quote(letter) for letter in url)


def start_cookie(link_id: str) -> str:
    """The name of the cookie of one link's page."""
    return f"{_cookie_prefix()}dropcast_start_{hashed(link_id)[:12]}"


def cookie_name(state: str) -> str:
    """The name of the cookie of one attempt.

    Each attempt has its own cookie, so that two tabs do not disturb each other.
    """
    return f"{_cookie_prefix()}dropcast_connect_{hashed(state)[:12]}"


def finish_cookie(state: str) -> str:
    """The name of the cookie for the pages that finish an attempt in another browser."""
    return f"{_cookie_prefix()}dropcast_finish_{hashed(state)[:12]}"


def cookie_is_secure() -> bool:
    """Whether cookies are sent over HTTPS only. This is the case if PUBLIC_URL is an HTTPS address."""
    return settings().public_url.startswith("https://")


def public_url() -> str:
    """The URL at which people and TikTok reach this deployment, without a trailing slash."""
    return settings().public_url.rstrip("/")


def _cookie_prefix() -> str:
    return "__Host-" if cookie_is_secure() else ""
