"""Reads the source with several GETs at once and returns its bytes in order, if each single connection is slow."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from dropcast import clock
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources.s3_object import PIECE_BYTES, SourceInterrupted, SourceStream, open_stream

WORKERS = 6
SUBRANGE_BYTES = 4 * 1024 * 1024
# Smaller than PIECE_BYTES, because every worker holds one read in memory.
_READ_BYTES = 256 * 1024


@dataclass(frozen=True)
class _Filled:
    """A buffer with `size` bytes of the source. `seconds`: how long the GET of these bytes took after its answer
    began.
    """

    buffer: bytearray
    size: int
    seconds: float


class Subranges:
    """The pinned object from `first` to its end. It reuses WORKERS buffers of SUBRANGE_BYTES.

    position: the offset of the next byte that `read` returns. covered: all bytes before this offset are read or
    requested.
    """

    def __init__(self, source: Source, first: int) -> None:
        self.position = first
        self.covered = first
        self._source = source
        self._size = source.size or 0
        self._pool = ThreadPoolExecutor(WORKERS)
        self._under_way: deque[Future[_Filled]] = deque()
        self._head: _Filled | None = None
        self._given = 0
        self._rates: deque[float] = deque(maxlen=WORKERS)
        self._is_over = False
        for _ in range(WORKERS):
            self._request_next(bytearray(SUBRANGE_BYTES))

    @property
    def connection_rate(self) -> float | None:
        """The recent rate of one connection in bytes per second, without the wait for its answer.

        None before the first answer.
        """
        return median(self._rates) if self._rates else None

    def read(self, limit: int) -> memoryview:
        """The next bytes, at most `limit` and PIECE_BYTES. They are valid until the next read.

        May raise SourceInterrupted.
        """
        if self._head is None:
            self._head = self._under_way.popleft().result()
            self._rates.append(self._head.size / max(self._head.seconds, 1e-6))
            self._given = 0
        elif self._given == self._head.size:
            self._request_next(self._head.buffer)
            self._head = None
            return self.read(limit)
        piece = memoryview(self._head.buffer)[self._given : min(self._given + min(limit, PIECE_BYTES), self._head.size)]
        self._given += len(piece)
        self.position += len(piece)
        return piece

    def stop_requesting(self) -> None:
        """Request no bytes beyond `covered`. Running requests still finish."""
        self._size = self.covered

    def close(self) -> None:
        """Abandon the running requests."""
        self._is_over = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _request_next(self, buffer: bytearray) -> None:
        first, last = self.covered, min(self.covered + SUBRANGE_BYTES, self._size) - 1
        if first <= last:
            self.covered = last + 1
            self._under_way.append(self._pool.submit(self._fill, buffer, first, last))

    def _fill(self, buffer: bytearray, first: int, last: int) -> _Filled:
        stream = open_stream(self._source, first, last)
        if not isinstance(stream, SourceStream):
            raise SourceInterrupted(stream.code)
        try:
            began, size = clock.monotonic(), last - first + 1
            with memoryview(buffer) as target:
                given = 0
                while given < size and not self._is_over:
                    given += stream.read_into(target[given : min(given + _READ_BYTES, size)])
            return _Filled(buffer, given, clock.monotonic() - began)
        finally:
            stream.close()
