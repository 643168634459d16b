"""Whether there is time for one more question to a source: what was told must still be kept afterwards."""

from dropcast import clock

ANSWER_WITHIN_S = 20

_TO_KEEP_IT_S = 10


def has_time_to_ask() -> bool:
    """Whether an answer that takes as long as it may leaves the time to keep the list."""
    return clock.seconds_left() >= ANSWER_WITHIN_S + _TO_KEEP_IT_S
