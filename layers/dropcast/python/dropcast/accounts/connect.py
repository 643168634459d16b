"""Connecting an account: a one-time link, a page with a button, TikTok, and the way back (protocol 1.1, 1.2, 1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.accounts import app, return_to
from dropcast.accounts.confirmation_store import CONFIRMATION_LIVES_S, Confirmation, put_confirmation
from dropcast.accounts.connected_store import save_connection, save_unconfirmed
from dropcast.accounts.connection_store import Attempt, Link, State, begin_attempt, get_link, get_state
from dropcast.accounts.consent_road import (
    Connection,
    Departure,
    asker,
    attempt_of,
    back_from_tiktok,
    began_here,
    cookie_name,
    key_for,
    link_complaint,
    may_return_to,
    new_link,
    start_cookie,
)
from dropcast.accounts.login_grant import code_of, exchanged, looked_at, not_granted, redirect_uri, way_back
from dropcast.accounts.models import Account
from dropcast.accounts.other_browser import Elsewhere, offer
from dropcast.errors import Problem, problem
from dropcast.settings import listed, settings
from dropcast.tiktok import oauth
from dropcast.tiktok.models import TokenGrant

_ALWAYS = "user.info.basic"


@dataclass(frozen=True)
class Greeting:
    """What the page behind a link says, and the key by which its button is known to have been pressed there."""

    asker: str
    user_id: str
    scopes: tuple[str, ...]
    link_id: str = field(repr=False)
    cookie_name: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class Arrival:
    """How connecting ended. `location` is where the browser goes with the answer; None where it may go nowhere.

    `missing`: the scopes that were asked for and not granted.
    """

    outcome: Account | Problem
    missing: tuple[str, ...] = ()
    location: str | None = field(default=None, repr=False)


def begin_connection(
    user_id: str, return_to_url: str | None, *, scopes: list[str] | None = None, confirm: bool = False
) -> Connection | Problem:
    """A one-time link on which the person behind the caller's `user_id` connects a TikTok account.

    `scopes`: less than all that TikTok approved of. `confirm`: the account waits for the code that comes back.
    Problems: `return_to_refused` (its origin is not in RETURN_TO_ORIGINS), `scope_not_approved`, `invalid_request`.
    """
    if complaint := link_complaint(user_id, return_to_url):
        return complaint
    if confirm and return_to_url is None:
        return problem("invalid_request", reason="confirm needs return_to, where the code for it comes back")
    asked = _approved(scopes)
    if isinstance(asked, Problem):
        return asked
    return new_link(Link(user_id, return_to_url, asked, confirm), "/oauth/tiktok/start")


def greet(link_id: str, key: str = "") -> Greeting | Problem:
    """What the link's page says. It changes nothing, since previews open links too. `key`: the browser's earlier one.

    Problem: `connection_expired`, also once the button was pressed in another browser.
    """
    link = get_link(link_id, "login")
    if not link and key and (state := get_state(attempt_of(link_id, key).state, "login")):
        link = state.link
    if not link:
        return problem("connection_expired")
    return Greeting(asker(), link.user_id, _still_approved(link), link_id, start_cookie(link_id), key_for(key))


def depart(link_id: str, key: str = "") -> Departure | Problem:
    """Send the browser that has `key` to TikTok, each time with the same state. Without a key it can go only once.

    Problems: `connection_expired` (also for any other browser once the button was pressed), `app_not_set`.
    """
    client_key = app.app_credentials().client_key
    if client_key == app.PLACEHOLDER:
        return problem("app_not_set")
    attempt = attempt_of(link_id, key or ids.new_secret())
    state = _begun(link_id, attempt) or get_state(attempt.state, "login")
    if not state or not state.challenge:
        return problem("connection_expired")
    url = oauth.authorize_url(
        settings().tiktok_authorize_url,
        client_key=client_key,
        scopes=_still_approved(state.link),
        redirect_uri=redirect_uri(),
        state=attempt.state,
        challenge=state.challenge,
    )
    return Departure(url, cookie_name(attempt.state), attempt.browser)


def arrive(query: Mapping[str, str], cookies: Mapping[str, str]) -> Arrival | Elsewhere:
    """The browser is back from TikTok with `query` (decoded once, as API Gateway does): connect, or say why not.

    Problems: `connection_expired` (also for a state that was used), `connection_other_browser`, what TikTok refuses,
    `account_taken`. A browser is only sent on to the return_to that its link was made with. Elsewhere: the account has
    to be confirmed and this is another browser than the one that began; nothing has changed yet.
    """
    state_text = query.get("state", "")
    state = get_state(state_text, "login")
    if not state:
        return Arrival(problem("connection_expired"))
    if state.link.confirm and not began_here(state, state_text, cookies):
        offered = offer(state_text, state, query)
        return Arrival(offered) if isinstance(offered, Problem) else offered
    grant = _granted(state_text, state, query, cookies)
    if isinstance(grant, Problem):
        return _failed(state.link, grant)
    if state.link.confirm:
        return _unconfirmed(state.link, grant)
    account = save_connection(state.link.user_id, grant)
    return _failed(state.link, account) if isinstance(account, Problem) else _ended(state.link, account, grant)


def _begun(link_id: str, attempt: Attempt) -> State | None:
    """The link's only state, made now; None if its button was pressed before. The verifier is sealed in its row."""
    link = get_link(link_id, "login")
    if not link:
        return None
    verifier = oauth.new_verifier()
    attempt = replace(attempt, verifier=SecretStr(verifier), challenge=oauth.hex_challenge(verifier))
    return begin_attempt(link_id, link, attempt)


