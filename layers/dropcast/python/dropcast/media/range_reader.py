"""Reads a remote file by ranges, like a local file."""

import io
from collections.abc import Callable
from itertools import takewhile
from typing import Protocol

_AHEAD_MAX = 8


class Reader(Protocol):
    """The file methods that the inspection needs. A binary file opened for reading has them."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


class BufferedRanges:
    """A seekable reader over `read_range(first, last)` (0-based, inclusive) of a file of `size` bytes.

    Fetches and keeps whole blocks of `block_size` bytes. A fetch that continues the previous one fetches twice as many
    blocks, up to 8. `reads` and `bytes_read` count the fetches and their bytes. Raises exceptions of `read_range`
    unchanged. Raises OSError if `read_range` returns another number of bytes than requested.
    """

    def __init__(self, read_range: Callable[[int, int], bytes], size: int, *, block_size: int = 64 * 1024) -> None:
        self.size = size
        self.reads = 0
        self.bytes_read = 0
        self._read_range = read_range
        self._block_size = block_size
        self._blocks: dict[int, bytes] = {}
        self._at = 0
        self._fetched_to = -1
        self._ahead = 1

    def read(self, size: int = -1, /) -> bytes:
        """`size` bytes from the current position, or fewer at the end of the file. All remaining bytes if `size` is
        negative.
        """
        end = self.size if size < 0 else min(self._at + size, self.size)
        first, start = self._at, self._at - self._at % self._block_size
        if end <= first:
            return b""
        self._fill(range(start, end, self._block_size))
        blocks = b"".join(self._blocks[begin] for begin in range(start, end, self._block_size))
        self._at = end
        return blocks[first - start : end - start]

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to `offset` from the start, the current position or the end. Returns the new position."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence])
        return self._at

    def tell(self) -> int:
        """The current position in bytes from the start."""
        return self._at

    def _fill(self, begins: range) -> None:
        """Fetch the missing blocks among those that begin at `begins`. Consecutive missing blocks take one fetch."""
        for begin in begins:
            if begin not in self._blocks:
                self._ahead = min(2 * self._ahead, _AHEAD_MAX) if begin == self._fetched_to else 1
                self._fetch_blocks(begin, max(begins[-1] + self._block_size, begin + self._ahead * self._block_size))

    def _fetch_blocks(self, begin: int, end: int) -> None:
        """Fetch the blocks from `begin` up to `end`. Stops before the first block that is already present."""
        places = range(begin, min(end, self.size), self._block_size)
        missing = list(takewhile(lambda place: place not in self._blocks, places))
        self._fetched_to = missing[-1] + self._block_size
        got = self._fetch(begin, min(self._fetched_to, self.size) - 1)
        for place in missing:
            self._blocks[place] = got[place - begin : place - begin + self._block_size]

    def _fetch(self, first: int, last: int) -> bytes:
        got = self._read_range(first, last)
        self.reads += 1
        self.bytes_read += len(got)
        if len(got) != last - first + 1:
            raise OSError(f"requested bytes {first} to {last}, received {len(got)} bytes")
        return got


class BoundedReader:
    """A reader that ends at byte `end`.

    Some damaged files cause endless reads. So after `most` bytes the reader acts as if the file ended, and
    `is_exhausted` is True.
    """

    def __init__(self, reader: Reader, end: int, most: int) -> None:
        self.is_exhausted = False
        self.end = end
        self.seek = reader.seek
        self.tell = reader.tell
        self._reader = reader
        self._left = most

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes. No bytes once the bound is reached."""
        self.is_exhausted = self.is_exhausted or self._left < size
        if self.is_exhausted:
            return b""
        self._left -= size
        return self._reader.read(max(0, min(size, self.end - self.tell())))
