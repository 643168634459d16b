"""Reads fragmented files that the tests build box by box, in any size."""

import struct
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dropcast.media.mp4.fragment_duration import Fragments, read_fragments
from dropcast.media.range_reader import BufferedRanges

TIMESCALE = 30_000
PICTURE = 1000


def box(kind: bytes, *inner: bytes) -> bytes:
    body = b"".join(inner)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def words(*numbers: int) -> bytes:
    return struct.pack(f">{len(numbers)}I", *numbers)


def moov(sound: bool = False) -> bytes:
    kinds = {1: b"vide", 2: b"soun"} if sound else {1: b"vide"}
    tracks = [
        box(
            b"trak",
            box(b"tkhd", words(0, 0, 0, number, 0)),
            box(b"mdia", box(b"mdhd", words(0, 0, 0, TIMESCALE, 0)), box(b"hdlr", words(0, 0), kind)),
        )
        for number, kind in kinds.items()
    ]
    return box(b"moov", box(b"mvex", *(box(b"trex", words(0, n, 1, PICTURE, 0, 0)) for n in kinds)), *tracks)


def fragment(begin: int | None, ticks: list[int] | int, data: int = 20, track: int = 1) -> bytes:
    """A fragment of samples from `begin` ticks on.

    `ticks`: the durations, or a number of samples with the default duration.
    """
    trun = words(1, ticks, 0) if isinstance(ticks, int) else words(257, len(ticks), 0, *ticks)
    time = b"" if begin is None else box(b"tfdt", b"\1\0\0\0", (begin % 2**64).to_bytes(8))
    traf = box(b"traf", box(b"tfhd", words(0x020000, track)), time, box(b"trun", trun))
    return box(b"moof", box(b"mfhd", words(0, 1)), traf) + box(b"mdat", bytes(data))


def told(content: bytes) -> tuple[Fragments, BufferedRanges]:
    reader = BufferedRanges(lambda first, last: content[first : last + 1], len(content))
    found = read_fragments(reader, reader.size)
    assert found is not None
    return found, reader


@given(st.lists(st.integers(1, 50), min_size=1, max_size=40), st.integers(0, 100_000), st.integers(1, 5000))
@example([1], 0, 1)
def test_the_duration_covers_all_fragments_wherever_the_clock_starts(samples, clock, data):
    content, begin = box(b"ftyp") + moov(), clock
    for count in samples:
        content += fragment(begin, count, data)
        begin += count * PICTURE

    found, _ = told(content)

    assert found.duration_ms == round(sum(samples) * PICTURE * 1000 / TIMESCALE)
    assert (found.frame_rate_milli, found.cut_short) == (30_000, False)


@given(st.integers(1, 100))
def test_a_missing_end_is_detected(missing):
    content = box(b"ftyp") + moov() + fragment(0, 30, 200) + fragment(30 * PICTURE, 30, 100)

    assert told(content[:-missing])[0].cut_short


@pytest.mark.parametrize("megabytes", [1, 2, 8])
def test_few_large_fragments_are_skipped_over(megabytes):
    content = box(b"ftyp") + moov()
    for second in range(4):
        content += fragment(second * TIMESCALE, 30, megabytes << 20)

    found, reader = told(content)

    assert (found.duration_ms, found.cut_short) == (4000, False)
    assert reader.reads <= 12
    assert reader.bytes_read <= 2_000_000


def test_one_longer_picture_does_not_change_the_rate():
    content = box(b"ftyp") + moov() + fragment(0, [1700, *[1000] * 29]) + fragment(30_700, 30)

    assert told(content)[0].frame_rate_milli == 30_000


@pytest.mark.parametrize("last", [[4000] * 30, [1000, 4000] * 15])
def test_a_variable_rate_is_not_reported(last):
    assert told(box(b"ftyp") + moov() + fragment(0, 30) + fragment(30_000, last))[0].frame_rate_milli is None


@pytest.mark.parametrize("content", [b"", b"hello", box(b"ftyp") + box(b"moov") + box(b"mdat"), fragment(0, 30)])
def test_a_file_without_fragments_or_without_a_head_is_left_to_other_readers(content):
    reader = BufferedRanges(lambda first, last: content[first : last + 1], len(content))

    assert read_fragments(reader, len(content)) is None


WHOLE = box(b"ftyp") + moov() + b"".join(fragment(second * TIMESCALE, [PICTURE] * 30) for second in range(4))


@given(st.dictionaries(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), min_size=1, max_size=8))
def test_a_broken_file_gives_no_wrong_values(changes):
    broken = bytearray(WHOLE)
    for at, byte in changes.items():
        broken[at] = byte

    found = read_fragments(BytesIO(broken), len(broken))

    assert found is None or found.duration_ms is None or found.duration_ms > 0


def test_an_index_to_the_start_of_a_long_file_does_not_make_it_read_completely():
    begin = len(box(b"ftyp") + moov())
    content = box(b"ftyp") + moov() + b"".join(fragment(second * TIMESCALE, 30, 100_000) for second in range(200))
    tfra = box(b"tfra", words(0, 1, 0, 1, 0, begin), b"\1\1\1")
    content += box(b"mfra", tfra, box(b"mfro", words(0, 8 + len(tfra) + 16)))

    found, reader = told(content)

    assert found.duration_ms == 200_000
    assert reader.bytes_read < len(content) / 2
