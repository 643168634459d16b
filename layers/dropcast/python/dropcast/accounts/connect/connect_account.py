"""Connects a TikTok account: link, start page, redirect to TikTok, callback (protocol sections 1.1, 1.2, 1.5)."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import get_account
from dropcast.accounts.connect import begin_consent, finish_consent
from dropcast.accounts.connect.begin_consent import (
    ConnectLink,
    RedirectToTikTok,
    StartPage,
    begin_or_resume,
    cookie_name,
    create_link,
    derived_secret,
    is_same_browser,
    link_problem,
    redirect_to,
)
from dropcast.accounts.connect.code_exchange_and_answer import (
    account_answer,
    code_from_query,
    exchange_code,
    fetch_account_details,
    missing_scopes,
    redirect_uri,
)
from dropcast.accounts.connect.confirmation_store import CONFIRMATION_LIVES_S, Confirmation, put_confirmation
from dropcast.accounts.connect.finish_in_other_browser import OtherBrowserOffer, offer
from dropcast.accounts.connect.link_and_state_store import Link, OAuthState, get_state
from dropcast.accounts.connect.save_connection import save_connection, save_unconfirmed
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem
from dropcast.settings import listed, settings
from dropcast.tiktok import oauth
from dropcast.tiktok.models import TokenGrant

_ALWAYS = "user.info.basic"


def begin_connection(
    user_id: str,
    return_to_url: str | None,
    *,
    scopes: list[str] | None = None,
    confirm: bool = False,
    link_id: str | None = None,
) -> ConnectLink | Problem:
    """A one-time link with which a person connects a TikTok account for the caller's `user_id`.

    `scopes`: the scopes to request, by default all that TikTok approved. `confirm`: the account stays inactive until
    the caller confirms it with the code that `return_to_url` receives.
    Problems: `return_to_refused` (the origin of `return_to_url` is not in RETURN_TO_ORIGINS), `scope_not_approved`,
    `invalid_request`.
    """
    if refusal := link_problem(user_id, return_to_url):
        return refusal
    if confirm and return_to_url is None:
        return problem("invalid_request", reason="confirm requires return_to, to which Dropcast sends the code")
    approved = _approved(scopes)
    if isinstance(approved, Problem):
        return approved
    return create_link(Link(user_id, return_to_url, approved, confirm), "/oauth/tiktok/start", link_id)


def start_page(link_id: str, key: str = "") -> StartPage | Problem:
    """The page of the link; see `begin_consent.start_page`. Problem: `connection_expired`."""
    page = begin_consent.start_page(link_id, key, "login")
    return page if isinstance(page, Problem) else replace(page, scopes=_still_approved(page.scopes))


def redirect(link_id: str, key: str = "") -> RedirectToTikTok | Problem:
    """The redirect to TikTok for the browser that has `key`.

    Repeated calls with the same key return the same state. Without a key each link works only once.
    Problems: `connection_expired` (also in any other browser after the button was pressed), `app_not_set`.
    """
    client_key = tiktok_app.app_credentials().client_key
    if client_key == tiktok_app.PLACEHOLDER:
        return problem("app_not_set")
    verifier = oauth.new_verifier()
    begun = begin_or_resume(
        link_id, key, "login", verifier=SecretStr(verifier), challenge=oauth.hex_challenge(verifier)
    )
    if not begun or not begun[1].challenge:
        return problem("connection_expired")
    attempt, state = begun
    url = oauth.authorize_url(
        settings().tiktok_authorize_url,
        client_key=client_key,
        scopes=_still_approved(state.link.scopes),
        redirect_uri=redirect_uri(),
        state=attempt.state,
        challenge=begun[1].challenge,
    )
    return redirect_to(url, attempt)


def callback(
    query: Mapping[str, str], cookies: Mapping[str, str]
) -> finish_consent.ConnectResult[Account] | OtherBrowserOffer:
    """Connect the account, after TikTok sent the browser back with `query` (URL-decoded once, as by API Gateway).

    Problems: `connection_expired`, `connection_other_browser`, TikTok's refusals, `account_taken`. The result is an
    OtherBrowserOffer if the account has to be confirmed and the consent began in a different browser. In that case
    nothing has changed yet.
    """
    state_text = query.get("state", "")
    state = get_state(state_text, "login")
    if state and state.link.confirm and not is_same_browser(state, state_text, cookies):
        offered = offer(state_text, state, query)
        return finish_consent.ConnectResult(offered) if isinstance(offered, Problem) else offered
    # Only the browser in which the consent began can derive the code that confirms the account.
    code = derived_secret(cookies.get(cookie_name(state_text), ""), f"code {state_text}")
    flow = finish_consent.OAuthFlow(("login",), partial(_connect, query, code), _find, partial(_answer, code))
    return finish_consent.finish(flow, state, state_text, cookies)


def _connect(query: Mapping[str, str], code: str, state: OAuthState) -> finish_consent.Grant[Account] | Problem:
    """Exchange TikTok's code and store the account."""
    tiktok_code = code_from_query(query)
    grant = tiktok_code if isinstance(tiktok_code, Problem) else exchange_code(state, tiktok_code)
    if isinstance(grant, Problem):
        return grant
    account = _save(state.link, grant, code)
    if isinstance(account, Problem):
        return account
    missing = missing_scopes(state.link.scopes, grant.scopes)
    return finish_consent.Grant(account.account_id, missing, lambda: fetch_account_details(account, grant))


def _save(link: Link, grant: TokenGrant, code: str) -> Account | Problem:
    """Store the account with its tokens.

    If the account has to be confirmed, its tokens are stored under `code`. The account is inactive until then, unless
    it was active before.
    """
    if not link.confirm:
        return save_connection(link.user_id, grant)
    now = clock.now()
    account = save_unconfirmed(link.user_id, grant)
    if isinstance(account, Account):
        put_confirmation(code, Confirmation(link.user_id, account.account_id, grant, now), now + CONFIRMATION_LIVES_S)
    return account


def _find(account_id: str) -> Account | None:
    account = get_account(account_id)
    return account if account and account.status in ("active", "unconfirmed") else None


def _answer(code: str, link: Link, account: Account, missing: tuple[str, ...]) -> dict[str, str]:
    return account_answer(account.account_id, missing, code if link.confirm else None)


def _approved(scopes: list[str] | None) -> tuple[str, ...] | Problem:
    """The scopes to request. TikTok refuses the whole consent page if the app has no approval for one of them."""
    approved = listed(settings().tiktok_scopes)
    if scopes is None:
        return tuple(approved)
    if foreign := [scope for scope in scopes if scope not in approved]:
        return problem("scope_not_approved", scopes=", ".join(foreign), approved=", ".join(approved))
    return tuple(scope for scope in approved if scope in scopes or scope == _ALWAYS)


def _still_approved(scopes: tuple[str, ...]) -> tuple[str, ...]:
    approved = listed(settings().tiktok_scopes)
    return tuple(scope for scope in scopes if scope in approved)