def _granted(
    state_text: str, state: State, query: Mapping[str, str], cookies: Mapping[str, str]
) -> TokenGrant | Problem:
    """What TikTok granted to this very browser, which uses the state up."""
    if why := back_from_tiktok(state, state_text, cookies):
        return why
    code = code_of(query)
    return code if isinstance(code, Problem) else exchanged(state, code)


def _unconfirmed(link: Link, grant: TokenGrant) -> Arrival:
    """Keep the tokens aside, and send the code that confirms them back with the browser."""
    now, code = clock.now(), ids.new_secret()
    account = save_unconfirmed(link.user_id, grant)
    if isinstance(account, Problem):
        return _failed(link, account)
    waiting = Confirmation(link.user_id, account.account_id, grant, now)
    put_confirmation(code, waiting, now + CONFIRMATION_LIVES_S)
    return _ended(link, account, grant, code)


def _ended(link: Link, account: Account, grant: TokenGrant, code: str | None = None) -> Arrival:
    shown = looked_at(account, grant)
    missing = not_granted(link.scopes, grant.scopes)
    if not link.return_to or not may_return_to(link.return_to):
        return Arrival(shown, missing)
    return Arrival(shown, missing, way_back(link.return_to, account.account_id, missing, code))


def _failed(link: Link, why: Problem) -> Arrival:
    if not link.return_to or not may_return_to(link.return_to):
        return Arrival(why)
    return Arrival(why, location=return_to.with_answer(link.return_to, {"error": why.code}))


def _approved(scopes: list[str] | None) -> tuple[str, ...] | Problem:
    """The scopes to ask for, never one that TikTok did not approve: it would fail the whole page."""
    approved = listed(settings().tiktok_scopes)
    if scopes is None:
        return tuple(approved)
    if foreign := [scope for scope in scopes if scope not in approved]:
        return problem("scope_not_approved", scopes=", ".join(foreign), approved=", ".join(approved))
    return tuple(scope for scope in approved if scope in scopes or scope == _ALWAYS)


def _still_approved(link: Link) -> tuple[str, ...]:
    approved = listed(settings().tiktok_scopes)
    return tuple(scope for scope in link.scopes if scope in approved)
