"""What every road of a browser to a consent of TikTok's and back has in common: one-time links, cookies, the way on.

A link opens a page of ours. Its button gives the link its only state, bound to that browser by a cookie; pressed again
in the same browser it leads to TikTok with the same state. The state is spent on the way back.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from dropcast import clock, ids
from dropcast.accounts.connect.link_and_state_store import Attempt, Link, OAuthState, hashed, put_link, spend_state
from dropcast.errors.problem import Problem, problem
from dropcast.origins import is_at
from dropcast.settings import listed, settings

LINK_LIVES_S = 600
STATE_LIVES_S = 600
ERROR_MAX = 60

_USER_ID_MAX = 256
_OUR_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class ConnectLink:
    """A link for one person and one use. `expires_at` is in seconds since the epoch."""

    connect_url: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True)
class RedirectToTikTok:
    """Where the browser goes at TikTok, and the cookie that binds the way back to it, for STATE_LIVES_S seconds."""

    authorize_url: str = field(repr=False)
    cookie_name: str
    cookie_value: str = field(repr=False)


def link_problem(user_id: str, return_to: str | None) -> Problem | None:
    """What is wrong with a wish for a link: `invalid_request` or `return_to_refused`."""
    if not user_id.strip() or len(user_id) > _USER_ID_MAX:
        return problem("invalid_request", reason=f"user_id must have 1 to {_USER_ID_MAX} characters")
    if return_to is not None and not may_return_to(return_to):
        return problem("return_to_refused")
    return None


def create_link(link: Link, start_path: str, link_id: str | None = None) -> ConnectLink:
    """A one-time link to our page at `start_path`; `link_id` is a secret, if the caller brings one."""
    link_id = link_id or ids.new_secret()
    expires_at = clock.now() + LINK_LIVES_S
    put_link(link_id, link, expires_at)
    return link_at(start_path, link_id, expires_at)


def link_at(start_path: str, link_id: str, expires_at: int) -> ConnectLink:
    """The link with this secret, as it is given to callers; `expires_at` in seconds since the epoch."""
    return ConnectLink(f"{public_url()}{start_path}?c={link_id}", expires_at)


def was_button_pressed_here(link_id: str, key: str, cookies: Mapping[str, str]) -> bool:
    """Whether the button was pressed on the link's page in this browser."""
    return was_form_sent_here(start_cookie(link_id), key, cookies)


def was_form_sent_here(cookie: str, key: str, cookies: Mapping[str, str]) -> bool:
    """Whether a form was sent from our page in this browser: no other site can send both the cookie and its `key`."""
    return bool(key) and hmac.compare_digest(cookies.get(cookie, "").encode(), key.encode())


def page_key(earlier: str) -> str:
    """The key of a link's page: the `earlier` one of this browser, so that two tabs share a state, or a new one."""
    return earlier if _OUR_SECRET.fullmatch(earlier) else ids.new_secret()


def derived_secret(key: str, purpose: str) -> str:
    """A secret that only the browser with `key` leads to, the same each time."""
    return urlsafe_b64encode(hmac.digest(key.encode(), purpose.encode(), "sha256")).decode().rstrip("=")


def attempt_of(link_id: str, key: str) -> Attempt:
    """What the button of the link's page begins in the browser that has `key`, the same however often it is pressed."""
    expires_at = clock.now() + STATE_LIVES_S
    return Attempt(derived_secret(key, f"state {link_id}"), derived_secret(key, f"browser {link_id}"), expires_at)


def is_same_browser(state: OAuthState, state_text: str, cookies: Mapping[str, str]) -> bool:
    """Whether this very browser went to TikTok with this state."""
    return hmac.compare_digest(hashed(cookies.get(cookie_name(state_text), "")), state.browser_hash)


def spend_state_of_browser(state: OAuthState, state_text: str, cookies: Mapping[str, str]) -> Problem | None:
    """Spend the state of this very browser. Problems: `connection_expired`, `connection_other_browser`."""
    if not is_same_browser(state, state_text, cookies):
        return problem("connection_other_browser")
    return None if spend_state(state_text) else problem("connection_expired")


def app_name() -> str:
    """Who asks a person to connect something."""
    return settings().app_name or urlsplit(public_url()).hostname or "Dropcast"


def may_return_to(url: str) -> bool:
    """Whether a browser may be sent on to `url`."""
    return is_at(url, listed(settings().return_to_origins))


def start_cookie(link_id: str) -> str:
    """The cookie of one link's page."""
    return f"{_cookie_prefix()}dropcast_start_{hashed(link_id)[:12]}"


def cookie_name(state: str) -> str:
    """The cookie of one attempt, so that two tabs do not disturb each other."""
    return f"{_cookie_prefix()}dropcast_connect_{hashed(state)[:12]}"


def finish_cookie(state: str) -> str:
    """The cookie of the pages on which an attempt is finished in another browser."""
    return f"{_cookie_prefix()}dropcast_finish_{hashed(state)[:12]}"


def cookie_is_secure() -> bool:
    """Whether cookies go over HTTPS only: they do where PUBLIC_URL is HTTPS."""
    return settings().public_url.startswith("https://")


def public_url() -> str:
    """The address that people and TikTok see, without a slash at its end."""
    return settings().public_url.rstrip("/")


def _cookie_prefix() -> str:
    return "__Host-" if cookie_is_secure() else ""
