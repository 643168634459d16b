"""Connects TikTok API for Business: link, start page, redirect to TikTok, callback (protocol section 12).

These connections are optional: everything else works without them. An advertiser's consent is for the Discovery API. An
account holder's consent is for the comments of one account, and for the calls of the Discovery API that need a
business_id.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

from dropcast import clock
from dropcast.accounts import partner_secrets
from dropcast.accounts.account_store import get_account
from dropcast.accounts.business.connection_store import BusinessConsent, get_business, save_business
from dropcast.accounts.business.models import BusinessConnection, BusinessKind
from dropcast.accounts.connect import finish_consent
from dropcast.accounts.connect.begin_consent import (
    ERROR_MAX,
    ConnectLink,
    RedirectToTikTok,
    begin_or_resume,
    create_link,
    find_link,
    link_problem,
    public_url,
    redirect_to,
)
from dropcast.accounts.connect.link_and_state_store import Link, OAuthState, get_state
from dropcast.accounts.models import inactivity
from dropcast.errors.problem import Problem, problem
from dropcast.settings import settings
from dropcast.tiktok.business.oauth import (
    AdvertiserGrant,
    BusinessApp,
    HolderGrant,
    advertiser_authorize_url,
    exchange_advertiser,
    exchange_holder,
    holder_authorize_url,
    holder_redirect_uri,
)
from dropcast.tiktok.business.problems import business_problem
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.problems import authorize_problem

BUSINESS_CONSENTS: Final = ("advertiser", "account")
_EXCHANGE_S = 15


def begin_business(
    kind: BusinessKind,
    user_id: str,
    return_to_url: str | None,
    *,
    account_id: str | None = None,
    link_id: str | None = None,
) -> ConnectLink | Problem:
    """A one-time link with which a person connects TikTok API for Business to Dropcast's app.

    `account_id`: the account whose comments a connection of the kind "account" will serve. Problems:
    `business_not_set`, `return_to_refused`, `invalid_request`, `account_not_found`, and the reasons why the account
    cannot be connected.
    """
    if refusal := link_problem(user_id, return_to_url) or _app_problem(kind) or _unfit(kind, user_id, account_id):
        return refusal
    link = Link(user_id, return_to_url, consent=kind, account_id=account_id)
    return create_link(link, "/oauth/business/start", link_id)


def redirect(link_id: str, key: str = "") -> RedirectToTikTok | Problem:
    """The redirect to TikTok for the browser that has `key`.

    Repeated calls with the same key return the same state. Without a key each link works only once.
    Problems: `connection_expired`, `business_not_set`.
    """
    link = find_link(link_id, key, *BUSINESS_CONSENTS)
    if not link:
        return problem("connection_expired")
    kind = _kind(link)
    app = _app(kind)
    if isinstance(app, Problem):
        return app
    begun = begin_or_resume(link_id, key, *BUSINESS_CONSENTS)
    if not begun:
        return problem("connection_expired")
    attempt, _ = begun
    return redirect_to(_authorize_url(app, kind, attempt.state), attempt)


def callback(query: Mapping[str, str], cookies: Mapping[str, str]) -> finish_consent.ConnectResult[BusinessConnection]:
    """Store the person's grant, after TikTok sent the browser back with `query` (URL-decoded once).

    Problems: `connection_expired`, `connection_other_browser`, TikTok's refusals, `account_taken`,
    `business_no_advertiser`, and the reasons why the account can no longer be connected.
    """
    state_text = query.get("state", "")
    flow = finish_consent.OAuthFlow(BUSINESS_CONSENTS, partial(_connect, query), _find, _answer)
    return finish_consent.finish(flow, get_state(state_text, *BUSINESS_CONSENTS), state_text, cookies)


def redirect_uri() -> str:
    """The redirect URI that the portal of the Business app must list exactly.

    The Business portal requires the slash at the end.
    """
    return f"{public_url()}/oauth/business/callback/"


def _connect(query: Mapping[str, str], state: OAuthState) -> finish_consent.Grant[BusinessConnection] | Problem:
    """Exchange TikTok's code and store the connection."""
    connection = _exchange_and_save(query, state.link)
    if isinstance(connection, Problem):
        return connection
    return finish_consent.Grant(connection.connection_id, (), lambda: connection)


def _exchange_and_save(query: Mapping[str, str], link: Link) -> BusinessConnection | Problem:
    if error := query.get("error"):
        return authorize_problem(error[:ERROR_MAX])
    auth_code = query.get("auth_code") or query.get("code")
    if not auth_code:
        return problem("invalid_request", reason="TikTok sent the browser back without an auth_code")
    kind = _kind(link)
    # The account may have been disconnected while its owner was on TikTok's page.
    if refusal := _unfit(kind, link.user_id, link.account_id):
        return refusal
    app = _app(kind)
    if isinstance(app, Problem):
        return app
    asked_at = clock.now()
    grant = _exchange(app, kind, auth_code)
    if isinstance(grant, Refused | Unanswered):
        return business_problem(grant)
    if isinstance(grant, AdvertiserGrant) and not grant.advertiser_ids:
        return problem("business_no_advertiser")
    return save_business(BusinessConsent(link.user_id, app.app_id, asked_at, link.account_id), grant)


def _exchange(
    app: BusinessApp, kind: BusinessKind, auth_code: str
) -> AdvertiserGrant | HolderGrant | Refused | Unanswered:
    business = partner_secrets.business_within(_EXCHANGE_S)
    if kind == "advertiser":
        return exchange_advertiser(business, app, auth_code=auth_code)
    return exchange_holder(business, app, auth_code=auth_code, redirect_uri=redirect_uri())


def _find(connection_id: str) -> BusinessConnection | None:
    connection = get_business(connection_id)
    return connection if connection and connection.status == "active" else None


def _answer(_link: Link, connection: BusinessConnection, _missing: tuple[str, ...]) -> dict[str, str]:
    return {"connected": connection.connection_id}


def _authorize_url(app: BusinessApp, kind: BusinessKind, state: str) -> str:
    if kind == "advertiser":
        base = settings().tiktok_business_authorize_url
        return advertiser_authorize_url(base, app_id=app.app_id, redirect_uri=redirect_uri(), state=state)
    return holder_authorize_url(settings().tiktok_business_holder_url, state=state)


def _app(kind: BusinessKind) -> BusinessApp | Problem:
    app = partner_secrets.business_app()
    if app is None:
        return problem("business_not_set", missing="its app")
    if kind == "account":
        portal_url = settings().tiktok_business_holder_url
        if not portal_url:
            return problem("business_not_set", missing="TIKTOK_BUSINESS_HOLDER_URL")
        if holder_redirect_uri(portal_url) != redirect_uri():
            return problem("business_not_set", missing=f"the redirect {redirect_uri()} in TIKTOK_BUSINESS_HOLDER_URL")
    return app


def _app_problem(kind: BusinessKind) -> Problem | None:
    app = _app(kind)
    return app if isinstance(app, Problem) else None


def _unfit(kind: BusinessKind, user_id: str, account_id: str | None) -> Problem | None:
    """The reason why no connection may serve the account's comments, or None if a connection may."""
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


def _kind(link: Link) -> BusinessKind:
    return "advertiser" if link.consent == "advertiser" else "account"
