"""Decides whether to read the source with one GET or several, from the time that reads and writes took. Pure."""

from dataclasses import dataclass

_SOURCE_BOUND_SHARE = 0.7
_PROCESSOR_BOUND_SHARE = 0.8
_SINGLE_SUFFICES = 1.25
_PARALLEL_GAIN_MIN = 1.15
_REST_S = 30


@dataclass(frozen=True)
class Window:
    """A measurement of `size` bytes: `reading` seconds in reads of the source, and `writing` seconds for everything
    else.

    processor: the used share of the function's processor time.
    """

    size: int
    reading: float
    writing: float
    processor: float = 0.0

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

    connection_rate: the rate of one of several GETs, without the wait for its answer, in bytes per second. Changes to
    several GETs if the transfer mostly waits for the source. Keeps one GET if the processor limits the reads, because
    several GETs need more processor time. Changes back to one GET if one would be fast enough, or if several were not
    faster. In the second case the next change to several has to wait, because more connections do not help.
    """
    if not pace.is_parallel:
        is_reading = seen.reading >= _SOURCE_BOUND_SHARE * seen.seconds
        is_waiting = is_reading and seen.processor < _PROCESSOR_BOUND_SHARE
        return Pace(is_parallel=True, single_rate=seen.rate) if is_waiting and now >= pace.not_before else pace
    if connection_rate is not None and connection_rate >= _SINGLE_SUFFICES * seen.rate:
        return Pace()
    if seen.rate < _PARALLEL_GAIN_MIN * pace.single_rate:
        return Pace(not_before=now + _REST_S)
    return pace
