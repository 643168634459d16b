"""The only source of the present time, so that tests can hold it still."""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

# The calendar of datetime.
_FIRST = int(datetime.min.replace(tzinfo=UTC).timestamp())
_LAST = int(datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp())

_end: float = math.inf


def now() -> int:
    """The present, in whole seconds since the epoch."""
    return int(time.time())


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait `seconds`."""
    time.sleep(seconds)


@contextmanager
def ending_in(seconds: float) -> Generator[None]:
    """This process is stopped in `seconds`, as Lambda's context says; what must not be cut off asks `seconds_left`."""
    global _end
    before, _end = _end, monotonic() + seconds
    try:
        yield
    finally:
        _end = before


def seconds_left() -> float:
    """How long this process may still run; infinite where nobody said."""
    return _end - monotonic()


def iso(at: int) -> str:
    """`at` (seconds since the epoch) as people and the API read it: 2026-11-21T03:38:36Z.

    A time before the year 1 or after 9999 reads as the first or the last second of the calendar.
    """
    return datetime.fromtimestamp(min(max(at, _FIRST), _LAST), UTC).strftime("%04Y-%m-%dT%H:%M:%SZ")
