"""The memory that a reader of a large source needs, in bytes that Python allocates: with one GET, and with several."""

import tracemalloc

import pytest

from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources import s3_object
from dropcast.publishing.sources.s3_object import SourceStream
from dropcast.publishing.transfer.parallel_ranges import Subranges
from dropcast.publishing.transfer.source_reader import SourceReader

MIB = 1024 * 1024
SIZE = 80 * MIB + 17
SOURCE = Source(bucket="b", key="k", etag='"e"', size=SIZE)


class Body:
    """The body of one GET: the requested number of zero bytes."""

    def __init__(self, left: int) -> None:
        self.left = left

    def read(self, limit: int) -> bytes:
        given = min(limit, self.left)
        self.left -= given
        return bytes(given)

    def close(self) -> None:
        self.left = 0


@pytest.fixture(autouse=True)
def s3(monkeypatch) -> None:
    monkeypatch.setattr(s3_object, "_get_pinned", lambda _, first, last: {"Body": Body(last - first + 1)})


def peak_of(source: SourceReader | Subranges) -> int:
    """The peak memory of reading everything. Like an HTTP client, the loop keeps one piece until the next arrives."""
    given, held = 0, b""
    while given < SIZE:
        held = source.read(SIZE - given) if isinstance(source, Subranges) else next(source.pieces(SIZE - given))
        given += len(held)
    return tracemalloc.get_traced_memory()[1]


@pytest.fixture
def traced():
    tracemalloc.start()
    yield
    tracemalloc.stop()


def test_one_get_uses_at_most_eight_mebibytes(traced):
    peak = peak_of(SourceReader(SOURCE, SourceStream(SOURCE, 0, SIZE - 1)))

    assert MIB < peak <= 8 * MIB


def test_several_gets_use_at_most_thirty_two_mebibytes(traced):
    peak = peak_of(Subranges(SOURCE, 0))

    assert 8 * MIB < peak <= 32 * MIB
