"""One refresh of a pair of tokens at a time: who takes the lease asks TikTok, the others wait for what comes of it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from dropcast import clock
from dropcast.accounts.tokens.lease_store import Lease, release_lease, take_lease
from dropcast.errors.problem import Problem

# Asking TikTok ends at the deadline, the second try included; the rest of the lease is for sealing and writing.
REFRESH_DEADLINE_S = 40
FIRST_TRY_S = 30
LEASE_S = REFRESH_DEADLINE_S + 50
PATIENCE_S = REFRESH_DEADLINE_S + 5
# How far the clocks of two workers may be apart without two of them asking TikTok at once.
CLOCKS_DIFFER_S = 30
# What sealing and writing take at most where AWS is well.
KEEPING_S = 5

RETRY_PAUSE_S = 1
LEAST_TRY_S = 5

_LOOK_AGAIN_S = 0.25
_LOOK_AGAIN_SLOWER = 3
_LEAST_WAIT_S = 5


class Versioned(Protocol):
    """Stored tokens, whose version rises with each refresh."""

    @property
    def version(self) -> int: ...


Tokens = TypeVar("Tokens", bound=Versioned)


def refresh_in_turn(
    lease_of: str,
    seen: Tokens,
    stored: Callable[[], Tokens | Problem],
    refresh: Callable[[Tokens, Lease], Tokens | Problem],
) -> Tokens | Problem | None:
    """Newer tokens than `seen`: by our own `refresh` of what is `stored`, or from whoever holds the lease.

    None if another's refresh came to nothing: fifty that waited must not ask TikTok one after the other.
    """
    began, patience = clock.monotonic(), _patience()
    waited = False
    while not (lease := take_lease(lease_of, LEASE_S)):
        since = clock.monotonic() - began
        if since >= patience:
            return None
        # Ever more slowly, since hundreds may wait at one item of the table.
        clock.sleep(_LOOK_AGAIN_S * (1 + min(since, _LOOK_AGAIN_SLOWER)))
        waited = True
        if _changed(tokens := stored(), seen):
            return tokens
    try:
        if _changed(tokens := stored(), seen) or isinstance(tokens, Problem):
            return tokens
        return None if waited and not lease.lapsed else refresh(tokens, lease)
    finally:
        release_lease(lease)


def refresh_deadline(lease: Lease) -> float:
    """Until when TikTok may be asked: the lease must outlast it on any clock, and we must live to write the answer."""
    now = clock.monotonic()
    return min(now + REFRESH_DEADLINE_S, lease.ends - CLOCKS_DIFFER_S, now + clock.seconds_left() - KEEPING_S)


def _changed(tokens: Versioned | Problem, seen: Versioned) -> bool:
    return isinstance(tokens, Problem) or tokens.version != seen.version


def _patience() -> float:
    """How long to wait for another's refresh: not until it is too late for one of our own.

    In the API that is 25 s, so that the answer is there before the gateway stops waiting for it at 30 s.
    """
    return min(PATIENCE_S, max(_LEAST_WAIT_S, clock.seconds_left() - FIRST_TRY_S - KEEPING_S))
