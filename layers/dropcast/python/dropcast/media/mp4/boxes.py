"""The boxes of an MP4 or QuickTime file (ISO 14496-12): where each begins and ends. Does not interpret the content."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from dropcast.media.range_reader import Reader

_LONG_HEADER = 16


@dataclass(frozen=True)
class Box:
    """A box from byte `begin` to `end` (exclusive) of its file. Its content starts at `body`.

    In a truncated file `end` can be after the end of the file.
    """

    kind: bytes
    begin: int
    body: int
    end: int


def boxes(reader: Reader, begin: int, end: int) -> Iterator[Box]:
    """The consecutive boxes from `begin` up to `end`. Stops at bytes that are not a box."""
    while begin < end and (box := _box_at(reader, begin, end)) is not None:
        yield box
        begin = box.end


def content(reader: Reader, box: Box, most: int) -> bytes:
    """The content of `box`, at most its first `most` bytes."""
    reader.seek(box.body)
    return reader.read(min(box.end - box.body, most))


def children(within: bytes, *path: bytes, skip: int = 0) -> Iterator[bytes]:
    """The content of each box at `path` within a box's content. `skip`: the number of bytes before the first inner
    box.
    """
    kind, *deeper = path
    for box in boxes(io.BytesIO(within), skip, len(within)):
        if box.kind == kind:
            inner = within[box.body : box.end]
            yield from children(inner, *deeper) if deeper else (inner,)


def number(data: bytes, at: int, size: int = 4) -> int:
    """The unsigned number in the `size` bytes from `at` on. Missing bytes are ignored."""
    return int.from_bytes(data[at : at + size], "big")


def _box_at(reader: Reader, begin: int, end: int) -> Box | None:
    reader.seek(begin)
    header = reader.read(min(_LONG_HEADER, end - begin))
    size, kind, body = number(header, 0), header[4:8], begin + 8
    if size == 1:
        size, body = number(header, 8, 8), begin + _LONG_HEADER
    elif size == 0:
        size = end - begin
    if len(kind) < 4 or not kind.isascii() or begin + size < body:
        return None
    return Box(kind, begin, body, begin + size)
