"""An access token that outlives its call: one code path for every caller, one refresh at a time (protocol 1.3, 1.4).

A refresh kills the old refresh token, so it runs under a lease, and the new pair is durable before anyone uses it.
"""

from collections.abc import Callable

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import app
from dropcast.accounts.account_store import get_account
from dropcast.accounts.lease_store import Lease, release_lease, take_lease
from dropcast.accounts.token_store import StoredTokens, get_tokens, give_up, replace_tokens, seal_grant
from dropcast.errors import Problem, problem
from dropcast.tiktok import oauth
from dropcast.tiktok.client import Refused
from dropcast.tiktok.models import TokenGrant
from dropcast.tiktok.problems import to_problem

# Asking TikTok ends at the deadline; the rest of the lease is for sealing and writing.
REFRESH_DEADLINE_S = 40
LEASE_S = REFRESH_DEADLINE_S + 50
PATIENCE_S = REFRESH_DEADLINE_S + 5
_LOOK_AGAIN_S = 0.25


def fresh_access_token(account_id: str, *, outlive_s: int) -> SecretStr | Problem:
    """The account's access token, good for at least `outlive_s` more seconds where TikTok gives one that long.

    Problems: `not_found`, `reconnect_needed`, `tiktok_unanswered` (try again), or TikTok's own refusal of our app.
    """
    return _access_token(account_id, lambda tokens: tokens.access_expires_at > clock.now() + outlive_s)


def refresh_rejected(account_id: str, access_token: SecretStr) -> SecretStr | Problem:
    """Another token than `access_token`, which TikTok called invalid: the stored one if it changed since, else a new.

    Problems as for `fresh_access_token`. Ask once per call to TikTok, not in a loop.
    """
    return _access_token(account_id, lambda tokens: tokens.access_token() != access_token)


def refresh_due(account_id: str) -> Problem | None:
    """Refresh the account's tokens if they are due; None when they are fresh. Problems as for `fresh_access_token`."""
    tokens = _good_tokens(account_id, lambda tokens: tokens.due_at > clock.now())
    return tokens if isinstance(tokens, Problem) else None


def _access_token(account_id: str, good: Callable[[StoredTokens], bool]) -> SecretStr | Problem:
    tokens = _good_tokens(account_id, good)
    return tokens if isinstance(tokens, Problem) else tokens.access_token()


def _good_tokens(account_id: str, good: Callable[[StoredTokens], bool]) -> StoredTokens | Problem:
    tokens = _stored(account_id)
    return tokens if isinstance(tokens, Problem) or good(tokens) else _renewed(tokens)


def _stored(account_id: str) -> StoredTokens | Problem:
    tokens = get_tokens(account_id)
    if tokens and not tokens.dead:
        return tokens
    if tokens or get_account(account_id):
        return problem("reconnect_needed", account_id=account_id)
    return problem("not_found", what="account", account_id=account_id)


def _newer(seen: StoredTokens) -> StoredTokens | Problem | None:
    """The stored tokens if they are no longer the `seen` ones, or what is wrong; None while nothing changed."""
    tokens = _stored(seen.account_id)
    return tokens if isinstance(tokens, Problem) or tokens.version != seen.version else None


def _renewed(seen: StoredTokens) -> StoredTokens | Problem:
    """Newer tokens than `seen`: by our own refresh, or from whoever holds the lease."""
    give_up_at = clock.monotonic() + PATIENCE_S
    waited = False
    while not (lease := take_lease(seen.open_id, LEASE_S)):
        if clock.monotonic() >= give_up_at:
            return _another_refresh(seen)
        clock.sleep(_LOOK_AGAIN_S)
        waited = True
        if newer := _newer(seen):
            return newer
    try:
        return _newer(seen) or _refreshed(seen, lease, waited)
    finally:
        release_lease(lease)


def _refreshed(tokens: StoredTokens, lease: Lease, waited: bool) -> StoredTokens | Problem:
    if waited and not lease.lapsed:
        # Who held it just failed: fifty that waited must not ask TikTok one after the other.
        return _another_refresh(tokens)
    answer = oauth.refresh(app.tiktok_within(REFRESH_DEADLINE_S), app.app_credentials(), tokens.refresh_token())
    match answer:
        case TokenGrant():
            return _kept(tokens, answer)
        case Refused(code="invalid_grant"):
            return _given_up(tokens)
        case _:
            return to_problem(answer)


def _another_refresh(tokens: StoredTokens) -> Problem:
    return problem(
        "tiktok_unanswered", reason="another refresh of this account came to nothing", account_id=tokens.account_id
    )


def _kept(old: StoredTokens, grant: TokenGrant) -> StoredTokens | Problem:
    if grant.open_id != old.open_id:
        raise RuntimeError("TikTok answered a refresh with the tokens of another account")
    new = seal_grant(old.account_id, old.version + 1, grant)
    return new if replace_tokens(new, grant.scopes) else _stored(old.account_id)


def _given_up(tokens: StoredTokens) -> StoredTokens | Problem:
    """TikTok no longer knows this refresh token. Only if it is still the stored one is the connection lost."""
    if newer := _newer(tokens):
        return newer
    give_up(tokens)
    return _newer(tokens) or problem("reconnect_needed", account_id=tokens.account_id)
