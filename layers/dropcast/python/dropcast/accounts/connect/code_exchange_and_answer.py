"""Exchanges TikTok's code for tokens, and builds the answer about the connected account."""

from collections.abc import Mapping
from dataclasses import replace

from dropcast.accounts import tiktok_app
from dropcast.accounts.connect.begin_consent import ERROR_MAX, public_url
from dropcast.accounts.connect.link_and_state_store import OAuthState
from dropcast.accounts.creator import check_creator
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.tiktok import oauth
from dropcast.tiktok.models import TokenGrant
from dropcast.tiktok.problems import authorize_problem, to_problem

_EXCHANGE_S = 15


def redirect_uri() -> str:
    """The redirect URI that the portal of the TikTok app must list exactly."""
    return f"{public_url()}/oauth/tiktok/callback"


def code_from_query(query: Mapping[str, str]) -> str | Problem:
    """The code with which TikTok sent the browser back, or the problem if TikTok refused."""
    if error := query.get("error"):
        return authorize_problem(error[:ERROR_MAX])
    return query.get("code") or problem("invalid_request", reason="TikTok sent the browser back without a code")


def exchange_code(state: OAuthState, code: str) -> TokenGrant | Problem:
    """The tokens for `code`. A code works once, so the caller uses the state up first."""
    grant = oauth.exchange_code(
        tiktok_app.tiktok_within(_EXCHANGE_S),
        tiktok_app.app_credentials(),
        code=code,
        redirect_uri=redirect_uri(),
        verifier=state.verifier().get_secret_value(),
    )
    return grant if isinstance(grant, TokenGrant) else to_problem(grant)


def fetch_account_details(account: Account, grant: TokenGrant) -> Account:
    """The account, updated with TikTok's present details.

    If TikTok does not answer, the account is returned unchanged, because its tokens are already stored.
    """
    try:
        return check_creator(replace(account, scopes=grant.scopes), grant.access_token) or account
    except Exception as error:  # noqa: BLE001 - the account is connected, whatever fails here
        logger.warning("creator.check_failed", account_id=account.account_id, error=type(error).__name__)
        return account


def missing_scopes(asked: tuple[str, ...], granted: frozenset[str]) -> tuple[str, ...]:
    """The requested scopes that TikTok did not grant."""
    return tuple(scope for scope in asked if scope not in granted)


def account_answer(account_id: str, missing: tuple[str, ...], code: str | None = None) -> dict[str, str]:
    """The parameters for return_to: the connected account, the `code` that confirms it, and the missing scopes."""
    answer = {"connected": account_id} | ({"code": code} if code else {})
    return answer | ({"missing_scopes": ",".join(missing)} if missing else {})
