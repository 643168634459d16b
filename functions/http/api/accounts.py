"""/v1/accounts: the connected accounts, what they can do, and their disconnection."""

from typing import Annotated, Any

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
from dropcast.log import logger
from dropcast.publishing.intake.drops.drop_options import DropDefaults

from .account_views import (
    AccountDetailView,
    AccountsView,
    AccountView,
    account_detail_view,
    account_view,
    accounts_view,
)
from .answers import Answer, Id, caller, documented, needs, refused, view, view_or_refusal
from .error_code_groups import ACTIVE_ACCOUNT

router = APIGatewayHttpRouter()


class QueuedView(BaseModel):
    """A queued refresh of an account's tokens."""

    account_id: str
    queued: bool = True


class DropDefaultsView(BaseModel):
    """The default options of an account's drops."""

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
) -> Answer:
    """List all accounts, or those of one user or with one status. Pass a page's `next` to get the following page."""
    page = get_accounts_page(caller(), user_id=user_id, status=status, after=after, limit=limit)
    return view_or_refusal(200, page, accounts_view)


@router.get(
    "/v1/accounts/<account_id>",
    middlewares=needs("read"),
    responses=documented(200, "The account", AccountDetailView, "account_not_found"),
)
def show_account(account_id: Id) -> Answer:
    """Show one account, and what it can and cannot do now.

    Dropcast asks TikTok again about the account if TikTok's last answer is over ten minutes old.
    """
    return view_or_refusal(
        200,
        visible_account(account_id, caller()),
        lambda account: account_detail_view(recheck_creator(account) or account),
    )


@router.post(
    "/v1/accounts/<account_id>/refresh",
    middlewares=needs("publish"),
    responses=documented(202, "The refresh is queued", QueuedView, *ACTIVE_ACCOUNT, "refresh_too_soon"),
)
def refresh(account_id: Id) -> Answer:
    """Queue a refresh of the account's tokens, at most once a minute.

    Even without this request, Dropcast refreshes the tokens before they expire.
    """
    if why := queue_refresh(account_id, caller()):
        return refused(why)
    return view(202, QueuedView(account_id=account_id))


@router.put(
    "/v1/accounts/<account_id>/drop-defaults",
    middlewares=needs("publish"),
    responses=documented(200, "The new defaults", DropDefaultsView, "account_not_found"),
)
def put_drop_defaults(account_id: Id, request: DropDefaults) -> Answer:
    """Replace the default options of the account's drops. A drop's own options override them."""
    return view_or_refusal(
        200,
        set_drop_defaults(account_id, request.chosen(), caller()),
        lambda account: DropDefaultsView(account_id=account_id, drop_defaults=account.drop_defaults),
    )


@router.delete(
    "/v1/accounts/<account_id>",
    middlewares=needs("admin"),
    responses=documented(200, "The disconnected account", AccountView, "account_not_found"),
)
def disconnect_account(account_id: Id) -> Answer:
    """Disconnect the account. Dropcast revokes the grant at TikTok and erases the tokens. Waiting publishes then fail.

    The history stays. `revoked_at_tiktok` is false if TikTok did not confirm the revocation. The account's owner can
    then end your app's access in the TikTok app.
    """
    account = disconnect(account_id)
    if isinstance(account, Problem):
        return refused(account)
    logger.info("account.disconnected", account_id=account_id, revoked=account.revoked)
    return view(200, account_view(account))
