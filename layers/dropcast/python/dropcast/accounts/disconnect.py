"""Ends a connection because a caller disconnects it, or because TikTok reports its end (protocol sections 1.6, 7)."""

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import account_of_open_id, get_account
from dropcast.accounts.business.connection_store import connections_for
from dropcast.accounts.business.disconnect_business import disconnect_business
from dropcast.accounts.connect.confirmation_store import Confirmation, get_waiting
from dropcast.accounts.models import Account, EndReason
from dropcast.accounts.tokens.fresh_token import call_with_token, get_fresh_token, replace_rejected_token
from dropcast.accounts.tokens.save_disconnection import save_disconnection
from dropcast.accounts.tokens.token_versions import get_token_versions
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.tiktok import oauth
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.display_api import user_info
from dropcast.tiktok.problems import to_problem
from dropcast.tiktok.webhooks import WebhookEvent

_REASONS: dict[str | None, EndReason] = {
    "1": "removed_at_tiktok",
    "2": "account_deleted",
    "3": "age_changed",
    "4": "banned",
    "5": "revoked",
}
_REVOKE_WITHIN_S = 10
_PROBE_WITHIN_S = 10


def disconnect(account_id: str) -> Account | Problem:
    """Disconnect the account and return it. Dropcast revokes the grant at TikTok if TikTok answers.

    The tokens are erased in any case. The account's row and history stay. An account that is already disconnected stays
    as it is. Every business connection for the account's comments ends too, and no consent can create a new one.
    Problem: `account_not_found`.
    """
    ended = _disconnect(account_id)
    if isinstance(ended, Account):
        for comments in connections_for(account_id):
            disconnect_business(comments.connection_id)
    return ended


@retry_on_conflict(tries=4)
def _disconnect(account_id: str) -> Account | Problem | Conflict:
    account = get_account(account_id)
    if account is None:
        return problem("account_not_found", account_id=account_id)
    if account.status == "disconnected":
        return account
    return save_disconnection(account, "disconnected_here", revoked=_revoke(account)) or CONFLICT


def handle_removal(event: WebhookEvent) -> Account | Problem | None:
    """Handle TikTok's webhook that a connection has ended.

    If TikTok no longer accepts the account's tokens, disconnect the account and return it. For an account that waits
    for its confirmation, the waiting tokens are checked. If TikTok does not accept them, their confirmation code
    becomes void.
    None: the event is older than the connection, concerns no connected account, or the tokens work. A Problem: TikTok
    does not say at present whether the tokens work, so the caller should retry.
    """
    account = account_of_open_id(event.open_id) if event.open_id else None
    if account is None or account.status == "disconnected":
        return None
    waiting = _waiting(account) if account.status == "unconfirmed" else None
    if event.create_time < (waiting.granted_at if waiting else account.connected_at):
        return None
    alive = _ask_if_alive(account, waiting)
    if isinstance(alive, Problem):
        return alive
    return None if alive else save_disconnection(account, _REASONS.get(event.reason, "unknown"), revoked=True)


def _waiting(account: Account) -> Confirmation | None:
    """The account's newest pair of tokens that waits to be confirmed. None if the time to confirm it is over."""
    code_hash = get_token_versions(account.account_id).waiting
    return get_waiting(code_hash) if code_hash else None


def _revoke(account: Account) -> bool:
    """Revoke the grant at TikTok. False if that failed, or if there is no valid token with which to revoke it."""
    if account.status == "unconfirmed":
        waiting = _waiting(account)
        return waiting is not None and _is_revoked(account, _revoke_with(waiting.grant.access_token))
    token = get_fresh_token(account.account_id, outlive_s=_REVOKE_WITHIN_S, read_only=True)
    refusal = token if isinstance(token, Problem) else _revoke_with(token)
    if isinstance(token, SecretStr) and isinstance(refusal, Refused):
        # A running refresh may have replaced this token just now.
        newer = replace_rejected_token(account.account_id, token)
        refusal = newer if isinstance(newer, Problem) else _revoke_with(newer)
    return _is_revoked(account, refusal)


def _is_revoked(account: Account, refusal: Problem | Refused | Unanswered | None) -> bool:
    if refusal is not None:
        code = (refusal if isinstance(refusal, Problem) else to_problem(refusal)).code
        logger.warning("account.not_revoked", account_id=account.account_id, code=code)
    return refusal is None


def _revoke_with(token: SecretStr) -> Refused | Unanswered | None:
    return oauth.revoke(tiktok_app.tiktok_within(_REVOKE_WITHIN_S), tiktok_app.app_credentials(), token)


def _ask_if_alive(account: Account, waiting: Confirmation | None) -> bool | Problem:
    """Ask TikTok whether it still accepts the waiting tokens. Without waiting tokens, ask about the account's own."""
    tiktok = tiktok_app.tiktok_within(_PROBE_WITHIN_S)
    if waiting and clock.now() >= waiting.granted_at + waiting.grant.expires_in:
        return True  # an expired token proves nothing, and a refresh would replace the waiting pair
    if waiting:
        answer = user_info(tiktok, waiting.grant.access_token, waiting.grant.scopes)
    else:
        answer = call_with_token(
            account.account_id, lambda token: user_info(tiktok, token, account.scopes), read_only=True
        )
    match answer:
        case Problem(code="reconnect_needed") | Refused(code="access_token_invalid"):
            return False
        case Problem() as why:
            return why
        case (Unanswered() | Refused(code="rate_limit_exceeded")) as later:
            return to_problem(later)
        case _:
            return True  # TikTok answers, or refuses for another reason, only if the token is valid
