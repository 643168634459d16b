"""Starts MediaInfo's process once for equal reads with equal answers. The process takes longer than most tests.

Each call makes the same reads of its file as the process would.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from dropcast.media.range_reader import Reader
from dropcast.media.video import run_mediainfo

_run = run_mediainfo.run_mediainfo
_replaced = pytest.MonkeyPatch()


@contextmanager
def quick_mediainfo() -> Iterator[None]:
    _replaced.setattr(run_mediainfo, "run_mediainfo", _report)
    try:
        yield
    finally:
        _replaced.undo()


@contextmanager
def mediainfo_itself() -> Iterator[None]:
    """A process for each call, inside `quick_mediainfo`."""
    _replaced.undo()
    try:
        yield
    finally:
        _replaced.setattr(run_mediainfo, "run_mediainfo", _report)


@dataclass(frozen=True)
class _Read:
    """What the process reads next."""

    offset: int
    length: int


_Path = tuple[int, bytes]
"""The size of a file, and a digest of all that was read of it so far."""

_next: dict[_Path, _Read | str] = {}
"""What the process did next: another read, or its report."""


def _report(reader: Reader, size: int) -> str | None:
    reads = _Reads(reader, (size, b""))
    while isinstance(known := _next.get(reads.path), _Read):
        reads.make(known)
    if known is not None:
        return known
    report = _run(reads, size)
    if report is not None:
        _next[reads.path] = report
    return report


@dataclass
class _Reads:
    """The reads of a file so far. A process that is started later receives their answers first."""

    file: Reader
    path: _Path
    _answers: list[bytes] = field(default_factory=list[bytes])
    _received: int = 0
    _at: int = 0

    def make(self, read: _Read) -> None:
        self.file.seek(read.offset)
        answer = self.file.read(read.length)
        self._answers.append(answer)
        size, digest = self.path
        self.path = size, hashlib.sha256(digest + answer).digest()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        self._at = offset
        return offset

    def read(self, size: int, /) -> bytes:
        if self._received == len(self._answers):
            _next[self.path] = _Read(self._at, size)
            self.make(_next[self.path])
        self._received += 1
        return self._answers[self._received - 1]

    def tell(self) -> int:
        return self._at
