"""/v1/accounts: the connected accounts, what they can do, and how one is let go."""

from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from dropcast.accounts.account_list_store import get_accounts_page
from dropcast.accounts.account_store import set_drop_defaults, visible_account
from dropcast.accounts.creator import recheck_creator
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import AccountStatus
from dropcast.accounts.tokens.refresh_queue import queue_refresh
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.drops.drop_options import DropDefaults

from .account_views import AccountDetailView, AccountsView, AccountView, account_detail_view, account_view
from .answers import Id, caller, documented, needs, refused, view
from .refusals import ACTIVE_ACCOUNT

logger = Logger(child=True)
router = APIGatewayHttpRouter()


class QueuedView(BaseModel):
    """What will be done soon."""

    account_id: str
    queued: bool = True


class DropDefaultsView(BaseModel):
    """The options of drops that say nothing else."""

    account_id: str
    drop_defaults: dict[str, Any]


@router.get(
    "/v1/accounts",
    middlewares=needs("read"),
    responses=documented(200, "A page of accounts", AccountsView, "not_found"),
)
def list_accounts(
    user_id: Annotated[str | None, Query(min_length=1, max_length=256)] = None,
    status: Annotated[AccountStatus | None, Query()] = None,
    after: Annotated[str | None, Query(alias="next", min_length=1, max_length=400)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Response[Any]:
    """The accounts of one user, of one status, or all; `next` of a page asks for the one after it."""
    page = get_accounts_page(caller(), user_id=user_id, status=status, after=after, limit=limit)
    if isinstance(page, Problem):
        return refused(page)
    return view(200, AccountsView(items=[account_view(account) for account in page.accounts], next=page.next))


@router.get(
    "/v1/accounts/<account_id>",
    middlewares=needs("read"),
    responses=documented(200, "The account", AccountDetailView, "account_not_found"),
)
def show_account(account_id: Id) -> Response[Any]:
    """One account, and what it can and cannot do now. TikTok is asked if nobody has for ten minutes."""
    account = visible_account(account_id, caller())
    if isinstance(account, Problem):
        return refused(account)
    return view(200, account_detail_view(recheck_creator(account) or account))


@router.post(
    "/v1/accounts/<account_id>/refresh",
    middlewares=needs("publish"),
    responses=documented(202, "Its tokens will be refreshed", QueuedView, *ACTIVE_ACCOUNT, "refresh_too_soon"),
)
def refresh(account_id: Id) -> Response[Any]:
    """Have the account's tokens refreshed soon, once a minute at most. Dropcast renews them in time by itself."""
    if why := queue_refresh(account_id, caller()):
        return refused(why)
    return view(202, QueuedView(account_id=account_id))


@router.put(
    "/v1/accounts/<account_id>/drop-defaults",
    middlewares=needs("publish"),
    responses=documented(200, "The defaults as they are now", DropDefaultsView, "account_not_found"),
)
def put_drop_defaults(account_id: Id, request: DropDefaults) -> Response[Any]:
    """The options of every drop that says nothing else; they take the place of those before."""
    account = set_drop_defaults(account_id, request.chosen(), caller())
    if isinstance(account, Problem):
        return refused(account)
    return view(200, DropDefaultsView(account_id=account_id, drop_defaults=account.drop_defaults))


@router.delete(
    "/v1/accounts/<account_id>",
    middlewares=needs("admin"),
    responses=documented(200, "The account as it is kept", AccountView, "account_not_found"),
)
def disconnect_account(account_id: Id) -> Response[Any]:
    """Disconnect the account: the grant given back to TikTok, tokens erased, waiting publishes failed; history stays.

    `revoked_at_tiktok` is false where TikTok did not confirm it; its owner can then remove the app in the TikTok app.
    """
    account = disconnect(account_id)
    if isinstance(account, Problem):
        return refused(account)
    logger.info("account disconnected", account_id=account_id, revoked=account.revoked)
    return view(200, account_view(account))
