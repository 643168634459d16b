"""The rules for the tokens of accounts and of business connections: one refresh at a time, under a lease.

A refresh makes the old refresh token invalid (protocol sections 1.3, 1.4). So the lease holder asks TikTok and stores
the new tokens before any caller uses them. The other callers wait for its result.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.tokens.lease_store import Lease, release_lease, take_lease
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.client import Refused, Unanswered

# Calls to TikTok end at the deadline, including the second try. The rest of the lease is for encrypting and writing.
REFRESH_DEADLINE_S = 40
FIRST_TRY_S = 30
LEASE_S = REFRESH_DEADLINE_S + 50
PATIENCE_S = REFRESH_DEADLINE_S + 5
# Two workers cannot refresh at once as long as their clocks differ by less than this.
CLOCKS_DIFFER_S = 30
# Encrypting and writing take at most this long, unless AWS has trouble.
KEEPING_S = 5
# A call with a token ends within this many seconds.
CALL_S = 60

_RETRY_PAUSE_S = 1
_LEAST_TRY_S = 5
_LOOK_AGAIN_S = 0.25
_LOOK_AGAIN_SLOWER = 3
_LEAST_WAIT_S = 5


class VersionedTokens(Protocol):
    """Stored tokens. Each refresh raises their version."""

    @property
    def version(self) -> int: ...

    def access_token(self) -> SecretStr: ...


Tokens = TypeVar("Tokens", bound=VersionedTokens)
Grant = TypeVar("Grant")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Attempt(Generic[Tokens, Grant]):
    """TikTok's answer to one refresh of `tokens`. `asked_at`: when TikTok was asked, in seconds since the epoch."""

    tokens: Tokens
    answer: Grant | Refused | Unanswered
    asked_at: int


@dataclass(frozen=True)
class TokenOwner(Generic[Tokens, Grant]):
    """An account or a business connection: how its tokens are read, refreshed and stored.

    `name`: its id, for the details of problems. `lease_name` returns the name of the lease for a refresh. `read`
    returns the stored tokens. `prepare` checks that Dropcast's app may refresh them and decrypts the refresh token. It
    returns a function that calls TikTok, given the tokens and a timeout in seconds. If the tokens are no longer the
    stored ones, that function returns None and does not call TikTok. `conclude` stores TikTok's answer.
    """

    name: dict[str, str]
    lease_name: Callable[[Tokens], str]
    read: Callable[[], Tokens | Problem]
    prepare: Callable[[Tokens], Callable[[Tokens, int], Attempt[Tokens, Grant] | None] | Problem]
    conclude: Callable[[Attempt[Tokens, Grant]], Tokens | Problem]


def get_fresh_tokens(owner: TokenOwner[Tokens, Grant], is_good: Callable[[Tokens], bool]) -> Tokens | Problem:
    """The owner's stored tokens. They are refreshed first, unless they are good.

    Problem `tiktok_unanswered`: the refresh of another caller failed. Then this caller does not ask TikTok either,
    because many callers may be waiting.
    """
    tokens = owner.read()
    if isinstance(tokens, Problem) or is_good(tokens):
        return tokens
    return _refresh_in_turn(owner, tokens) or _try_later(owner, "the refresh of another caller failed")


def replace_rejected(owner: TokenOwner[Tokens, Grant], rejected: SecretStr) -> SecretStr | Problem:
    """An access token to use in place of `rejected`. If the stored token has changed, the function returns the stored
    token. Otherwise it gets a new token.
    """
    return open_access_token(get_fresh_tokens(owner, lambda tokens: tokens.access_token() != rejected))


def open_access_token(tokens: VersionedTokens | Problem) -> SecretStr | Problem:
    """The decrypted access token, or the problem."""
    return tokens if isinstance(tokens, Problem) else tokens.access_token()


def call_with(
    token: SecretStr | Problem,
    call: Callable[[SecretStr], Answer | Refused | Unanswered],
    replace: Callable[[SecretStr], SecretStr | Problem],
    invalid_codes: Container[str],
) -> Answer | Refused | Unanswered | Problem:
    """TikTok's answer to `call`. Calls once more with a newer token if TikTok refuses with one of `invalid_codes`."""
    if isinstance(token, Problem):
        return token
    answer = call(token)
    if not (isinstance(answer, Refused) and answer.code in invalid_codes):
        return answer
    newer = replace(token)
    return newer if isinstance(newer, Problem) else call(newer)


def _is_changed(tokens: VersionedTokens | Problem, seen: VersionedTokens) -> bool:
    """Whether the stored `tokens` are not the tokens that the caller has `seen`."""
    return isinstance(tokens, Problem) or tokens.version != seen.version


def _refresh_in_turn(owner: TokenOwner[Tokens, Grant], seen: Tokens) -> Tokens | Problem | None:
    """Newer tokens than `seen`, from this caller's own refresh or from the lease holder's.

    None if the lease holder's refresh failed or takes too long.
    """
    began, patience = clock.monotonic(), _patience()
    waited = False
    while not (lease := take_lease(owner.lease_name(seen), LEASE_S)):
        since = clock.monotonic() - began
        if since >= patience:
            return None
        # The pauses grow, because hundreds of callers may read the same item of the table.
        clock.sleep(_LOOK_AGAIN_S * (1 + min(since, _LOOK_AGAIN_SLOWER)))
        waited = True
        if _is_changed(tokens := owner.read(), seen):
            return tokens
    try:
        if isinstance(tokens := owner.read(), Problem) or tokens.version != seen.version:
            return tokens
        return None if waited and not lease.lapsed else _refresh(owner, tokens, lease)
    finally:
        release_lease(lease)


def _refresh(owner: TokenOwner[Tokens, Grant], tokens: Tokens, lease: Lease) -> Tokens | Problem:
    """Ask TikTok. If its answer was lost, ask once more, because TikTok may not have rotated the tokens."""
    ask = owner.prepare(tokens)
    if isinstance(ask, Problem):
        return ask
    deadline = _deadline(lease)
    if deadline - clock.monotonic() < FIRST_TRY_S:
        return _try_later(owner, "too little time was left for a refresh")
    attempt = ask(tokens, FIRST_TRY_S)
    if attempt and isinstance(attempt.answer, Unanswered) and attempt.answer.may_have_arrived:
        clock.sleep(_RETRY_PAUSE_S)
        left_s = int(deadline - clock.monotonic())
        attempt = ask(attempt.tokens, left_s) if left_s >= _LEAST_TRY_S else attempt
    return owner.conclude(attempt) if attempt else owner.read()


def _deadline(lease: Lease) -> float:
    """When calls to TikTok must end: before the lease ends on any worker's clock, and with enough time left to
    write.
    """
    now = clock.monotonic()
    return min(now + REFRESH_DEADLINE_S, lease.ends - CLOCKS_DIFFER_S, now + clock.seconds_left() - KEEPING_S)


def _patience() -> float:
    """Seconds to wait for the lease holder. Enough time must be left afterwards for a refresh by this caller.

    In the API this is 25 s, so that the caller gets an answer before the gateway's limit of 30 s.
    """
    return min(PATIENCE_S, max(_LEAST_WAIT_S, clock.seconds_left() - FIRST_TRY_S - KEEPING_S))


def _try_later(owner: TokenOwner[Tokens, Grant], reason: str) -> Problem:
    return problem("tiktok_unanswered", reason=reason, **owner.name)
