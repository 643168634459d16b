"""Parses MP4 boxes, changes them and writes them again."""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONTAINERS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"moof", b"traf", b"edts", b"mfra")


@dataclass
class Box:
    kind: bytes
    content: bytes = b""
    inner: list["Box"] = field(default_factory=list)

    def written(self) -> bytes:
        body = b"".join(box.written() for box in self.inner) if self.kind in CONTAINERS else self.content
        if len(body) + 8 >= 1 << 32:
            return struct.pack(">I4sQ", 1, self.kind, 16 + len(body)) + body
        return struct.pack(">I4s", 8 + len(body), self.kind) + body

    def all(self, *path: bytes) -> Iterator["Box"]:
        kind, *deeper = path
        for box in self.inner:
            if box.kind == kind:
                yield from box.all(*deeper) if deeper else (box,)

    def one(self, *path: bytes) -> "Box":
        return next(self.all(*path))

    def without(self, kind: bytes) -> None:
        self.inner = [box for box in self.inner if box.kind != kind]


def box(kind: bytes, *parts: "bytes | Box") -> Box:
    if kind in CONTAINERS:
        return Box(kind, inner=[part for part in parts if isinstance(part, Box)])
    return Box(kind, b"".join(part.written() if isinstance(part, Box) else part for part in parts))


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *(number & 0xFFFFFFFF for number in numbers))


def taken_apart(data: bytes) -> Box:
    """The file as a box without a kind. Its `inner` are the boxes of the file."""
    return Box(b"", inner=list(_boxes(data)))


def put_together(file: Box) -> bytes:
    return b"".join(box.written() for box in file.inner)


def _boxes(data: bytes) -> Iterator[Box]:
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", data[at + 8 : at + 16])[0], 16
        body = data[at + head : at + size]
        yield Box(kind, inner=list(_boxes(body))) if kind in CONTAINERS else Box(kind, body)
        at += size


def changed(data: bytes, change: Callable[[Box], None]) -> bytes:
    """`data` after `change`. The offsets of the pictures are corrected if whole boxes moved (`mdat` and `moof`)."""
    file = taken_apart(data)
    before = _places(file)
    headers = [len(moof.written()) for moof in file.all(b"moof")]
    change(file)
    after = _places(file)
    if before and after:
        for trak in file.all(b"moov", b"trak"):
            for table in trak.all(b"mdia", b"minf", b"stbl", b"stco"):
                _shift(table, after[0] - before[0])
    for moof, old in zip(file.all(b"moof"), headers, strict=False):
        for trun in moof.all(b"traf", b"trun"):
            _shift_run(trun, len(moof.written()) - old)
    return put_together(file)


def _places(file: Box) -> list[int]:
    at, found = 0, list[int]()
    for inner in file.inner:
        if inner.kind == b"mdat":
            found.append(at)
        at += len(inner.written())
    return found


def _shift(table: Box, by: int) -> None:
    (count,) = struct.unpack(">I", table.content[4:8])
    offsets = struct.unpack(f">{count}I", table.content[8 : 8 + 4 * count])
    table.content = table.content[:8] + words(*(offset + by for offset in offsets))


def _shift_run(trun: Box, by: int) -> None:
    if trun.content[3] & 1:
        (offset,) = struct.unpack(">i", trun.content[8:12])
        trun.content = trun.content[:8] + struct.pack(">i", offset + by) + trun.content[12:]
