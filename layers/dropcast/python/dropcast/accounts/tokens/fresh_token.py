"""Gives an account's access token to all code that calls TikTok (protocol sections 1.3, 1.4).

The token stays valid for a whole call to TikTok.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import get_account
from dropcast.accounts.tokens import refresh_due_time, refresh_log
from dropcast.accounts.tokens.refresh_log_and_use_store import (
    extend_use,
    note_attempt,
    send_expiring_event,
    write_refresh_log,
)
from dropcast.accounts.tokens.refresh_under_lease import (
    CALL_S,
    Attempt,
    TokenOwner,
    call_with,
    get_fresh_tokens,
    replace_rejected,
)
from dropcast.accounts.tokens.token_store import (
    StoredTokens,
    get_tokens,
    mark_reconnect_needed,
    save_refreshed_tokens,
)
from dropcast.aws.clients import AWS_ERRORS
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.tiktok import oauth
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import TokenGrant
from dropcast.tiktok.problems import to_problem

_DAY_S = 24 * 3600

Answer = TypeVar("Answer")


def get_fresh_token(account_id: str, *, outlive_s: int, read_only: bool = False) -> SecretStr | Problem:
    """The account's access token. It is valid for at least `outlive_s` more seconds if TikTok's tokens last that long.

    The call counts as a use of the account, unless it is `read_only`. The tokens of an account in use are kept fresh.
    Problems: `account_not_found`, `reconnect_needed`, `app_changed`, `tiktok_unanswered` (retry), or TikTok's refusal
    of Dropcast's app.
    """
    tokens = get_fresh_tokens(_owner(account_id), lambda tokens: tokens.access_expires_at > clock.now() + outlive_s)
    if isinstance(tokens, Problem):
        return tokens
    if not read_only:
        _note_use(tokens)
    return tokens.access_token()


def call_with_token(
    account_id: str, call: Callable[[SecretStr], Answer | Refused | Unanswered], *, read_only: bool = False
) -> Answer | Refused | Unanswered | Problem:
    """TikTok's answer to `call`, which takes the access token. Calls once more if TikTok rejects the token.

    `read_only` and problems as for `get_fresh_token`.
    """
    token = get_fresh_token(account_id, outlive_s=CALL_S, read_only=read_only)
    return call_with(token, call, partial(replace_rejected_token, account_id), ("access_token_invalid",))


def replace_rejected_token(account_id: str, access_token: SecretStr) -> SecretStr | Problem:
    """A token to use in place of the rejected `access_token`.

    If the stored token has changed, the function returns the stored token. Otherwise it gets a new token. Problems as
    for `get_fresh_token`. Call this function once per call to TikTok, not in a loop.
    """
    return replace_rejected(_owner(account_id), access_token)


def refresh_if_due(account_id: str, *, asked_at: int = 0) -> Problem | None:
    """Refresh the account's tokens if they are due, or older than `asked_at`.

    Returns None if they are fresh afterwards. `asked_at` is the time at which a person requested a refresh. Sends
    `account.expiring` once if the connection ends within 14 days. Problems as for `get_fresh_token`.
    """
    outcome = get_fresh_tokens(
        _owner(account_id), lambda tokens: tokens.due_at > clock.now() and tokens.refreshed_at >= asked_at
    )
    stored = get_tokens(account_id) if isinstance(outcome, Problem) else outcome
    if stored and not stored.dead and stored.refresh_expires_at - clock.now() <= refresh_due_time.EXPIRING_S:
        send_expiring_event(stored)
    return outcome if isinstance(outcome, Problem) else None


def keep_warm_until(account_id: str, at: int) -> None:
    """Count the account as in use until `at` (seconds since the epoch) or later, because a publish is scheduled for
    `at`.
    """
    tokens = get_tokens(account_id)
    if tokens and tokens.in_use_until < at:
        extend_use(tokens, at)


def _note_use(tokens: StoredTokens) -> None:
    """Record, at most once a day, that the account is in use. The caller gets its token even if this write fails."""
    until = refresh_due_time.in_use_until(clock.now())
    if until - tokens.in_use_until < _DAY_S:
        return
    try:
        extend_use(tokens, until)
    except AWS_ERRORS as error:
        logger.warning("account_use.note_failed", account_id=tokens.account_id, error=type(error).__name__)


def _owner(account_id: str) -> TokenOwner[StoredTokens, TokenGrant]:
    return TokenOwner(
        {"account_id": account_id},
        lease_name=lambda tokens: tokens.open_id,
        read=partial(_read, account_id),
        prepare=_prepare_refresh,
        conclude=_conclude,
    )


def _read(account_id: str) -> StoredTokens | Problem:
    tokens = get_tokens(account_id)
    if tokens and not tokens.dead:
        return tokens
    if tokens or get_account(account_id):
        return problem("reconnect_needed", account_id=account_id)
    return problem("account_not_found", account_id=account_id)


def _prepare_refresh(
    tokens: StoredTokens,
) -> Callable[[StoredTokens, int], Attempt[StoredTokens, TokenGrant] | None] | Problem:
    """The call that refreshes `tokens`.

    Problem `app_changed`: a different TikTok app got the tokens. Dropcast's present app cannot refresh such tokens, but
    they may still be valid.
    """
    if tokens.client_key not in (None, tiktok_app.app_credentials().client_key):
        return problem("app_changed", account_id=tokens.account_id)
    return partial(_refresh_at_tiktok, tokens.refresh_token())


def _refresh_at_tiktok(
    refresh_token: SecretStr, tokens: StoredTokens, seconds: int
) -> Attempt[StoredTokens, TokenGrant] | None:
    """Refresh once at TikTok.

    The refresh log gets an entry before the call. The tokens of the returned attempt have a log with the answer.
    Returns None, without a call to TikTok, if different tokens are stored now, or if `tokens` are dead.
    """
    noted = note_attempt(tokens)
    if noted is None:
        return None
    asked_at = clock.now()
    answer = oauth.refresh(tiktok_app.tiktok_within(seconds), tiktok_app.app_credentials(), refresh_token)
    return Attempt(replace(noted, journal=refresh_log.with_outcome(noted.journal, answer)), answer, asked_at)


def _conclude(attempt: Attempt[StoredTokens, TokenGrant]) -> StoredTokens | Problem:
    old = attempt.tokens
    match attempt.answer:
        case TokenGrant() as grant:
            if grant.open_id != old.open_id:
                raise RuntimeError("TikTok answered a refresh with the tokens of another account")
            return save_refreshed_tokens(old, grant, asked_at=attempt.asked_at) or _read(old.account_id)
        case Refused(code="invalid_grant") as refusal:
            return _give_up(old, refusal.log_id)
        case (Refused() | Unanswered()) as failure:
            write_refresh_log(old)
            return to_problem(failure)


def _give_up(tokens: StoredTokens, log_id: str | None) -> StoredTokens | Problem:
    """Mark the account as `reconnect_needed`, because TikTok no longer accepts `tokens`.

    Changes nothing if other tokens are stored now, and returns those.
    """
    stored = _read(tokens.account_id)
    if isinstance(stored, Problem) or stored.version != tokens.version:
        return stored
    tokens = replace(tokens, journal=refresh_log.merged(stored.journal, tokens.journal))
    mark_reconnect_needed(tokens)
    stored = _read(tokens.account_id)
    if isinstance(stored, StoredTokens) and stored.version != tokens.version:
        return stored
    return problem("reconnect_needed", log_id=log_id, account_id=tokens.account_id, reason=tokens.loss_reason())
