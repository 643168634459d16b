"""Whether enough time is left to call a source and to store its list afterwards."""

from dropcast import clock

ANSWER_WITHIN_S = 20

_TO_KEEP_IT_S = 10


def has_time_to_ask() -> bool:
    """Whether the list could still be stored after the slowest possible answer."""
    return clock.seconds_left() >= ANSWER_WITHIN_S + _TO_KEEP_IT_S
