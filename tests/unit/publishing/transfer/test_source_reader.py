"""The reader and an in-memory source whose connections have a chosen speed, on a simulated clock."""

import itertools
import threading

import pytest

from dropcast import clock
from dropcast.errors.problem import problem
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources.s3_object import SourceInterrupted, SourceStream
from dropcast.publishing.transfer import parallel_ranges, source_reader
from dropcast.publishing.transfer.parallel_ranges import Subranges
from dropcast.publishing.transfer.source_reader import SourceReader

SIZE = 3_000_017
BODY = bytes(itertools.islice(itertools.cycle(range(251)), SIZE))
SOURCE = Source(bucket="b", key="k", etag='"e"', size=SIZE)


class MemoryStream(SourceStream):
    """One GET. It ends early, before the byte `breaks_at`."""

    def __init__(self, host: "MemoryHost", first: int, last: int) -> None:
        self.host, self.position, self.last, self.is_open = host, first, last, True

    def read(self, limit: int) -> bytes:
        end = min(self.position + min(limit, 4096), self.last + 1)
        if self.host.breaks_at is not None and end > self.host.breaks_at:
            raise SourceInterrupted("cut")
        piece = BODY[self.position : end]
        self.position = end
        self.host.wait(len(piece))
        return piece

    def close(self) -> None:
        self.is_open = False


class MemoryHost:
    """A host whose reads advance the reading thread's clock by `seconds_per_byte`.

    The times of concurrent threads do not add up.
    """

    def __init__(self) -> None:
        self.main = threading.get_ident()
        self.now, self.seconds_per_byte = 0.0, 0.0
        self.is_busy, self.processor = False, 0.0
        self.breaks_at: int | None = None
        self.gone = False
        self.streams: list[MemoryStream] = []

    def open(self, source: Source, first: int, last: int | None = None):
        if self.gone:
            return problem("source_changed", bucket="b", key="k")
        self.streams.append(MemoryStream(self, first, SIZE - 1 if last is None else last))
        return self.streams[-1]

    def wait(self, size: int) -> None:
        if threading.get_ident() == self.main:
            self.now += size * self.seconds_per_byte
            self.processor += size * self.seconds_per_byte * 512 / 1769 if self.is_busy else 0.0

    def monotonic(self) -> float:
        return self.now

    def processor_seconds(self) -> float:
        """While the host is busy, reads use all processor time of a function with 512 MB. Otherwise they use none."""
        return self.processor


@pytest.fixture
def host(monkeypatch) -> MemoryHost:
    host = MemoryHost()
    for module in (parallel_ranges, source_reader):
        monkeypatch.setattr(module, "open_stream", host.open)
        monkeypatch.setattr(module, "SUBRANGE_BYTES", 40_000)
    monkeypatch.setattr(source_reader, "_LEAD_BYTES", 80_000)
    monkeypatch.setattr(source_reader, "_LEFT_BYTES_MIN", 240_000)
    monkeypatch.setattr(source_reader, "_PARALLEL_WINDOW_BYTES", 480_000)
    monkeypatch.setattr(clock, "monotonic", host.monotonic)
    monkeypatch.setattr(clock, "processor_seconds", host.processor_seconds)
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
    return host


def reader_of(host: MemoryHost, first: int = 0) -> SourceReader:
    return SourceReader(SOURCE, host.open(SOURCE, first))


def read(host: MemoryHost, reader: SourceReader, length: int, seconds_per_byte: float = 0.0) -> bytes:
    """The next bytes. Writing each piece takes time."""
    got = bytearray()
    for piece in reader.pieces(length):
        got += piece
        host.now += len(piece) * seconds_per_byte
    return bytes(got)


def test_the_bytes_are_in_order_in_every_mode(host):
    host.seconds_per_byte = 1e-6
    reader = reader_of(host)

    got = b"".join(read(host, reader, length) for length in (700_000, 1, 1_299_999, SIZE - 2_000_000))

    assert got == BODY
    assert reader.is_parallel


def test_a_fast_enough_source_is_read_by_one_get(host):
    host.seconds_per_byte = 1e-7
    reader = reader_of(host)

    got = read(host, reader, SIZE, seconds_per_byte=1e-6)

    assert got == BODY
    assert len(host.streams) == 1


def test_one_get_stays_if_the_reads_only_need_the_processor(host):
    host.seconds_per_byte, host.is_busy = 1e-6, True
    reader = reader_of(host)

    assert read(host, reader, SIZE) == BODY
    assert len(host.streams) == 1


def test_several_take_over_once_the_reads_wait_for_the_source(host):
    host.seconds_per_byte, host.is_busy = 1e-6, True
    reader = reader_of(host)
    got = read(host, reader, 2_000_000)
    was_parallel = reader.is_parallel
    host.is_busy = False

    got += read(host, reader, SIZE - 2_000_000)

    assert not was_parallel
    assert reader.is_parallel
    assert got == BODY


def test_one_get_continues_until_several_take_over(host):
    host.seconds_per_byte = 1e-6
    reader = reader_of(host)
    read(host, reader, 700_000)

    single, *several = host.streams
    assert several[0].last > single.position >= min(stream.last for stream in several) - 40_000 + 1
    assert not single.is_open


def test_it_returns_to_one_get_when_tiktok_is_the_slower_side(host):
    host.seconds_per_byte = 1e-6
    reader = reader_of(host)
    got = read(host, reader, 600_000)
    was_parallel = reader.is_parallel
    host.seconds_per_byte = 1e-9

    got += read(host, reader, SIZE - 600_000, seconds_per_byte=5e-6)

    assert was_parallel
    assert not reader.is_parallel
    assert got == BODY


def test_near_the_end_the_mode_stays(host):
    host.seconds_per_byte = 2e-6
    reader = reader_of(host, first=SIZE - 300_000)

    assert read(host, reader, 300_000) == BODY[-300_000:]
    assert len(host.streams) == 1


def test_a_broken_range_is_reported_at_its_position(host):
    host.breaks_at = 100_000
    several = Subranges(SOURCE, 0)
    whole = list[bytes]()
    while several.position < 80_000:
        whole.append(several.read(40_000))

    with pytest.raises(SourceInterrupted, match="cut"):
        several.read(40_000)

    several.close()
    assert b"".join(whole) == BODY[:80_000]


def test_a_source_that_disappears_during_parallel_reads_is_reported_as_broken(host):
    host.gone = True
    several = Subranges(SOURCE, 0)

    with pytest.raises(SourceInterrupted, match="source_changed"):
        several.read(SIZE)


def test_several_gets_use_no_more_than_their_buffers(host):
    several = Subranges(SOURCE, 0)
    furthest = 0
    while several.position < SIZE:
        several.read(SIZE)
        furthest = max(furthest, several.covered - several.position)

    assert furthest <= parallel_ranges.WORKERS * 40_000


def test_after_stop_no_further_requests_are_made(host):
    several = Subranges(SOURCE, 0)
    several.read(10)
    several.stop_requesting()

    got = 10
    while several.position < several.covered:
        got += len(several.read(SIZE))

    assert got == parallel_ranges.WORKERS * 40_000
    assert max(stream.last for stream in host.streams) == got - 1


def test_several_gets_give_bytes_because_the_http_client_copies_other_buffers(host):
    piece = Subranges(SOURCE, 0).read(SIZE)

    assert type(piece) is bytes
