"""A token of TikTok API for Business that outlives its call: refreshed as accounts' tokens are, one at a time.

An advertiser's token is never refreshed: it works until TikTok says that it does not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from aws_lambda_powertools import Logger
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
from dropcast.accounts.tokens.lease_store import Lease
from dropcast.accounts.tokens.refresh_under_lease import (
    FIRST_TRY_S,
    LEAST_TRY_S,
    RETRY_PAUSE_S,
    refresh_deadline,
    refresh_in_turn,
)
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.business import oauth
from dropcast.tiktok.business.client import TOKEN_DEAD
from dropcast.tiktok.business.oauth import BusinessApp, HolderRenewal
from dropcast.tiktok.business.problems import business_problem
from dropcast.tiktok.client import Refused, Unanswered

_CALL_S = 60

Answer = TypeVar("Answer")
_logger = Logger(child=True)


def get_business_token(connection_id: str, *, outlive_s: int) -> SecretStr | Problem:
    """The connection's token, good for at least `outlive_s` more seconds where TikTok gives one that long.

    Problems: `not_found`, `business_not_connected`, `business_reconnect_needed`, `business_app_changed`,
    `business_not_set`, `tiktok_unanswered` (try again), or TikTok's own refusal of our app.
    """
    return _token(_good_tokens(connection_id, lambda tokens: not _ends_by(tokens, clock.now() + outlive_s)))


def call_with_business_token(
    connection_id: str, call: Callable[[SecretStr], Answer | Refused | Unanswered]
) -> Answer | Refused | Unanswered | Problem:
    """What TikTok answers to `call`, which takes the token; asked once more with a newer one if TikTok calls it dead.

    A Problem if there is no token to ask with, as for `business_token`.
    """
    token = get_business_token(connection_id, outlive_s=_CALL_S)
    if isinstance(token, Problem):
        return token
    answer = call(token)
    if not (isinstance(answer, Refused) and answer.code in TOKEN_DEAD):
        return answer
    newer = _token(_good_tokens(connection_id, lambda tokens: tokens.access_token() != token))
    return newer if isinstance(newer, Problem) else call(newer)


def refresh_business_if_due(connection_id: str) -> Problem | None:
    """Refresh the connection's tokens if they are due; None when fresh. Problems as for `business_token`."""
    outcome = _good_tokens(connection_id, lambda tokens: tokens.due_at is None or tokens.due_at > clock.now())
    return outcome if isinstance(outcome, Problem) else None


def _token(tokens: BusinessTokens | Problem) -> SecretStr | Problem:
    return tokens if isinstance(tokens, Problem) else tokens.access_token()


def _ends_by(tokens: BusinessTokens, at: int) -> bool:
    return tokens.access_expires_at is not None and tokens.access_expires_at <= at


def _good_tokens(connection_id: str, good: Callable[[BusinessTokens], bool]) -> BusinessTokens | Problem:
    tokens = _stored(connection_id)
    if isinstance(tokens, Problem) or good(tokens):
        return tokens
    if tokens.sealed_refresh_token is None:
        return _given_up(tokens, None)
    outcome = refresh_in_turn(connection_id, tokens, lambda: _stored(connection_id), _refreshed)
    return outcome or _later(connection_id, "another refresh of this connection came to nothing")


def _stored(connection_id: str) -> BusinessTokens | Problem:
    tokens = get_business_tokens(connection_id)
    if tokens and not tokens.dead:
        return tokens
    if tokens:
        return problem("business_reconnect_needed", connection_id=connection_id)
    if get_business(connection_id):
        return problem("business_not_connected", connection_id=connection_id)
    return problem("not_found", what="business connection", connection_id=connection_id)


def _refreshed(tokens: BusinessTokens, lease: Lease) -> BusinessTokens | Problem:
    """Ask TikTok, and once more if its answer got lost: it may not have rotated then.

    Another app than the one that these tokens are of is not asked: it would not know them, and they may be good.
    """
    app = partner_secrets.business_app()
    if app is None:
        return problem("business_not_set", missing="its app")
    if app.app_id != tokens.app_id:
        return problem("business_app_changed", connection_id=tokens.connection_id)
    refresh_token = tokens.refresh_token()
    until = refresh_deadline(lease)
    if until - clock.monotonic() < FIRST_TRY_S:
        return _later(tokens.connection_id, "too little time was left for a refresh")
    told = _ask(app, refresh_token, FIRST_TRY_S)
    if isinstance(told.answer, Unanswered) and told.answer.may_have_arrived:
        clock.sleep(RETRY_PAUSE_S)
        left_s = int(until - clock.monotonic())
        told = _ask(app, refresh_token, left_s) if left_s >= LEAST_TRY_S else told
    return _concluded(tokens, told)


@dataclass(frozen=True)
class _Told:
    """What TikTok answered to a refresh, and when it was asked."""

    answer: HolderRenewal | Refused | Unanswered
    asked_at: int


def _ask(app: BusinessApp, refresh_token: SecretStr, seconds: int) -> _Told:
    asked_at = clock.now()
    return _Told(oauth.refresh_holder(partner_secrets.business_within(seconds), app, refresh_token), asked_at)


def _concluded(tokens: BusinessTokens, told: _Told) -> BusinessTokens | Problem:
    match told.answer:
        case HolderRenewal() as renewal:
            if renewal.open_id not in (None, tokens.business_id):
                raise RuntimeError("TikTok answered a refresh with the tokens of another account")
            save_renewed_tokens(tokens, renewal, asked_at=told.asked_at)
            return _stored(tokens.connection_id)
        case Refused(code=code) if code in TOKEN_DEAD:
            return _given_up(tokens, told.answer)
        case _:
            return business_problem(told.answer)


def _given_up(tokens: BusinessTokens, answer: Refused | None) -> BusinessTokens | Problem:
    """TikTok no longer knows these. Only if they are still the stored ones is the connection lost."""
    if mark_business_reconnect_needed(tokens):
        log_id = answer.log_id if answer else None
        _logger.warning("business connection lost", connection_id=tokens.connection_id, log_id=log_id)
        return problem("business_reconnect_needed", log_id=log_id, connection_id=tokens.connection_id)
    return _stored(tokens.connection_id)


def _later(connection_id: str, reason: str) -> Problem:
    return problem("tiktok_unanswered", reason=reason, connection_id=connection_id)
