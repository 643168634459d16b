"""The waits between attempts of a delivery, and the pauses of a failing endpoint. Pure rules; times in seconds."""

import random
from collections.abc import Mapping

DAY_S = 24 * 3600
WAITS_S = (5, 30, 120, 600, 1800, 3600, 7200, 4 * 3600, 6 * 3600, 10 * 3600)
"""The waits between the attempts of one delivery; together they take about a day."""
PROBE_S = 20
"""How long a delivery that probes a failing endpoint keeps other deliveries from calling this endpoint. A call ends
earlier.
"""
SLOW_S = 3600
"""How long an endpoint counts as slow."""
FORGIVEN: Mapping[str, int | None] = {"failures": 0, "failing_since": None, "paused_until": None}
"""The attributes of an endpoint without failures."""

_FIRST_PAUSE_S = 15
_LONGEST_PAUSE_S = 15 * 60
_LONGEST_RETRY_AFTER_S = 3600
_FAILURES_TO_DISABLE = 10
_FAILING_S = 3600


def wait_after(tries: int, retry_after: int | None) -> int | None:
    """The wait after `tries` failed attempts. None if no attempt follows. `retry_after` comes from the last answer."""
    if tries > len(WAITS_S):
        return None
    return max(_jittered(WAITS_S[tries - 1]), respected(retry_after))


def pause_after(failures: int, retry_after: int | None) -> int:
    """The endpoint's pause after its `failures`-th consecutive failure (1 is the first)."""
    return max(min(_FIRST_PAUSE_S * 2 ** min(failures - 1, 10), _LONGEST_PAUSE_S), respected(retry_after))


def respected(retry_after: int | None) -> int:
    """The part of the Retry-After that Dropcast respects: an hour at most."""
    return min(retry_after or 0, _LONGEST_RETRY_AFTER_S)


def put_off_until(now: int, paused_until: int) -> int:
    """When a delivery that was postponed by a pause is due again.

    The postponed deliveries are spread over a time after the pause. This time is half of what is left of the pause, but
    at least 10 seconds.
    """
    return paused_until + random.randint(0, max(10, (paused_until - now) // 2))  # noqa: S311


def is_lost_cause(failures: int, failing_since: int, now: int) -> bool:
    """Whether an endpoint has failed long enough to be disabled."""
    return failures >= _FAILURES_TO_DISABLE and now - failing_since >= DAY_S


def is_failing(failing_since: int | None, now: int) -> bool:
    """Whether an endpoint has failed so long that a person should check it. Shorter failures usually end by
    themselves.
    """
    return failing_since is not None and now - failing_since >= _FAILING_S


def _jittered(wait: int) -> int:
    return wait + random.randint(0, wait // 10)  # noqa: S311
