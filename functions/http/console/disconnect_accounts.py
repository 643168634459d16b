"""Disconnects an account or a business connection: a page that says what will happen, and its button."""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.account_store import visible_account
from dropcast.accounts.business.connection_store import visible_connection
from dropcast.accounts.business.disconnect_business import disconnect_business
from dropcast.accounts.disconnect import disconnect
from dropcast.errors.problem import Problem
from dropcast.log import logger

from .account_views import shown_account, shown_connection
from .answers import page, redirect
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()


@router.get("/console/accounts/<account_id>/disconnect", middlewares=signed_in("admin"))
def confirm_disconnect(account_id: str) -> Response[str]:
    """The page that asks the person to confirm the disconnection of the account."""
    account = visible_account(account_id, caller())
    return refused(account) if isinstance(account, Problem) else page("disconnect.html", shown=shown_account(account))


@router.post("/console/accounts/<account_id>/disconnect", middlewares=signed_in("admin"))
def disconnect_account(account_id: str) -> Response[str]:
    """Disconnect the account, as DELETE /v1/accounts/{account_id} does."""
    ended = disconnect(account_id)
    if isinstance(ended, Problem):
        return refused(ended)
    logger.info("account.disconnected", account_id=account_id, revoked=ended.revoked, by_key_id=caller().key_id)
    return redirect(f"/console/accounts/{account_id}")


@router.get("/console/business-connections/<connection_id>/disconnect", middlewares=signed_in("admin"))
def confirm_business_disconnect(connection_id: str) -> Response[str]:
    """The page that asks the person to confirm the end of the business connection."""
    found = visible_connection(connection_id, caller())
    if isinstance(found, Problem):
        return refused(found)
    return page("disconnect_business.html", shown=shown_connection(found))


@router.post("/console/business-connections/<connection_id>/disconnect", middlewares=signed_in("admin"))
def disconnect_connection(connection_id: str) -> Response[str]:
    """End the business connection, as DELETE /v1/business-connections/{connection_id} does."""
    ended = disconnect_business(connection_id)
    if isinstance(ended, Problem):
        return refused(ended)
    logger.info("business_connection.disconnected", connection_id=connection_id, by_key_id=caller().key_id)
    return redirect(f"/console/accounts/{ended.account_id}" if ended.account_id else "/console/accounts")
