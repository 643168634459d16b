"""A far file read by ranges as if it lay here."""

import io
from collections.abc import Callable
from typing import Protocol


class Reader(Protocol):
    """What a file must be able to do to be looked at: a binary file opened for reading is one."""

    def read(self, size: int, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


class BufferedRanges:
    """A seekable reader over `read_range(first, last)` (0-based, inclusive) of a file of `size` bytes.

    Whole blocks of `block_size` bytes are fetched and kept. `reads` and `bytes_read` count what was fetched. What
    `read_range` raises comes through as it is; an answer of another length than asked is an OSError.
    """

    def __init__(self, read_range: Callable[[int, int], bytes], size: int, *, block_size: int = 256 * 1024) -> None:
        self.size = size
        self.reads = 0
        self.bytes_read = 0
        self._read_range = read_range
        self._block_size = block_size
        self._blocks: dict[int, bytes] = {}
        self._at = 0

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes from here on, fewer only at the end of the file; all of them if `size` is negative."""
        end = self.size if size < 0 else min(self._at + size, self.size)
        first, start = self._at, self._at - self._at % self._block_size
        if end <= first:
            return b""
        blocks = b"".join(self._block(begin) for begin in range(start, end, self._block_size))
        self._at = end
        return blocks[first - start : end - start]

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to `offset`, from the start, from here or from the end; the new place in bytes from the start."""
        self._at = max(0, offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence])
        return self._at

    def tell(self) -> int:
        """Where the next read begins, in bytes from the start."""
        return self._at

    def _block(self, begin: int) -> bytes:
        if begin not in self._blocks:
            self._blocks[begin] = self._fetch(begin, min(begin + self._block_size, self.size) - 1)
        return self._blocks[begin]

    def _fetch(self, first: int, last: int) -> bytes:
        got = self._read_range(first, last)
        self.reads += 1
        self.bytes_read += len(got)
        if len(got) != last - first + 1:
            raise OSError(f"asked for bytes {first} to {last}, got {len(got)} of them")
        return got
