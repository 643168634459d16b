"""The source as the transfer reads it: in order, by one GET, or by several where one is what everything waits for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dropcast import clock
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources.s3_object import SourceInterrupted, SourceStream, open_stream
from dropcast.publishing.transfer.parallel_ranges import SUBRANGE_BYTES, WORKERS, Subranges
from dropcast.publishing.transfer.single_or_parallel_reads import Pace, Window, next_pace

# One GET is judged soon, for every second of it is lost; several only when all of them have come round twice.
_SINGLE_WINDOW_S = 0.4
_PARALLEL_WINDOW_S = 2.0
_PARALLEL_WINDOW_BYTES = 2 * WORKERS * SUBRANGE_BYTES
# What the one GET still brings while the several begin, and what must be left for a change to be worth it.
_LEAD_BYTES = 2 * SUBRANGE_BYTES
_LEFT_BYTES_MIN = 16 * SUBRANGE_BYTES


class SourceReader:
    """The pinned object, read on from where `stream` stands."""

    def __init__(self, source: Source, stream: SourceStream) -> None:
        self._source = source
        self._size = source.size or 0
        self._now: SourceStream | Subranges = stream
        self._then: SourceStream | Subranges | None = None
        self._change_at = 0
        self._pace = Pace()
        self._meter = _Meter(clock.monotonic())

    @property
    def position(self) -> int:
        """The next byte to be given out."""
        return self._now.position

    @property
    def is_parallel(self) -> bool:
        """Whether several GETs are at work."""
        return isinstance(self._now, Subranges)

    def pieces(self, length: int) -> Iterator[bytes | memoryview]:
        """The next `length` bytes, PIECE_BYTES at most at once, each good until the next is asked for. SourceBroke."""
        end = self.position + length
        while self.position < end:
            self._meter.wrote(clock.monotonic())
            self._follow()
            piece = self._now.read(min(end, self._change_at or end) - self.position)
            self._meter.read(clock.monotonic(), len(piece))
            yield piece

    def close(self) -> None:
        """Drop all connections to the source that are in use."""
        self._now.close()
        if self._then is not None:
            self._then.close()

    def _follow(self) -> None:
        """Change over where that is due, else look whether it should be."""
        if self._then is not None:
            if self.position == self._change_at:
                self._now.close()
                self._now, self._then, self._change_at = self._then, None, 0
                self._meter.begin()
        elif self._is_judged():
            pace = next_pace(self._pace, self._meter.window, self._connection_rate(), clock.monotonic())
            if pace.is_parallel != self._pace.is_parallel:
                self._prepare(pace)
            else:
                self._pace = pace
            self._meter.begin()

    def _is_judged(self) -> bool:
        seen = self._meter.window
        if self._pace.is_parallel:
            return seen.seconds >= _PARALLEL_WINDOW_S and seen.size >= _PARALLEL_WINDOW_BYTES
        return seen.seconds >= _SINGLE_WINDOW_S

    def _connection_rate(self) -> float | None:
        return self._now.connection_rate if isinstance(self._now, Subranges) else None

    def _prepare(self, pace: Pace) -> None:
        """Begin what follows at a place a little ahead, unless the end is near."""
        ahead = self._now.covered if isinstance(self._now, Subranges) else self.position + _LEAD_BYTES
        if self._size - ahead < _LEFT_BYTES_MIN:
            return
        self._pace, self._change_at = pace, ahead
        if isinstance(self._now, Subranges):
            self._now.stop_asking()
            self._then = _open(self._source, ahead)
        else:
            self._then = Subranges(self._source, ahead)


@dataclass
class _Meter:
    """Where the time goes: from a read's end to the next read is writing, and whatever else is not the source."""

    marked_at: float
    window: Window = field(default_factory=lambda: Window(0, 0.0, 0.0))

    def begin(self) -> None:
        self.window = Window(0, 0.0, 0.0)

    def wrote(self, now: float) -> None:
        self.window = Window(self.window.size, self.window.reading, self.window.writing + now - self.marked_at)
        self.marked_at = now

    def read(self, now: float, size: int) -> None:
        self.window = Window(self.window.size + size, self.window.reading + now - self.marked_at, self.window.writing)
        self.marked_at = now


def _open(source: Source, first: int) -> SourceStream:
    stream = open_stream(source, first)
    if isinstance(stream, SourceStream):
        return stream
    raise SourceInterrupted(stream.code)
