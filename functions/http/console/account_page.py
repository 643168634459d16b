"""/console/accounts/{account_id}: one account with its abilities, its connection, its budgets and its drop defaults.

A request for the page makes four AWS calls and no call to TikTok. The page shows TikTok's last answer and the time
of that answer. A button on the page sends one call to TikTok.
"""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.accounts.account_store import set_drop_defaults, visible_account
from dropcast.accounts.business.connection_list_store import get_business_page
from dropcast.accounts.creator import fetch_creator_info
from dropcast.accounts.tokens.account_health import account_health
from dropcast.accounts.tokens.token_store import visible_account_with_tokens
from dropcast.browser_requests import form_of
from dropcast.budgets.budget_use import get_budget_use
from dropcast.errors.problem import Problem, http_status
from dropcast.publishing.intake.drops.drop_options import DropDefaults

from .account_views import refusals_of, shown_abilities, shown_account, shown_connection
from .answers import page, partial, redirect
from .drop_defaults_form import read_defaults, stored_fields
from .field_problems import FORM_FAULT, FieldProblems
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()


@router.get("/console/accounts/<account_id>", middlewares=signed_in("read"))
def show_account(account_id: str) -> Response[str]:
    """The page of the account."""
    return account_answer(account_id)


@router.get("/console/accounts/<account_id>/business", middlewares=signed_in("read"))
def show_business(account_id: str) -> Response[str]:
    """The business connections of the account's user. The page loads them after it is shown."""
    account = visible_account(account_id, caller())
    if isinstance(account, Problem):
        return refused(account)
    business = get_business_page(caller(), BaseRouter.current_event.query_string_parameters.get("next"))
    own = [one for one in business.connections if one.user_id == account.user_id and one.status != "disconnected"]
    return partial(
        "account_business.html",
        "business",
        account=account,
        connections=[shown_connection(one) for one in own],
        next_connections=business.next,
        may_not=refusals_of(caller()),
    )


@router.post("/console/accounts/<account_id>/check", middlewares=signed_in("read"))
def check_at_tiktok(account_id: str) -> Response[str]:
    """Ask TikTok, with one creator_info call, what the account may post now."""
    answer = fetch_creator_info(account_id, caller())
    if isinstance(answer, Problem):
        return account_answer(account_id, answer)
    return redirect(f"/console/accounts/{account_id}")


@router.post("/console/accounts/<account_id>/drop-defaults", middlewares=signed_in("publish"))
def save_drop_defaults(account_id: str) -> Response[str]:
    """Replace the default options of the account's drops."""
    typed = form_of(BaseRouter.current_event.raw_event)
    defaults = read_defaults(typed)
    if not isinstance(defaults, DropDefaults):
        return account_answer(account_id, typed=typed, problems=defaults)
    saved = set_drop_defaults(account_id, defaults.chosen(), caller())
    return refused(saved) if isinstance(saved, Problem) else redirect(f"/console/accounts/{account_id}?saved=1#drops")


def account_answer(
    account_id: str,
    why: Problem | None = None,
    *,
    typed: Mapping[str, str] | None = None,
    problems: FieldProblems | None = None,
) -> Response[str]:
    """The page of the account. `why`: the problem after the last button press. `typed`: the form of drop defaults as it
    was sent. `problems`: the problems of the fields of this form.
    """
    found = visible_account_with_tokens(account_id, caller())
    if isinstance(found, Problem):
        return refused(found)
    account, tokens = found
    fields: dict[str, Any] = dict(stored_fields(account.drop_defaults) if typed is None else typed)
    return page(
        "account.html",
        http_status(why.code) if why else FORM_FAULT if problems else 200,
        shown=shown_account(account),
        health=account_health(account, tokens, clock.now()),
        abilities=shown_abilities(account),
        budgets=get_budget_use(account.open_id),
        now=clock.now(),
        fields=fields,
        problems=problems or {},
        is_saved="saved" in BaseRouter.current_event.query_string_parameters,
        may_not=refusals_of(caller()),
        problem=why,
    )
