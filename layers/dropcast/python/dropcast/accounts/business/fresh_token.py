"""Returns a business connection's access token, which stays valid for a whole call to TikTok.

The rules are those for an account's tokens, but an advertiser's token is never refreshed. It works until TikTok rejects
it.
"""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import partner_secrets
from dropcast.accounts.business.connection_store import get_business
from dropcast.accounts.business.token_store import (
    BusinessTokens,
    get_business_tokens,
    mark_business_reconnect_needed,
    save_renewed_tokens,
)
from dropcast.accounts.tokens.refresh_under_lease import (
    CALL_S,
    Attempt,
    TokenOwner,
    call_with,
    get_fresh_tokens,
    open_access_token,
)
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.tiktok.business.client import TOKEN_DEAD
from dropcast.tiktok.business.oauth import BusinessApp, HolderRenewal, refresh_holder
from dropcast.tiktok.business.problems import business_problem
from dropcast.tiktok.client import Refused, Unanswered

Answer = TypeVar("Answer")


def get_business_token(connection_id: str, *, outlive_s: int) -> SecretStr | Problem:
    """The connection's token. It is valid for at least `outlive_s` more seconds if TikTok's tokens last that long.

    Problems: `not_found`, `business_not_connected`, `business_reconnect_needed`, `business_app_changed`,
    `business_not_set`, `tiktok_unanswered` (retry), or TikTok's refusal of Dropcast's app.
    """

    def is_good(tokens: BusinessTokens) -> bool:
        return tokens.access_expires_at is None or tokens.access_expires_at > clock.now() + outlive_s

    return open_access_token(get_fresh_tokens(_owner(connection_id), is_good))


def call_with_business_token(
    connection_id: str, call: Callable[[SecretStr], Answer | Refused | Unanswered]
) -> Answer | Refused | Unanswered | Problem:
    """TikTok's answer to `call`, which takes the token. Calls once more if TikTok rejects the token.

    Problems as for `get_business_token`.
    """
    token = get_business_token(connection_id, outlive_s=CALL_S)
    return call_with(token, call, partial(_replace_rejected_token, connection_id), TOKEN_DEAD)


def refresh_business_if_due(connection_id: str) -> Problem | None:
    """Refresh the connection's tokens if they are due. Returns None if they are fresh afterwards.

    Problems as for `get_business_token`.
    """
    outcome = get_fresh_tokens(
        _owner(connection_id), lambda tokens: tokens.due_at is None or tokens.due_at > clock.now()
    )
    return outcome if isinstance(outcome, Problem) else None


def _replace_rejected_token(connection_id: str, rejected: SecretStr) -> SecretStr | Problem:
    """Get a newer token. An advertiser's connection has only one token, so the connection ends when TikTok rejects that
    token.
    """

    def is_rejected(tokens: BusinessTokens) -> bool:
        return tokens.access_token() == rejected

    tokens = get_fresh_tokens(
        _owner(connection_id), lambda tokens: tokens.sealed_refresh_token is None or not is_rejected(tokens)
    )
    if isinstance(tokens, BusinessTokens) and tokens.sealed_refresh_token is None and is_rejected(tokens):
        tokens = _give_up(tokens, None)
    return open_access_token(tokens)


def _owner(connection_id: str) -> TokenOwner[BusinessTokens, HolderRenewal]:
    return TokenOwner(
        {"connection_id": connection_id},
        lease_name=lambda tokens: tokens.connection_id,
        read=partial(_read, connection_id),
        prepare=_prepare_refresh,
        conclude=_conclude,
    )


def _read(connection_id: str) -> BusinessTokens | Problem:
    tokens = get_business_tokens(connection_id)
    if tokens and not tokens.dead:
        return tokens
    if tokens:
        return problem("business_reconnect_needed", connection_id=connection_id)
    if get_business(connection_id):
        return problem("business_not_connected", connection_id=connection_id)
    return problem("not_found", what="business connection", connection_id=connection_id)


def _prepare_refresh(
    tokens: BusinessTokens,
) -> Callable[[BusinessTokens, int], Attempt[BusinessTokens, HolderRenewal]] | Problem:
    """The call that refreshes `tokens`.

    Problems: `business_not_set`, `business_app_changed` (a different app got the tokens). Dropcast's present app cannot
    refresh the tokens of a different app, but they may still be valid.
    """
    app = partner_secrets.business_app()
    if app is None:
        return problem("business_not_set", missing="its app")
    if app.app_id != tokens.app_id:
        return problem("business_app_changed", connection_id=tokens.connection_id)
    return partial(_refresh_at_tiktok, app, tokens.refresh_token())


def _refresh_at_tiktok(
    app: BusinessApp, refresh_token: SecretStr, tokens: BusinessTokens, seconds: int
) -> Attempt[BusinessTokens, HolderRenewal]:
    asked_at = clock.now()
    return Attempt(tokens, refresh_holder(partner_secrets.business_within(seconds), app, refresh_token), asked_at)


def _conclude(attempt: Attempt[BusinessTokens, HolderRenewal]) -> BusinessTokens | Problem:
    old = attempt.tokens
    match attempt.answer:
        case HolderRenewal() as renewal:
            if renewal.open_id not in (None, old.business_id):
                raise RuntimeError("TikTok answered a refresh with the tokens of another account")
            save_renewed_tokens(old, renewal, asked_at=attempt.asked_at)
            return _read(old.connection_id)
        case Refused(code=code, log_id=log_id) if code in TOKEN_DEAD:
            return _give_up(old, log_id)
        case (Refused() | Unanswered()) as failure:
            return business_problem(failure)


def _give_up(tokens: BusinessTokens, log_id: str | None) -> BusinessTokens | Problem:
    """Mark the connection as `reconnect_needed`, because TikTok no longer accepts `tokens`.

    Changes nothing if other tokens are stored now, and returns those.
    """
    if not mark_business_reconnect_needed(tokens):
        return _read(tokens.connection_id)
    logger.warning("business_connection.lost", connection_id=tokens.connection_id, log_id=log_id)
    return problem("business_reconnect_needed", log_id=log_id, connection_id=tokens.connection_id)
