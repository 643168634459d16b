"""The only source of the current time, so that tests can control it."""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

# The first and the last second that datetime can represent.
_FIRST = int(datetime.min.replace(tzinfo=UTC).timestamp())
_LAST = int(datetime.max.replace(tzinfo=UTC, microsecond=0).timestamp())

_end: float = math.inf


def now() -> int:
    """The current time in whole seconds since the epoch."""
    return int(time.time())


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences are meaningful."""
    return time.monotonic()


def processor_seconds() -> float:
    """The processor time that this process has used, in seconds."""
    return time.process_time()


def sleep(seconds: float) -> None:
    """Wait `seconds` seconds."""
    time.sleep(seconds)


@contextmanager
def ending_in(seconds: float) -> Generator[None]:
    """Record that Lambda stops this process in `seconds` seconds.

    Code that must not be interrupted checks `seconds_left`.
    """
    global _end
    before, _end = _end, monotonic() + seconds
    try:
        yield
    finally:
        _end = before


def seconds_left() -> float:
    """How many seconds this process may still run; infinite outside `ending_in`."""
    return _end - monotonic()


def iso(at: int) -> str:
    """`at` (seconds since the epoch) in RFC 3339: 2026-11-21T03:38:36Z.

    A time before the year 1 becomes the first second of that year. A time after 9999 becomes the last second of 9999.
    """
    return datetime.fromtimestamp(min(max(at, _FIRST), _LAST), UTC).strftime("%04Y-%m-%dT%H:%M:%SZ")
