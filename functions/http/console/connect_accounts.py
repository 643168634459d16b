"""Connects accounts from the console: sends the browser to a one-time link, and shows how the consent ended."""

from urllib.parse import urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.account_store import visible_account
from dropcast.accounts.business.connect_business import begin_business
from dropcast.accounts.business.connection_store import visible_connection
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.begin_consent import public_url
from dropcast.accounts.connect.connect_account import begin_connection
from dropcast.accounts.models import Account
from dropcast.browser_requests import form_of
from dropcast.errors.problem import Problem, http_status, known_code, problem
from dropcast.settings import listed, settings

from .account_page import account_answer
from .account_views import refusals_of, shown_abilities, shown_account, shown_connection
from .accounts import accounts_answer
from .answers import page, redirect
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()


@router.post("/console/connections", middlewares=signed_in("publish"))
def connect() -> Response[str]:
    """Create a link for the user in the form, like POST /v1/connections, and open the link."""
    form = _form()
    user_id = _asked_user(form)
    link = user_id if isinstance(user_id, Problem) else begin_connection(user_id, _return_to(form))
    return accounts_answer(form, "connect", link) if isinstance(link, Problem) else redirect(link.connect_url)


@router.post("/console/accounts/<account_id>/reconnect", middlewares=signed_in("publish"))
def reconnect(account_id: str) -> Response[str]:
    """Open a new link for the user of this account."""
    account = visible_account(account_id, caller())
    if isinstance(account, Problem):
        return refused(account)
    link = begin_connection(account.user_id, _return_to(_form(), account_id))
    return account_answer(account_id, link) if isinstance(link, Problem) else redirect(link.connect_url)


@router.post("/console/business-connections", middlewares=signed_in("admin"))
def connect_advertiser() -> Response[str]:
    """Open a link for an advertiser, like POST /v1/business-connections."""
    form = _form()
    user_id = _asked_user(form)
    link = user_id if isinstance(user_id, Problem) else begin_business("advertiser", user_id, _return_to(form))
    return accounts_answer(form, "advertiser", link) if isinstance(link, Problem) else redirect(link.connect_url)


@router.post("/console/accounts/<account_id>/business", middlewares=signed_in("admin"))
def connect_comments(account_id: str) -> Response[str]:
    """Open a link on which the account's user permits Dropcast to read and answer the account's comments."""
    account = visible_account(account_id, caller())
    if isinstance(account, Problem):
        return refused(account)
    link = begin_business("account", account.user_id, _return_to(_form()), account_id=account_id)
    return account_answer(account_id, link) if isinstance(link, Problem) else redirect(link.connect_url)


@router.get("/console/connected", middlewares=signed_in("read"))
def show_connected() -> Response[str]:
    """The page to which the browser returns after the consent. It shows what was connected, or why nothing was."""
    outcome = _outcome()
    query = BaseRouter.current_event.query_string_parameters
    status = http_status(outcome.code) if isinstance(outcome, Problem) and "error" not in query else 200
    account = outcome if isinstance(outcome, Account) else None
    return page(
        "connected.html",
        status,
        shown=account and shown_account(account),
        abilities=account and shown_abilities(account),
        other=account is not None and query.get("account", account.account_id) != account.account_id,
        connection=shown_connection(outcome) if isinstance(outcome, BusinessConnection) else None,
        missing=_missing_scopes(query.get("missing_scopes", "")),
        in_window="window" in query,
        may_not=refusals_of(caller()),
        problem=outcome if isinstance(outcome, Problem) else None,
    )


def _outcome() -> Account | BusinessConnection | Problem:
    query = BaseRouter.current_event.query_string_parameters
    if code := query.get("error"):
        return problem(known_code(code))
    connected = query.get("connected", "")
    find = visible_connection if connected.startswith("biz_") else visible_account
    return find(connected, caller())


def _missing_scopes(named: str) -> list[str]:
    """The scopes in `named` that this deployment requests. Others are left out, because anyone can edit an address."""
    return [scope for scope in listed(settings().tiktok_scopes) if scope in named.split(",")]


def _asked_user(form: dict[str, str]) -> str | Problem:
    """The user in the form, or the user to whom the key is bound. If there is neither, "", which the rules for links
    refuse.
    """
    user_id = caller().asked_user(form.get("user_id") or None)
    return "" if user_id is None else user_id


def _return_to(form: dict[str, str], account_id: str | None = None) -> str:
    """The address of `show_connected`. Its parameter `window` means that the person connects in a separate window.

    Its parameter `account` names the account that the person connects again.
    """
    kept = {"window": form.get("window"), "account": account_id}
    query = urlencode({name: value for name, value in kept.items() if value})
    return f"{public_url()}/console/connected?{query}" if query else f"{public_url()}/console/connected"


def _form() -> dict[str, str]:
    return form_of(BaseRouter.current_event.raw_event)
