"""One GET from the source, or several at once? Pure: decided by what was waited for, the source or TikTok."""

from dataclasses import dataclass

_SOURCE_BOUND_SHARE = 0.7
_SINGLE_SUFFICES = 1.25
_PARALLEL_GAIN_MIN = 1.15
_REST_S = 30


@dataclass(frozen=True)
class Window:
    """`size` bytes went through in `reading` seconds blocked on the source and `writing` seconds of all the rest."""

    size: int
    reading: float
    writing: float

    @property
    def seconds(self) -> float:
        return self.reading + self.writing

    @property
    def rate(self) -> float:
        """Bytes a second."""
        return self.size / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class Pace:
    """How the source is read. `single_rate`: what one GET carried when it was left, in bytes a second.

    not_before: on the clock of `next_pace`; until then one GET is not left again.
    """

    is_parallel: bool = False
    single_rate: float = 0.0
    not_before: float = 0.0


def next_pace(pace: Pace, seen: Window, connection_rate: float | None, now: float) -> Pace:
    """How to go on after `seen`. `connection_rate`: what one of several GETs carries once it flows; `now` in seconds.

    One GET is left when it is what everything waits for. Several are left when one of them alone would do, or when
    they brought nothing: then whatever limits the source does not count connections, and it rests a while.
    """
    if not pace.is_parallel:
        is_bound = seen.reading >= _SOURCE_BOUND_SHARE * seen.seconds and now >= pace.not_before
        return Pace(is_parallel=True, single_rate=seen.rate) if is_bound else pace
    if connection_rate is not None and connection_rate >= _SINGLE_SUFFICES * seen.rate:
        return Pace()
    if seen.rate < _PARALLEL_GAIN_MIN * pace.single_rate:
        return Pace(not_before=now + _REST_S)
    return pace
