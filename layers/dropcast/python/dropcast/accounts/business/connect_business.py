"""Connecting TikTok API for Business: a one-time link, a page with a button, TikTok, and the way back (protocol 12).

Optional: all else works without it. An advertiser's consent serves the Discovery API, an account holder's the comments
of one account, and what of the Discovery API asks for a business_id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from aws_lambda_powertools import Logger

from dropcast import clock, ids
from dropcast.accounts import partner_secrets
from dropcast.accounts.account_store import get_account
from dropcast.accounts.business.connection_store import (
    BusinessConsent,
    get_business,
    save_business,
    save_business_disconnection,
)
from dropcast.accounts.business.fresh_token import get_business_token
from dropcast.accounts.business.models import BusinessConnection, BusinessKind
from dropcast.accounts.connect import return_to
from dropcast.accounts.connect.link_and_state_store import Link, begin_attempt, get_link, get_state
from dropcast.accounts.connect.oauth_flow import (
    ERROR_MAX,
    ConnectLink,
    RedirectToTikTok,
    app_name,
    attempt_of,
    cookie_name,
    create_link,
    link_problem,
    may_return_to,
    page_key,
    public_url,
    spend_state_of_browser,
    start_cookie,
)
from dropcast.accounts.connect.outcome_replay import Shown, await_earlier_outcome, save_outcome
from dropcast.accounts.models import inactivity
from dropcast.aws.conflicts import CONFLICT, Conflict, retry_on_conflict
from dropcast.errors.problem import Problem, problem
from dropcast.settings import settings
from dropcast.tiktok.business import oauth
from dropcast.tiktok.business.oauth import AdvertiserGrant, BusinessApp, HolderGrant
from dropcast.tiktok.business.problems import business_problem
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.problems import authorize_problem

_CONSENTS: Final = ("advertiser", "account")
_EXCHANGE_S = 15
_REVOKE_WITHIN_S = 10
_logger = Logger(child=True)


@dataclass(frozen=True)
class BusinessStartPage:
    """What the page behind a link says, and the key by which its button is known to have been pressed there."""

    asker: str
    user_id: str
    kind: BusinessKind
    link_id: str = field(repr=False)
    cookie_name: str
    key: str = field(repr=False)


@dataclass(frozen=True)
class BusinessConnectResult:
    """How connecting ended. `location` is where the browser goes with the answer; None where it may go nowhere."""

    outcome: BusinessConnection | Problem
    location: str | None = field(default=None, repr=False)
    told: Shown = "once"


def begin_business(
    kind: BusinessKind,
    user_id: str,
    return_to_url: str | None,
    *,
    account_id: str | None = None,
    link_id: str | None = None,
) -> ConnectLink | Problem:
    """A one-time link on which a person lets our app into TikTok API for Business.

    `account_id`: whose comments the connection of kind "account" will serve. Problems: `business_not_set`,
    `return_to_refused`, `invalid_request`, `account_not_found`, what makes the account unfit.
    """
    if complaint := link_problem(user_id, return_to_url) or _unset(kind) or _unfit(kind, user_id, account_id):
        return complaint
    return create_link(
        Link(user_id, return_to_url, consent=kind, account_id=account_id), "/oauth/business/start", link_id
    )


def start_page(link_id: str, key: str = "") -> BusinessStartPage | Problem:
    """What the link's page says. It changes nothing, since previews open links too. `key`: the browser's earlier one.

    Problem: `connection_expired`, also once the button was pressed in another browser.
    """
    link = get_link(link_id, *_CONSENTS)
    if not link and key and (state := get_state(attempt_of(link_id, key).state, *_CONSENTS)):
        link = state.link
    if not link:
        return problem("connection_expired")
    return BusinessStartPage(app_name(), link.user_id, _kind(link), link_id, start_cookie(link_id), page_key(key))


def redirect(link_id: str, key: str = "") -> RedirectToTikTok | Problem:
    """Send the browser that has `key` to TikTok, each time with the same state. Without a key it can go only once.

    Problems: `connection_expired`, `business_not_set`.
    """
    attempt = attempt_of(link_id, key or ids.new_secret())
    link = get_link(link_id, *_CONSENTS)
    state = None if link else get_state(attempt.state, *_CONSENTS)
    link = link or (state.link if state else None)
    if not link:
        return problem("connection_expired")
    app = _app(_kind(link))
    if isinstance(app, Problem):
        return app
    if not (state or begin_attempt(link_id, link, attempt) or get_state(attempt.state, *_CONSENTS)):
        return problem("connection_expired")
    return RedirectToTikTok(
        _authorize_url(app, _kind(link), attempt.state), cookie_name(attempt.state), attempt.browser
    )


def callback(query: Mapping[str, str], cookies: Mapping[str, str]) -> BusinessConnectResult:
    """The browser is back from TikTok with `query`, decoded once: connect, or say why not.

    Problems: `connection_expired`, `connection_other_browser`, what TikTok refuses, `account_taken`,
    `business_no_advertiser`, what makes the account unfit by now. A browser is only sent on to the return_to of its
    link. A state that was used leads the same browser to the outcome it had.
    """
    state_text = query.get("state", "")
    state = get_state(state_text, *_CONSENTS)
    if not state:
        return _as_before(state_text, cookies)
    if why := spend_state_of_browser(state, state_text, cookies):
        return _as_before(state_text, cookies) if why.code == "connection_expired" else _ended(state.link, why, "once")
    outcome = _connected(state.link, query)
    save_outcome(state_text, outcome if isinstance(outcome, Problem) else outcome.connection_id)
    return _ended(state.link, outcome, "first")


@retry_on_conflict(tries=4)
def disconnect_business(connection_id: str) -> BusinessConnection | Problem | Conflict:
    """The connection, disconnected: revoked at TikTok where that can be, its tokens erased in any case.

    Problem: `not_found`. What is disconnected already stays as it is.
    """
    connection = get_business(connection_id)
    if connection is None:
        return problem("not_found", what="business connection", connection_id=connection_id)
    if connection.status == "disconnected":
        return connection
    return save_business_disconnection(connection, revoked=_revoke(connection)) or CONFLICT


def redirect_uri() -> str:
    """The redirect URI that the Business app must list, to the letter. That portal wants the slash at its end."""
    return f"{public_url()}/oauth/business/callback/"


def _as_before(state_text: str, cookies: Mapping[str, str]) -> BusinessConnectResult:
    """The state was used: the same answer again for the browser that used it."""
    earlier = await_earlier_outcome(state_text, cookies, *_CONSENTS)
    if not earlier:
        return BusinessConnectResult(problem("connection_expired"))
    spent, outcome = earlier
    if outcome.error:
        return _ended(spent.link, problem(outcome.error, log_id=outcome.log_id), "again")
    connection = get_business(outcome.connected or "")
    if not connection or connection.status != "active":
        return BusinessConnectResult(problem("connection_expired"))
    return _ended(spent.link, connection, "again")


def _connected(link: Link, query: Mapping[str, str]) -> BusinessConnection | Problem:
    """What TikTok granted is kept."""
    if error := query.get("error"):
        return authorize_problem(error[:ERROR_MAX])
    auth_code = query.get("auth_code") or query.get("code")
    if not auth_code:
        return problem("invalid_request", reason="TikTok sent the browser back without an auth_code")
    # The account may have been let go while its owner was at TikTok.
    if why := _unfit(_kind(link), link.user_id, link.account_id):
        return why
    app = _app(_kind(link))
    if isinstance(app, Problem):
        return app
    asked_at = clock.now()
    grant = _exchanged(app, _kind(link), auth_code)
    if isinstance(grant, Refused | Unanswered):
        return business_problem(grant)
    if isinstance(grant, AdvertiserGrant) and not grant.advertiser_ids:
        return problem("business_no_advertiser")
    return save_business(BusinessConsent(link.user_id, app.app_id, asked_at, link.account_id), grant)


def _exchanged(
    app: BusinessApp, kind: BusinessKind, auth_code: str
) -> AdvertiserGrant | HolderGrant | Refused | Unanswered:
    business = partner_secrets.business_within(_EXCHANGE_S)
    if kind == "advertiser":
        return oauth.exchange_advertiser(business, app, auth_code=auth_code)
    return oauth.exchange_holder(business, app, auth_code=auth_code, redirect_uri=redirect_uri())


def _authorize_url(app: BusinessApp, kind: BusinessKind, state: str) -> str:
    if kind == "advertiser":
        base = settings().tiktok_business_authorize_url
        return oauth.advertiser_authorize_url(base, app_id=app.app_id, redirect_uri=redirect_uri(), state=state)
    return oauth.holder_authorize_url(settings().tiktok_business_holder_url, state=state)


def _app(kind: BusinessKind) -> BusinessApp | Problem:
    app = partner_secrets.business_app()
    if app is None:
        return problem("business_not_set", missing="its app")
    if kind == "account":
        portal_url = settings().tiktok_business_holder_url
        if not portal_url:
            return problem("business_not_set", missing="TIKTOK_BUSINESS_HOLDER_URL")
        if oauth.holder_redirect_uri(portal_url) != redirect_uri():
            return problem("business_not_set", missing=f"in TIKTOK_BUSINESS_HOLDER_URL, the redirect {redirect_uri()}")
    return app


def _unset(kind: BusinessKind) -> Problem | None:
    app = _app(kind)
    return app if isinstance(app, Problem) else None


def _unfit(kind: BusinessKind, user_id: str, account_id: str | None) -> Problem | None:
    if account_id is None:
        return None
    if kind == "advertiser":
        return problem("invalid_request", reason="account_id belongs to kind account")
    account = get_account(account_id)
    if account is None:
        return problem("account_not_found", account_id=account_id)
    if account.user_id != user_id:
        return problem("invalid_request", reason="account_id is an account of another user_id")
    return inactivity(account) if account.status != "reconnect_needed" else None


def _revoke(connection: BusinessConnection) -> bool:
    """Whether TikTok took the grant back. It has no call for that of an advertiser."""
    app = partner_secrets.business_app()
    if connection.kind == "advertiser" or app is None:
        return False
    token = get_business_token(connection.connection_id, outlive_s=_REVOKE_WITHIN_S)
    if isinstance(token, Problem):
        refusal = token
    else:
        answer = oauth.revoke_holder(partner_secrets.business_within(_REVOKE_WITHIN_S), app, token)
        refusal = business_problem(answer) if answer else None
    if refusal:
        _logger.warning("not revoked at TikTok", connection_id=connection.connection_id, code=refusal.code)
    return refusal is None


def _ended(link: Link, outcome: BusinessConnection | Problem, told: Shown) -> BusinessConnectResult:
    if not link.return_to or not may_return_to(link.return_to):
        return BusinessConnectResult(outcome, told=told)
    match outcome:
        case Problem():
            answer = {"error": outcome.code}
        case BusinessConnection():
            answer = {"connected": outcome.connection_id}
    return BusinessConnectResult(outcome, return_to.with_answer(link.return_to, answer), told)


def _kind(link: Link) -> BusinessKind:
    return "advertiser" if link.consent == "advertiser" else "account"
