"""Connecting an account: a one-time link, a page with a button, TikTok, and the way back (protocol 1.1, 1.2, 1.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import SecretStr

from dropcast import clock, ids
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect import return_to
from dropcast.accounts.connect.code_exchange import (
    code_from_query,
    connected_url,
    exchange_code,
    fetch_account_details,
    missing_scopes,
    redirect_uri,
)
from dropcast.accounts.connect.confirmation_store import CONFIRMATION_LIVES_S, Confirmation, put_confirmation
from dropcast.accounts.connect.finish_in_other_browser import OtherBrowserOffer, offer
from dropcast.accounts.connect.link_and_state_store import Attempt, Link, OAuthState, begin_attempt, get_link, get_state
from dropcast.accounts.connect.oauth_flow import (
    ConnectLink,
    RedirectToTikTok,
    app_name,
    attempt_of,
    cookie_name,
    create_link,
    derived_secret,
    is_same_browser,
    link_problem,
    may_return_to,
    page_key,
    spend_state_of_browser,
    start_cookie,
)
from dropcast.accounts.connect.outcome_replay import Shown, await_earlier_outcome, save_outcome
from dropcast.accounts.connect.save_connection import save_connection, save_unconfirmed
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem
from dropcast.settings import listed, settings
from dropcast.tiktok import oauth
from dropcast.tiktok.models import TokenGrant

_ALWAYS = "user.info.basic"


@dataclass(frozen=True)
class StartPage:
    """What the page behind a link says, and the key by which its button is known to have been pressed there."""

    asker: str
    user_id: str
    scopes: tuple[str, ...]
    link_id: str = field(repr=False)
    cookie_name: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class ConnectResult:
    """How connecting ended. `location` is where the browser goes with the answer; None where it may go nowhere.

    `missing`: the scopes that were asked for and not granted.
    """

    outcome: Account | Problem
    missing: tuple[str, ...] = ()
    location: str | None = field(default=None, repr=False)
    told: Shown = "once"


def begin_connection(
    user_id: str,
    return_to_url: str | None,
    *,
    scopes: list[str] | None = None,
    confirm: bool = False,
    link_id: str | None = None,
) -> ConnectLink | Problem:
    """A one-time link on which the person behind the caller's `user_id` connects a TikTok account.

    `scopes`: less than all that TikTok approved of. `confirm`: the account waits for the code that comes back.
    Problems: `return_to_refused` (its origin is not in RETURN_TO_ORIGINS), `scope_not_approved`, `invalid_request`.
    """
    if complaint := link_problem(user_id, return_to_url):
        return complaint
    if confirm and return_to_url is None:
        return problem("invalid_request", reason="confirm needs return_to, where the code for it comes back")
    asked = _approved(scopes)
    if isinstance(asked, Problem):
        return asked
    return create_link(Link(user_id, return_to_url, asked, confirm), "/oauth/tiktok/start", link_id)


def start_page(link_id: str, key: str = "") -> StartPage | Problem:
    """What the link's page says. It changes nothing, since previews open links too. `key`: the browser's earlier one.

    Problem: `connection_expired`, also once the button was pressed in another browser.
    """
    link = get_link(link_id, "login")
    if not link and key and (state := get_state(attempt_of(link_id, key).state, "login")):
        link = state.link
    if not link:
        return problem("connection_expired")
    return StartPage(app_name(), link.user_id, _still_approved(link), link_id, start_cookie(link_id), page_key(key))


def redirect(link_id: str, key: str = "") -> RedirectToTikTok | Problem:
    """Send the browser that has `key` to TikTok, each time with the same state. Without a key it can go only once.

    Problems: `connection_expired` (also for any other browser once the button was pressed), `app_not_set`.
    """
    client_key = tiktok_app.app_credentials().client_key
    if client_key == tiktok_app.PLACEHOLDER:
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
    return RedirectToTikTok(url, cookie_name(attempt.state), attempt.browser)


def callback(query: Mapping[str, str], cookies: Mapping[str, str]) -> ConnectResult | OtherBrowserOffer:
    """The browser is back from TikTok with `query` (decoded once, as API Gateway does): connect, or say why not.

    Problems: `connection_expired`, `connection_other_browser`, what TikTok refuses, `account_taken`. A browser is only
    sent on to the return_to that its link was made with. A state that was used leads the same browser to the outcome
    it had, and every other one to `connection_expired`. Elsewhere: the account has to be confirmed and this is another
    browser than the one that began; nothing has changed yet.
    """
    state_text = query.get("state", "")
    state = get_state(state_text, "login")
    if not state:
        return _as_before(state_text, cookies)
    if state.link.confirm and not is_same_browser(state, state_text, cookies):
        offered = offer(state_text, state, query)
        return ConnectResult(offered) if isinstance(offered, Problem) else offered
    if why := spend_state_of_browser(state, state_text, cookies):
        return _as_before(state_text, cookies) if why.code == "connection_expired" else _failed(state.link, why)
    return _finished(state_text, state, code_from_query(query), _confirming_code(state_text, cookies))


def _begun(link_id: str, attempt: Attempt) -> OAuthState | None:
    """The link's only state, made now; None if its button was pressed before. The verifier is sealed in its row."""
    link = get_link(link_id, "login")
    if not link:
        return None
    verifier = oauth.new_verifier()
    attempt = replace(attempt, verifier=SecretStr(verifier), challenge=oauth.hex_challenge(verifier))
    return begin_attempt(link_id, link, attempt)


