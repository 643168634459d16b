"""Reads the source with several GETs at once, because each single connection is slow. Returns the bytes in order."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from dropcast import clock
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources.s3_object import SourceInterrupted, SourceStream, open_stream

WORKERS = 6
SUBRANGE_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class _Subrange:
    """The bytes of one GET, in pieces. `rate`: the bytes per second that arrived after S3's answer began."""

    pieces: deque[bytes]
    rate: float


class Subranges:
    """The pinned object from `first` to its end. At most WORKERS subranges of SUBRANGE_BYTES are in memory.

    position: the offset of the next byte that `read` returns. covered: all bytes before this offset are read or
    requested.
    """

    def __init__(self, source: Source, first: int) -> None:
        self.position = first
        self.covered = first
        self._source = source
        self._size = source.size or 0
        self._pool = ThreadPoolExecutor(WORKERS)
        self._under_way: deque[Future[_Subrange]] = deque()
        self._pieces: deque[bytes] = deque()
        self._rates: deque[float] = deque(maxlen=WORKERS)
        self._is_over = False
        for _ in range(WORKERS - 1):
            self._request_next()

    @property
    def connection_rate(self) -> float | None:
        """The recent rate of one connection in bytes per second, without the wait for its answer.

        None before the first answer.
        """
        return median(self._rates) if self._rates else None

    def read(self, limit: int) -> bytes:
        """The next bytes, at most `limit` and PIECE_BYTES. May raise SourceInterrupted."""
        if not self._pieces:
            self._request_next()  # not earlier, because the previous pieces were in memory until they were sent
            subrange = self._under_way.popleft().result()
            self._rates.append(subrange.rate)
            self._pieces = subrange.pieces
        piece = self._pieces.popleft()
        if len(piece) > limit:
            self._pieces.appendleft(piece[limit:])
            piece = piece[:limit]
        self.position += len(piece)
        return piece

    def stop_requesting(self) -> None:
        """Request no bytes beyond `covered`. Running requests still finish."""
        self._size = self.covered

    def close(self) -> None:
        """Abandon the running requests."""
        self._is_over = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _request_next(self) -> None:
        first, last = self.covered, min(self.covered + SUBRANGE_BYTES, self._size) - 1
        if first <= last:
            self.covered = last + 1
            self._under_way.append(self._pool.submit(self._get, first, last))

    def _get(self, first: int, last: int) -> _Subrange:
        stream = open_stream(self._source, first, last)
        if not isinstance(stream, SourceStream):
            raise SourceInterrupted(stream.code)
        try:
            began, pieces = clock.monotonic(), deque[bytes]()
            while stream.position <= last and not self._is_over:
                pieces.append(stream.read(last + 1 - stream.position))
            return _Subrange(pieces, (stream.position - first) / max(clock.monotonic() - began, 1e-6))
        finally:
            stream.close()
