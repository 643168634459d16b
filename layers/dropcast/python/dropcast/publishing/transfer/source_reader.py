"""Reads the source in order for Transfer, with one GET, or with several if one GET is the bottleneck."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from dropcast import clock
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources.s3_object import SourceInterrupted, SourceStream, open_stream
from dropcast.publishing.transfer.parallel_ranges import SUBRANGE_BYTES, WORKERS, Subranges
from dropcast.publishing.transfer.processor_use import ProcessorUse
from dropcast.publishing.transfer.single_or_parallel_reads import Pace, Window, next_pace

# One GET is measured early, because every second of a slow GET is lost. Several GETs are measured after each worker has
# read twice.
_SINGLE_WINDOW_S = 0.4
_PARALLEL_WINDOW_S = 2.0
_PARALLEL_WINDOW_BYTES = 2 * WORKERS * SUBRANGE_BYTES
# _LEAD_BYTES: what one GET still reads while several start. _LEFT_BYTES_MIN: if less remains, a change is not worth it.
_LEAD_BYTES = 2 * SUBRANGE_BYTES
_LEFT_BYTES_MIN = 16 * SUBRANGE_BYTES


class SourceReader:
    """Reads the pinned object in order, from the position of a given stream on."""

    def __init__(self, source: Source, stream: SourceStream) -> None:
        self._source = source
        self._size = source.size or 0
        self._current: SourceStream | Subranges = stream
        self._next: SourceStream | Subranges | None = None
        self._change_at = 0
        self._pace = Pace()
        self._meter = _Meter(clock.monotonic())

    @property
    def position(self) -> int:
        """The offset of the next byte that `pieces` yields."""
        return self._current.position

    @property
    def is_parallel(self) -> bool:
        """Whether several GETs read the source."""
        return isinstance(self._current, Subranges)

    def pieces(self, length: int) -> Iterator[bytes]:
        """Yield the next `length` bytes in pieces of at most PIECE_BYTES. May raise SourceInterrupted."""
        end = self.position + length
        while self.position < end:
            self._meter.wrote(clock.monotonic())
            self._change_if_due()
            piece = self._current.read(min(end, self._change_at or end) - self.position)
            self._meter.read(clock.monotonic(), len(piece))
            yield piece

    def close(self) -> None:
        """Close all connections to the source."""
        self._current.close()
        if self._next is not None:
            self._next.close()

    def _change_if_due(self) -> None:
        """Change between one GET and several if the position for the change is reached.

        Otherwise decide whether to prepare such a change.
        """
        if self._next is not None:
            if self.position == self._change_at:
                self._current.close()
                self._current, self._next, self._change_at = self._next, None, 0
                self._meter.begin()
        elif self._is_window_complete():
            pace = next_pace(self._pace, self._meter.measured(), self._connection_rate(), clock.monotonic())
            if pace.is_parallel != self._pace.is_parallel:
                self._prepare(pace)
            else:
                self._pace = pace
            self._meter.begin()

    def _is_window_complete(self) -> bool:
        seen = self._meter.window
        if self._pace.is_parallel:
            return seen.seconds >= _PARALLEL_WINDOW_S and seen.size >= _PARALLEL_WINDOW_BYTES
        return seen.seconds >= _SINGLE_WINDOW_S

    def _connection_rate(self) -> float | None:
        return self._current.connection_rate if isinstance(self._current, Subranges) else None

    def _prepare(self, pace: Pace) -> None:
        """Start the next reader a little ahead of the current position. Do nothing if the end of the file is near."""
        ahead = self._current.covered if isinstance(self._current, Subranges) else self.position + _LEAD_BYTES
        if self._size - ahead < _LEFT_BYTES_MIN:
            return
        self._pace, self._change_at = pace, ahead
        if isinstance(self._current, Subranges):
            self._current.stop_requesting()
            self._next = _open(self._source, ahead)
        else:
            self._next = Subranges(self._source, ahead)


@dataclass
class _Meter:
    """Measures how long reading and writing take, and how much of the processor's time they use.

    The time between two reads counts as writing, because it includes everything except reading.
    """

    marked_at: float
    window: Window = field(default_factory=lambda: Window(0, 0.0, 0.0))
    processor: ProcessorUse = field(default_factory=ProcessorUse)

    def begin(self) -> None:
        self.window = Window(0, 0.0, 0.0)
        self.processor.begin()

    def measured(self) -> Window:
        return replace(self.window, processor=self.processor.share())

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
