"""Disconnects a business connection: revokes the grant at TikTok if possible, and always erases the tokens."""

from dropcast.accounts import partner_secrets
from dropcast.accounts.business.connection_store import get_business, save_business_disconnection
from dropcast.accounts.business.fresh_token import get_business_token
from dropcast.accounts.business.models import BusinessConnection
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.tiktok.business import oauth
from dropcast.tiktok.business.problems import business_problem

_REVOKE_WITHIN_S = 10


@retry_on_conflict(tries=4)
def disconnect_business(connection_id: str) -> BusinessConnection | Problem | Conflict:
    """Disconnect the connection and return it. Its tokens are erased even if TikTok does not revoke them.

    A disconnected connection stays as it is. Problem: `not_found`.
    """
    connection = get_business(connection_id)
    if connection is None:
        return problem("not_found", what="business connection", connection_id=connection_id)
    if connection.status == "disconnected":
        return connection
    return save_business_disconnection(connection, revoked=_revoke(connection)) or CONFLICT


def _revoke(connection: BusinessConnection) -> bool:
    """Revoke the grant at TikTok. False if that failed. TikTok has no call that revokes an advertiser's grant."""
    app = partner_secrets.business_app()
    if connection.kind == "advertiser" or app is None:
        return False
    token = get_business_token(connection.connection_id, outlive_s=_REVOKE_WITHIN_S)
    if isinstance(token, Problem):
        refusal = token
    else:
        answer = oauth.revoke_holder(partner_secrets.business_within(_REVOKE_WITHIN_S), app, token)
        refusal = business_problem(answer) if answer else None
    if refusal:
        logger.warning("business_connection.not_revoked", connection_id=connection.connection_id, code=refusal.code)
    return refusal is None
