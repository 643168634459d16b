"""An access token that outlives its call: one code path for every caller, one refresh at a time (protocol 1.3, 1.4).

A refresh kills the old refresh token, so it runs under a lease, and the new pair is durable before anyone uses it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import get_account
from dropcast.accounts.tokens import refresh_due_time, refresh_log
from dropcast.accounts.tokens.lease_store import Lease
from dropcast.accounts.tokens.refresh_under_lease import (
    FIRST_TRY_S,
    LEAST_TRY_S,
    RETRY_PAUSE_S,
    refresh_deadline,
    refresh_in_turn,
)
from dropcast.accounts.tokens.token_metadata_store import (
    extend_use,
    note_attempt,
    send_expiring_event,
    write_refresh_log,
)
from dropcast.accounts.tokens.token_store import StoredTokens, get_tokens, mark_reconnect_needed, save_refreshed_tokens
from dropcast.aws.clients import AWS_ERRORS
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok import oauth
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import TokenGrant
from dropcast.tiktok.problems import to_problem

_DAY_S = 24 * 3600
_logger = Logger(child=True)


def get_fresh_token(account_id: str, *, outlive_s: int, to_look: bool = False) -> SecretStr | Problem:
    """The account's access token, good for at least `outlive_s` more seconds where TikTok gives one that long.

    Asking for it counts as using the account, unless it is only `to_look` at something. Problems: `account_not_found`,
    `reconnect_needed`, `app_changed`, `tiktok_unanswered` (try again), or TikTok's own refusal of our app.
    """
    tokens = _good_tokens(account_id, lambda tokens: tokens.access_expires_at > clock.now() + outlive_s)
    if isinstance(tokens, Problem):
        return tokens
    if not to_look:
        _note_use(tokens)
    return tokens.access_token()


def replace_rejected_token(account_id: str, access_token: SecretStr) -> SecretStr | Problem:
    """Another token than `access_token`, which TikTok called invalid: the stored one if it changed since, else a new.

    Problems as for `fresh_access_token`. Ask once per call to TikTok, not in a loop.
    """
    tokens = _good_tokens(account_id, lambda tokens: tokens.access_token() != access_token)
    return tokens if isinstance(tokens, Problem) else tokens.access_token()


def refresh_if_due(account_id: str, *, asked_at: int = 0) -> Problem | None:
    """Refresh the account's tokens if they are due, or older than a person's wish of `asked_at`; None when fresh.

    Tells `account.expiring`, once, when the connection ends within 14 days. Problems as for `fresh_access_token`.
    """
    outcome = _good_tokens(account_id, lambda tokens: tokens.due_at > clock.now() and tokens.refreshed_at >= asked_at)
    stored = get_tokens(account_id) if isinstance(outcome, Problem) else outcome
    if stored and not stored.dead and stored.refresh_expires_at - clock.now() <= refresh_due_time.EXPIRING_S:
        send_expiring_event(stored)
    return outcome if isinstance(outcome, Problem) else None


def keep_warm_until(account_id: str, at: int) -> None:
    """Keep the account warm at least until `at` (seconds since the epoch): something is scheduled on it then."""
    tokens = get_tokens(account_id)
    if tokens and tokens.in_use_until < at:
        extend_use(tokens, at)


def _note_use(tokens: StoredTokens) -> None:
    """Keep the account warm, noted to the day; whoever needs its token gets it even if that cannot be written."""
    until = refresh_due_time.in_use_until(clock.now())
    if until - tokens.in_use_until < _DAY_S:
        return
    try:
        extend_use(tokens, until)
    except AWS_ERRORS as error:
        _logger.warning("use not noted", account_id=tokens.account_id, error=type(error).__name__)


def _good_tokens(account_id: str, good: Callable[[StoredTokens], bool]) -> StoredTokens | Problem:
    tokens = _stored(account_id)
    return tokens if isinstance(tokens, Problem) or good(tokens) else _renewed(tokens)


def _stored(account_id: str) -> StoredTokens | Problem:
    tokens = get_tokens(account_id)
    if tokens and not tokens.dead:
        return tokens
    if tokens or get_account(account_id):
        return problem("reconnect_needed", account_id=account_id)
    return problem("account_not_found", account_id=account_id)


def _newer(seen: StoredTokens) -> StoredTokens | Problem | None:
    """The stored tokens if they are no longer the `seen` ones, or what is wrong; None while nothing changed."""
    tokens = _stored(seen.account_id)
    return tokens if isinstance(tokens, Problem) or tokens.version != seen.version else None


def _renewed(seen: StoredTokens) -> StoredTokens | Problem:
    """Newer tokens than `seen`: by our own refresh, or from whoever holds the lease."""
    outcome = refresh_in_turn(seen.open_id, seen, lambda: _stored(seen.account_id), _refreshed)
    return outcome or _later(seen, "another refresh of this account came to nothing")


def _refreshed(tokens: StoredTokens, lease: Lease) -> StoredTokens | Problem:
    """Ask TikTok, and once more if its answer got lost: it may not have rotated then.

    Another TikTok app than the one that these tokens are of is not asked: it would not know them, and they may be good.
    """
    if tokens.client_key not in (None, tiktok_app.app_credentials().client_key):
        return problem("app_changed", account_id=tokens.account_id)
    refresh_token = tokens.refresh_token()
    until = refresh_deadline(lease)
    if until - clock.monotonic() < FIRST_TRY_S:
        return _later(tokens, "too little time was left for a refresh")
    told = _ask(tokens, refresh_token, FIRST_TRY_S)
    if told and isinstance(told.answer, Unanswered) and told.answer.may_have_arrived:
        clock.sleep(RETRY_PAUSE_S)
        left_s = int(until - clock.monotonic())
        told = _ask(told.tokens, refresh_token, left_s) if left_s >= LEAST_TRY_S else told
    return _concluded(told) if told else _stored(tokens.account_id)


@dataclass(frozen=True)
class _Told:
    """What TikTok answered; `tokens` are the ones it was asked to refresh, with the answer in their journal."""

    tokens: StoredTokens
    answer: TokenGrant | Refused | Unanswered
    asked_at: int


def _ask(tokens: StoredTokens, refresh_token: SecretStr, seconds: int) -> _Told | None:
    """One refresh at TikTok, journalled before; None, and TikTok unasked, if these are not the stored tokens."""
    noted = note_attempt(tokens)
    if noted is None:
        return None
    asked_at = clock.now()
    answer = oauth.refresh(tiktok_app.tiktok_within(seconds), tiktok_app.app_credentials(), refresh_token)
    return _Told(replace(noted, journal=refresh_log.with_outcome(noted.journal, answer)), answer, asked_at)


def _concluded(told: _Told) -> StoredTokens | Problem:
    match told.answer:
        case TokenGrant():
            return _kept(told.tokens, told.answer, told.asked_at)
        case Refused(code="invalid_grant"):
            return _given_up(told.tokens, told.answer)
        case _:
            write_refresh_log(told.tokens)
            return to_problem(told.answer)


def _kept(old: StoredTokens, grant: TokenGrant, asked_at: int) -> StoredTokens | Problem:
    if grant.open_id != old.open_id:
        raise RuntimeError("TikTok answered a refresh with the tokens of another account")
    return save_refreshed_tokens(old, grant, asked_at=asked_at) or _stored(old.account_id)


def _given_up(tokens: StoredTokens, answer: Refused) -> StoredTokens | Problem:
    """TikTok no longer knows this refresh token. Only if it is still the stored one is the connection lost."""
    if newer := _newer(tokens):
        return newer
    mark_reconnect_needed(tokens)
    reason = tokens.loss_reason()
    lost = problem("reconnect_needed", log_id=answer.log_id, account_id=tokens.account_id, reason=reason)
    newer = _newer(tokens)
    return newer if isinstance(newer, StoredTokens) else lost


def _later(tokens: StoredTokens, reason: str) -> Problem:
    return problem("tiktok_unanswered", reason=reason, account_id=tokens.account_id)
