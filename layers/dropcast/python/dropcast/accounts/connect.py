"""Connecting an account: a one-time link, a page with a button, TikTok, and the way back (protocol 1.1, 1.2, 1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_lambda_powertools import Logger
from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.accounts import app, return_to
from dropcast.accounts.confirmation_store import Confirmation, put_confirmation
from dropcast.accounts.connected_store import save_connection, save_unconfirmed
from dropcast.accounts.connection_store import Link, State, get_link, get_state, spend_link
from dropcast.accounts.consent_road import (
    ERROR_MAX,
    STATE_LIVES_S,
    Connection,
    Departure,
    asker,
    back_from_tiktok,
    cookie_name,
    link_complaint,
    may_return_to,
    new_link,
    public_url,
    start_cookie,
)
from dropcast.accounts.creator_check import check_creator
from dropcast.accounts.models import Account
from dropcast.errors import Problem, problem
from dropcast.settings import listed, settings
from dropcast.tiktok import oauth
from dropcast.tiktok.models import TokenGrant
from dropcast.tiktok.problems import authorize_problem, to_problem

CONFIRMATION_LIVES_S = 3600

_EXCHANGE_S = 15
_ALWAYS = "user.info.basic"
_logger = Logger(child=True)


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


def greet(link_id: str) -> Greeting | Problem:
    """What the link's page says; the link stays good, since previews open links too. Problem: `connection_expired`."""
    link = get_link(link_id, "login")
    if not link:
        return problem("connection_expired")
    return Greeting(asker(), link.user_id, _still_approved(link), link_id, start_cookie(link_id), ids.new_secret())


def depart(link_id: str) -> Departure | Problem:
    """Spend the link and send its browser to TikTok. Problems: `connection_expired`, `app_not_set`."""
    link = get_link(link_id, "login")
    if not link:
        return problem("connection_expired")
    client_key = app.app_credentials().client_key
    if client_key == app.PLACEHOLDER:
        return problem("app_not_set")
    state, browser, verifier = ids.new_secret(), ids.new_secret(), SecretStr(oauth.new_verifier())
    url = oauth.authorize_url(
        settings().tiktok_authorize_url,
        client_key=client_key,
        scopes=_still_approved(link),
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
    state = get_state(state_text, "login")
    if not state:
        return Arrival(problem("connection_expired"))
    grant = _granted(state_text, state, query, cookies)
    if isinstance(grant, Problem):
        return _ended(state.link, grant)
    if state.link.confirm:
        return _unconfirmed(state.link, grant)
    account = save_connection(state.link.user_id, grant)
    return _ended(state.link, account if isinstance(account, Problem) else _looked_at(account, grant))


def redirect_uri() -> str:
    """The redirect URI that the TikTok app must list, to the letter."""
    return f"{public_url()}/oauth/tiktok/callback"


def _granted(
    state_text: str, state: State, query: Mapping[str, str], cookies: Mapping[str, str]
) -> TokenGrant | Problem:
    """What TikTok granted to this very browser, which uses the state up."""
    if why := back_from_tiktok(state, state_text, cookies):
        return why
    if error := query.get("error"):
        return authorize_problem(error[:ERROR_MAX])
    code = query.get("code")
    if not code:
        return problem("invalid_request", reason="TikTok sent the browser back without a code")
    grant = oauth.exchange_code(
        app.tiktok_within(_EXCHANGE_S),
        app.app_credentials(),
        code=code,
        redirect_uri=redirect_uri(),
        verifier=state.verifier().get_secret_value(),
    )
    return grant if isinstance(grant, TokenGrant) else to_problem(grant)


def _unconfirmed(link: Link, grant: TokenGrant) -> Arrival:
    """Keep the tokens aside, and send the code that confirms them back with the browser."""
    now, code = clock.now(), ids.new_secret()
    account = save_unconfirmed(link.user_id, grant)
    if isinstance(account, Problem):
        return _ended(link, account)
    waiting = Confirmation(link.user_id, account.account_id, grant, now)
    put_confirmation(code, waiting, now + CONFIRMATION_LIVES_S)
    return _ended(link, _looked_at(account, grant), code=code)


def _looked_at(account: Account, grant: TokenGrant) -> Account:
    """The account with what TikTok tells of it. The tokens are safe by now; without this it works as well."""
    try:
        return check_creator(account, grant.access_token) or account
    except Exception as error:  # noqa: BLE001 - whatever it is, the account is connected
        _logger.warning("no look at the creator", account_id=account.account_id, error=type(error).__name__)
        return account


def _ended(link: Link, outcome: Account | Problem, **more: str) -> Arrival:
    granted = outcome.scopes if isinstance(outcome, Account) else link.scopes
    missing = tuple(scope for scope in link.scopes if scope not in granted)
    if not link.return_to or not may_return_to(link.return_to):
        return Arrival(outcome, missing)
    match outcome:
        case Problem():
            answer = {"error": outcome.code}
        case Account():
            answer = {"connected": outcome.account_id} | more
            answer |= {"missing_scopes": ",".join(missing)} if missing else {}
    return Arrival(outcome, missing, return_to.with_answer(link.return_to, answer))


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
