"""/console/accounts: the connected accounts with their business connections, and the form that connects another
account.

A request for the page makes four AWS calls and no call to TikTok.
"""

import re
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.accounts.account_list_store import AccountPage, get_accounts_by_user
from dropcast.accounts.business.connection_list_store import get_business_page
from dropcast.accounts.models import Account
from dropcast.errors.problem import Problem, http_status

from .account_views import refusals_of, shown_account, shown_connection
from .answers import page, partial
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

# The initial text of the field for the user. A person who connects only their own accounts can leave it as it is.
_OWN_USER = "me"
_ACCOUNTS_A_PAGE = 50
_SECONDS = re.compile(r"[0-9]{1,12}")


@router.get("/console/accounts", middlewares=signed_in("read"))
def show_accounts() -> Response[str]:
    """The page with the list of accounts."""
    return accounts_answer({})


@router.get("/console/accounts/list", middlewares=signed_in("read"))
def show_list() -> Response[str]:
    """Only the list of accounts. The page loads it again while a person connects an account in a separate window."""
    listed = _listed()
    return refused(listed) if isinstance(listed, Problem) else partial("accounts.html", "list", **listed)


def accounts_answer(typed: Mapping[str, str], form: str = "", why: Problem | None = None) -> Response[str]:
    """The page with the list of accounts. `typed`: the fields of the sent form. `form`: the name of this form.

    `why`: the problem, which the page shows beside this form.
    """
    listed = _listed()
    if isinstance(listed, Problem):
        return refused(listed)
    query = BaseRouter.current_event.query_string_parameters
    business = get_business_page(caller(), query.get("business"))
    return page(
        "accounts.html",
        http_status(why.code) if why else 200,
        **listed,
        connections=[shown_connection(one) for one in business.connections if one.status != "disconnected"],
        next_connections=business.next,
        typed=typed.get("user_id", _OWN_USER),
        form=form,
        problem=why,
    )


def _listed() -> dict[str, Any] | Problem:
    """What the list of accounts shows. The query's `since` (when the page was first shown) is present only in a request
    for the list without the rest of the page.
    """
    query = BaseRouter.current_event.query_string_parameters
    after = query.get("next")
    found = get_accounts_by_user(caller(), after, _ACCOUNTS_A_PAGE)
    if isinstance(found, Problem):
        return found
    since = query.get("since", "")
    return _list_values(found, after, int(since) if _SECONDS.fullmatch(since) else None)


def _list_values(found: AccountPage, after: str | None, since: int | None) -> dict[str, Any]:
    """The template's values for the list. `new`: the names of the accounts connected after the page was first shown."""
    shown = [shown_account(account) for account in found.accounts]
    return {
        "shown": shown,
        "new": [one.name for one in shown if since is not None and _is_new(one.account, since)],
        "since": clock.now() if since is None else since,
        "after": after,
        "next_accounts": found.next,
        "may_not": refusals_of(caller()),
        "user_id": caller().user_id,
    }


def _is_new(account: Account, since: int) -> bool:
    return account.status == "active" and account.connected_at >= since
