"""Connecting an account: a one-time link, a browser sent to TikTok, and the way back (protocol 1.1, 1.2, 1.5)."""

import hmac
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.accounts import app, return_to
from dropcast.accounts.account_store import describe_account
from dropcast.accounts.connected_store import save_connection
from dropcast.accounts.connection_store import (
    Link,
    State,
    get_link,
    get_state,
    hashed,
    put_link,
    spend_link,
    spend_state,
)
from dropcast.accounts.models import Account
from dropcast.errors import Problem, problem
from dropcast.settings import listed, settings
from dropcast.tiktok import oauth
from dropcast.tiktok.display import user_info
from dropcast.tiktok.models import TokenGrant, UserInfo
from dropcast.tiktok.problems import authorize_problem, to_problem

LINK_LIVES_S = 600
STATE_LIVES_S = 600

# Both, and what is written between them, have to fit into the 29 s of a request.
_EXCHANGE_S = 15
_USER_INFO_S = 5
_USER_ID_MAX = 256
_ERROR_MAX = 60
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Connection:
    """A link for one person and one use. `expires_at` is in seconds since the epoch."""

    connect_url: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True)
class Departure:
    """Where the browser goes at TikTok, and the cookie that binds the way back to it, for STATE_LIVES_S seconds."""

    authorize_url: str = field(repr=False)
    cookie_name: str
    cookie_value: str = field(repr=False)


@dataclass(frozen=True)
class Arrival:
    """How connecting ended. `location` is where the browser goes with the answer; None where it may go nowhere."""

    outcome: Account | Problem
    location: str | None = None


def begin_connection(user_id: str, return_to_url: str | None) -> Connection | Problem:
    """A one-time link on which the person behind the caller's `user_id` connects a TikTok account.

    Problems: `return_to_refused` (its origin is not in RETURN_TO_ORIGINS), `invalid_request`.
    """
    if not user_id.strip() or len(user_id) > _USER_ID_MAX:
        return problem("invalid_request", reason=f"user_id must have 1 to {_USER_ID_MAX} characters")
    if return_to_url is not None and not _may_return_to(return_to_url):
        return problem("return_to_refused")
    link_id = ids.new_secret()
    expires_at = clock.now() + LINK_LIVES_S
    put_link(link_id, Link(user_id, return_to_url), expires_at)
    return Connection(f"{_public_url()}/oauth/tiktok/start?c={link_id}", expires_at)


def depart(link_id: str) -> Departure | Problem:
    """Spend the link and send its browser to TikTok. Problems: `connection_expired`, `app_not_set`."""
    link = get_link(link_id)
    if not link:
        return problem("connection_expired")
    client_key = app.app_credentials().client_key
    if client_key == app.PLACEHOLDER:
        return problem("app_not_set")
    state, browser, verifier = ids.new_secret(), ids.new_secret(), SecretStr(oauth.new_verifier())
    url = oauth.authorize_url(
        settings().tiktok_authorize_url,
        client_key=client_key,
        scopes=_asked_scopes(),
        redirect_uri=redirect_uri(),
        state=state,
        challenge=oauth.hex_challenge(verifier.get_secret_value()),
    )
    expires_at = clock.now() + STATE_LIVES_S
    if not spend_link(link_id, link, state=state, browser=browser, verifier=verifier, expires_at=expires_at):
        return problem("connection_expired")
    return Departure(url, cookie_name(state), browser)


def arrive(query: Mapping[str, str], cookies: Mapping[str, str]) -> Arrival:
    """The browser is back from TikTok with `query` (decoded once, as API Gateway does): connect, or say why not.

    Problems: `connection_expired` (also for a state that was used), `connection_other_browser`, what TikTok refuses,
    `account_taken`. A browser is only sent on to the return_to that its link was made with.
    """
    state_text = query.get("state", "")
    state = get_state(state_text)
    if not state:
        return Arrival(problem("connection_expired"))
    outcome = _of_this_browser(state_text, state, query, cookies)
    return Arrival(outcome, _location(state.link, outcome))


def redirect_uri() -> str:
    """The redirect URI that the TikTok app must list, to the letter."""
    return f"{_public_url()}/oauth/tiktok/callback"


def cookie_name(state: str) -> str:
    """The cookie of one attempt, so that two tabs do not disturb each other."""
    prefix = "__Host-" if cookie_is_secure() else ""
    return f"{prefix}dropcast_connect_{hashed(state)[:12]}"


def cookie_is_secure() -> bool:
    """Whether cookies go over HTTPS only: they do where PUBLIC_URL is HTTPS."""
    return settings().public_url.startswith("https://")


def _of_this_browser(
    state_text: str, state: State, query: Mapping[str, str], cookies: Mapping[str, str]
) -> Account | Problem:
    browser = cookies.get(cookie_name(state_text), "")
    if not hmac.compare_digest(hashed(browser), state.browser_hash):
        return problem("connection_other_browser")
    if not spend_state(state_text):
        return problem("connection_expired")
    if error := query.get("error"):
        return authorize_problem(error[:_ERROR_MAX])
    code = query.get("code")
    if not code:
        return problem("invalid_request", reason="TikTok sent the browser back without a code")
    return _connected(state, code)


def _connected(state: State, code: str) -> Account | Problem:
    grant = oauth.exchange_code(
        app.tiktok_within(_EXCHANGE_S),
        app.app_credentials(),
        code=code,
        redirect_uri=redirect_uri(),
        verifier=state.verifier().get_secret_value(),
    )
    if not isinstance(grant, TokenGrant):
        return to_problem(grant)
    account = save_connection(state.link.user_id, grant)
    if isinstance(account, Account):
        _describe(account, grant)
    return account


def _describe(account: Account, grant: TokenGrant) -> None:
    """Learn the account's names. The tokens are safe by now; without names an account works as well."""
    try:
        info = user_info(app.tiktok_within(_USER_INFO_S), grant.access_token, grant.scopes)
        if isinstance(info, UserInfo):
            describe_account(
                account.account_id, username=info.username, nickname=info.display_name, avatar_url=info.avatar_url
            )
        else:
            _logger.warning("TikTok did not say who account %s is: %s", account.account_id, to_problem(info).code)
    except Exception as error:  # noqa: BLE001 - whatever it is, the account is connected
        _logger.warning("Account %s has no names: %s", account.account_id, type(error).__name__)


def _location(link: Link, outcome: Account | Problem) -> str | None:
    if not link.return_to or not _may_return_to(link.return_to):
        return None
    match outcome:
        case Problem():
            answer = {"error": outcome.code}
        case Account():
            missing = [scope for scope in _asked_scopes() if scope not in outcome.scopes]
            answer = {"connected": outcome.account_id} | ({"missing_scopes": ",".join(missing)} if missing else {})
    return return_to.with_answer(link.return_to, answer)


def _may_return_to(url: str) -> bool:
    return return_to.allowed(url, listed(settings().return_to_origins))


def _asked_scopes() -> list[str]:
    return listed(settings().tiktok_scopes)


def _public_url() -> str:
    return settings().public_url.rstrip("/")
