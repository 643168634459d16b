"""Decides whether to read the source with one GET or several, by the time that was spent waiting for each side.
Pure.
"""

from dataclasses import dataclass

_SOURCE_BOUND_SHARE = 0.7
_SINGLE_SUFFICES = 1.25
_PARALLEL_GAIN_MIN = 1.15
_REST_S = 30


@dataclass(frozen=True)
class Window:
    """A measurement of `size` bytes: `reading` seconds of waiting for the source, and `writing` seconds for everything
    else.
    """

    size: int
    reading: float
    writing: float

    @property
    def seconds(self) -> float:
        return self.reading + self.writing

    @property
    def rate(self) -> float:
        """Bytes per second."""
        return self.size / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Pace:
    """How the source is read. `single_rate`: the rate of one GET before the change to several, in bytes per second.

    not_before: the earliest time for the next change to several GETs, on the clock of `next_pace`.
    """

    is_parallel: bool = False
    single_rate: float = 0.0
    not_before: float = 0.0


def next_pace(pace: Pace, seen: Window, connection_rate: float | None, now: float) -> Pace:
    """How to continue after the measurement `seen`. `now` is in seconds.

    connection_rate: the rate of one of several GETs, without the wait for its answer, in bytes per second. Several GETs
    replace one if the transfer mostly waits for the source. One GET replaces several if it would be fast enough, or if
    several were not faster. In the second case more connections do not help, and the next change to several has to
    wait.
    """
    if not pace.is_parallel:
        is_bound = seen.reading >= _SOURCE_BOUND_SHARE * seen.seconds and now >= pace.not_before
        return Pace(is_parallel=True, single_rate=seen.rate) if is_bound else pace
    if connection_rate is not None and connection_rate >= _SINGLE_SUFFICES * seen.rate:
        return Pace()
    if seen.rate < _PARALLEL_GAIN_MIN * pace.single_rate:
        return Pace(not_before=now + _REST_S)
    return pace
