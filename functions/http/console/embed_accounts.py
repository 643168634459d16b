"""/embed/{embed_id}/accounts: the accounts of an embed's user, and connecting another account.

A separate window leads to TikTok, because no site may frame TikTok's page. The embed's page polls for the outcome.
"""

import re
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.access.embedded_connection import (
    OTHER_ACCOUNT,
    begin_embedded_connection,
    embedded_outcome,
    save_embedded_outcome,
)
from dropcast.accounts.account_list_store import get_accounts_by_user
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.connect.begin_consent import LINK_LIVES_S, STATE_LIVES_S
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, known_code, problem

from .account_views import name_of, shown_account
from .answers import page, partial
from .embedded import embedded
from .request_session import caller, embed
from .signed_in import refused

router = APIGatewayHttpRouter()

_ACCOUNTS_A_PAGE = 50
_SECONDS = re.compile(r"\d{1,12}", re.ASCII)
# What the page shows before a person has begun a consent. `until`: how long the page polls for the outcome.
_NOT_ASKED: dict[str, Any] = {
    "until": None,
    "connect_url": None,
    "connected": None,
    "connected_name": None,
    "is_other": False,
    "problem": None,
}


@router.get("/embed/<embed_id>/accounts", middlewares=embedded("post", "connect"))
def show_accounts(embed_id: str) -> Response[str]:
    """The accounts with their states. The person chooses one for a post, or connects another one."""
    listed = _listed()
    return refused(listed) if isinstance(listed, Problem) else page("embed_accounts.html", **_NOT_ASKED | listed)


@router.post("/embed/<embed_id>/connections", middlewares=embedded("connect"))
def connect(embed_id: str) -> Response[str]:
    """Create a link like POST /v1/connections. The page's script opens the link in the window that the button press
    opened.
    """
    link, listed = begin_embedded_connection(embed()), _listed()
    if isinstance(link, Problem):
        return refused(link)
    if isinstance(listed, Problem):
        return refused(listed)
    waits = {"until": link.expires_at + STATE_LIVES_S, "connect_url": link.connect_url}
    return partial("embed_accounts.html", "connection", **_NOT_ASKED | listed | waits)


@router.get("/embed/<embed_id>/connection", middlewares=embedded("connect"))
def show_connection(embed_id: str) -> Response[str]:
    """The outcome of the consent, and the accounts. Until the query's `until` (epoch seconds), the page polls for the
    outcome.
    """
    until = _asked_until()
    outcome, listed = embedded_outcome(embed()), _listed()
    if isinstance(listed, Problem):
        return refused(listed)
    told = {
        "until": until if outcome is None and until > clock.now() else None,
        "connected": outcome if isinstance(outcome, Account) else None,
        "connected_name": name_of(outcome) if isinstance(outcome, Account) else None,
        "is_other": outcome == OTHER_ACCOUNT,
        "problem": outcome if isinstance(outcome, Problem) else None,
    }
    return partial("embed_accounts.html", "outcome", **_NOT_ASKED | listed | told)


@router.get("/embed/<embed_id>/connected")
def show_connected(embed_id: str) -> Response[str]:
    """The page to which the window returns from TikTok.

    It stores the outcome for the page that polls, and shows no data.
    """
    query = BaseRouter.current_event.query_string_parameters
    error = query.get("error")
    save_embedded_outcome(embed_id, query.get("attempt", ""), connected=query.get("connected"), error=error)
    shown = page("embed_connected.html", problem=problem(known_code(error)) if error else None)
    # The address holds a secret of the consent.
    shown.headers["Referrer-Policy"] = "no-referrer"
    return shown


def _asked_until() -> int:
    """The query's `until` (epoch seconds), at most as far from now as a consent can take. 0 without a valid `until`."""
    text = BaseRouter.current_event.query_string_parameters.get("until", "")
    latest = clock.now() + LINK_LIVES_S + STATE_LIVES_S
    return min(int(text), latest) if _SECONDS.fullmatch(text) else 0


def _listed() -> dict[str, Any] | Problem:
    """The accounts that the embed offers, and the actions that it allows."""
    only = embed().embed.account_id
    if only is not None:
        account = visible_account(only, caller())
        accounts, following = ([account], None) if isinstance(account, Account) else ([], None)
    else:
        after = BaseRouter.current_event.query_string_parameters.get("next")
        found = get_accounts_by_user(caller(), after, _ACCOUNTS_A_PAGE)
        if isinstance(found, Problem):
            return found
        accounts, following = found.accounts, found.next
    return {
        "shown": [shown_account(account) for account in accounts],
        "next_accounts": following,
        "may_connect": embed().embed.page == "connect",
        "may_post": embed().embed.page == "post",
    }