def _as_before(state_text: str, cookies: Mapping[str, str]) -> ConnectResult:
    """The state was used: the same answer again for the browser that used it."""
    earlier = await_earlier_outcome(state_text, cookies, "login")
    if not earlier:
        return ConnectResult(problem("connection_expired"))
    spent, outcome = earlier
    if outcome.error:
        return _failed(spent.link, problem(outcome.error, log_id=outcome.log_id), told="again")
    account = get_account(outcome.connected or "")
    if not account or account.status not in ("active", "unconfirmed"):
        return ConnectResult(problem("connection_expired"))
    return _ended(spent.link, account, outcome.missing, _confirming_code(state_text, cookies), told="again")


def _finished(state_text: str, state: OAuthState, tiktok_code: str | Problem, code: str) -> ConnectResult:
    """Exchange TikTok's code and store the account. The outcome is kept for this browser."""
    link = state.link
    grant = tiktok_code if isinstance(tiktok_code, Problem) else exchange_code(state, tiktok_code)
    if isinstance(grant, Problem):
        return _refused(state_text, link, grant)
    account = _stored(link, grant, code)
    if isinstance(account, Problem):
        return _refused(state_text, link, account)
    missing = missing_scopes(link.scopes, grant.scopes)
    save_outcome(state_text, account.account_id, missing)
    return _ended(link, fetch_account_details(account, grant), missing, code, told="first")


def _refused(state_text: str, link: Link, why: Problem) -> ConnectResult:
    save_outcome(state_text, why)
    return _failed(link, why, told="first")


def _stored(link: Link, grant: TokenGrant, code: str) -> Account | Problem:
    """The account with its tokens; if it has to be confirmed, inactive, and the tokens are kept under `code`."""
    if not link.confirm:
        return save_connection(link.user_id, grant)
    now = clock.now()
    account = save_unconfirmed(link.user_id, grant)
    if isinstance(account, Account):
        put_confirmation(code, Confirmation(link.user_id, account.account_id, grant, now), now + CONFIRMATION_LIVES_S)
    return account


def _confirming_code(state_text: str, cookies: Mapping[str, str]) -> str:
    """The code that confirms the account: only the browser that began leads to it, the same each time."""
    return derived_secret(cookies.get(cookie_name(state_text), ""), f"code {state_text}")


def _ended(link: Link, account: Account, missing: tuple[str, ...], code: str, *, told: Shown) -> ConnectResult:
    location = None
    if link.return_to and may_return_to(link.return_to):
        location = connected_url(link.return_to, account.account_id, missing, code if link.confirm else None)
    return ConnectResult(account, missing, location, told)


def _failed(link: Link, why: Problem, *, told: Shown = "once") -> ConnectResult:
    location = None
    if link.return_to and may_return_to(link.return_to):
        location = return_to.with_answer(link.return_to, {"error": why.code})
    return ConnectResult(why, location=location, told=told)


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
