"""/v1/accounts: the connected accounts."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from answers import Id, json, needs, refused
from dropcast.accounts.account_store import accounts_of_user, get_account
from dropcast.accounts.models import Account
from dropcast.clock import iso
from dropcast.errors import problem

router = APIGatewayHttpRouter()


@router.get("/v1/accounts", middlewares=needs("read"))
def list_accounts(user_id: Annotated[str, Query(min_length=1, max_length=256)]) -> Response[Any]:
    """The accounts of one user."""
    return json(200, {"items": [_account_view(account) for account in accounts_of_user(user_id)], "next": None})


@router.get("/v1/accounts/<account_id>", middlewares=needs("read"))
def show_account(account_id: Id) -> Response[Any]:
    """One account."""
    account = get_account(account_id)
    return refused(problem("not_found", what="account")) if account is None else json(200, _account_view(account))


def _account_view(account: Account) -> dict[str, Any]:
    return {
        "account_id": account.account_id,
        "user_id": account.user_id,
        "open_id": account.open_id,
        "username": account.username,
        "nickname": account.nickname,
        "avatar_url": account.avatar_url,
        "status": account.status,
        "scopes": sorted(account.scopes),
        "connected_at": iso(account.connected_at),
    }
