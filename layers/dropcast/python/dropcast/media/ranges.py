"""A far file read by ranges as if it lay here."""

import io
from collections.abc import Callable


class BufferedRanges(io.RawIOBase):
    """A seekable reader over `read_range(first, last)` (0-based, inclusive) of a file of `size` bytes.

    Whole blocks of `block_size` bytes are fetched and kept. `reads` and `bytes_read` count what was fetched. What
    `read_range` raises comes through as it is; an answer of another length than asked is an OSError.
    """

    def __init__(self, read_range: Callable[[int, int], bytes], size: int, *, block_size: int = 128 * 1024) -> None:
        raise NotImplementedError
