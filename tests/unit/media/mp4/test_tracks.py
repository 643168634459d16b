"""Reads hand-built tables of a `moov` to find how long a player shows a track."""

import struct
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.media.mp4.tracks import find_moov, read_tracks
from tests.unit.media.mp4.test_fragment_duration import box, words

TICKS = 600


def moov(times, *, samples=None, edits=b"", delay=0, timescale=TICKS, sizes=b"stsz", handler=b"vide") -> bytes:
    count = sum(number for number, _ in times) if samples is None else samples
    tables = [box(b"stts", words(0, len(times), *(number for line in times for number in line)))]
    if sizes:
        tables.append(box(sizes, words(0, 0 if sizes == b"stsz" else 8, count), bytes(4 * count)))
    if delay:
        tables.append(box(b"ctts", words(0, 1, count, delay)))
    return box(
        b"moov",
        box(b"mvhd", words(0, 0, 0, 1000, 0)),
        box(
            b"trak",
            box(b"tkhd", words(0, 0, 0, 7, 0, 0xFFFFFFFF)),
            box(b"edts", box(b"elst", edits)) if edits else b"",
            box(
                b"mdia",
                box(b"mdhd", words(0, 0, 0, timescale, 0)),
                box(b"hdlr", words(0, 0), handler),
                box(b"minf", box(b"stbl", *tables)),
            ),
        ),
    )


def elst(*lines: tuple[int, int, int], wide: bool = False) -> bytes:
    line = struct.Struct(">Qqhh" if wide else ">Iihh")
    return words(wide << 24, len(lines)) + b"".join(line.pack(*each, 0) for each in lines)


def shown(content: bytes) -> int | None:
    reader = BytesIO(box(b"ftyp") + content)
    found = find_moov(reader, len(reader.getvalue()))
    assert found is not None
    (track,) = read_tracks(reader, found).values()
    assert track.track_id == 7
    return track.shown_ms


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10_000)), min_size=1, max_size=20))
def test_a_track_lasts_until_its_last_sample_ends(times):
    assert shown(moov(times)) == round(1000 * sum(count * ticks for count, ticks in times) / TICKS)


@pytest.mark.parametrize(
    ("edits", "ms"),
    [
        (elst((1000, 0, 1)), 1000),
        (elst((1000, 0, 1), wide=True), 1000),
        (elst((0, 0, 1)), 10_000),
        (elst((0xFFFFFFFF, 0, 1)), 10_000),
        (elst((0xFFFF3CB0, 0, 1)), 10_000),
        (elst((1 << 63, 0, 1), wide=True), 10_000),
        (elst((60_000, 0, 1)), 10_000),
        (elst((10_000, 3 * TICKS, 1)), 7000),
        (elst((10_000, 20 * TICKS, 1)), 0),
        (elst((2000, -1, 1), (3000, 0, 1)), 5000),
        (elst((0xFFFFFFFF, -1, 1), (3000, 0, 1)), 3000),
        (elst((1000, 0, 1), (2000, 5 * TICKS, 1)), 3000),
        (elst((30_000, TICKS, 0)), 30_000),
        (elst((2000, -1, 1)), 10_000),
        (elst(), 10_000),
        (words(0, 1000), 10_000),
    ],
)
def test_an_edit_list_applies_as_far_as_there_are_samples(edits, ms):
    assert shown(moov([(100, 60)], edits=edits)) == ms


def test_pictures_shown_later_than_decoded_count_until_the_end():
    assert shown(moov([(100, 60)], delay=120, edits=elst((10_000, 120, 1)))) == 10_000


@pytest.mark.parametrize(
    ("times", "samples", "ms"),
    [
        ([(10, 60)], 100, 10_000),
        ([(50_000, 60)], 100, 10_000),
        ([(99, 60), (1, 0xFFFFFF00)], None, 9900),
        ([(100, 60)], 0, 0),
        ([], 0, 0),
        ([], 100, None),
    ],
)
def test_the_number_of_samples_decides_and_not_the_length_of_the_time_table(times, samples, ms):
    assert shown(moov(times, samples=samples)) == ms


def test_small_and_missing_size_tables_are_read():
    assert shown(moov([(100, 60)], sizes=b"stz2")) == 10_000
    assert shown(moov([(100, 60)], sizes=b"")) == 10_000


def test_a_track_without_a_timescale_has_no_duration():
    assert shown(moov([(100, 60)], timescale=0)) is None


WHOLE = box(b"ftyp") + moov([(10, 60), (5, 30)], edits=elst((500, 0, 1)), delay=60)


@given(st.dictionaries(st.integers(0, len(WHOLE) - 1), st.integers(0, 255), min_size=1, max_size=8), st.floats(0, 1))
def test_a_broken_table_raises_nothing(changes, kept):
    broken = bytearray(WHOLE)
    for at, byte in changes.items():
        broken[at] = byte
    reader = BytesIO(broken[: int(len(broken) * kept)])

    found = find_moov(reader, len(reader.getvalue()))

    for track in read_tracks(reader, found).values() if found else ():
        assert track.shown_ms is None or track.shown_ms >= 0
