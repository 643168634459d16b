"""The only source of the present time, so that tests can hold it still."""

import time
from datetime import UTC, datetime


def now() -> int:
    """The present, in whole seconds since the epoch."""
    return int(time.time())


def monotonic() -> float:
    """Seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()


def sleep(seconds: float) -> None:
    """Wait `seconds`."""
    time.sleep(seconds)


def iso(at: int) -> str:
    """`at` (seconds since the epoch) as people and the API read it: 2026-11-21T03:38:36Z."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
