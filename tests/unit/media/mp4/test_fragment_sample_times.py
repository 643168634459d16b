"""Fragments without a time or with a wrong time, and files that contain one track after another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.media.mp4.test_fragment_duration import TIMESCALE, box, fragment, moov, told, words

HEAD = box(b"ftyp") + moov()
BOTH = box(b"ftyp") + moov(sound=True)


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.integers(1, 5000))
def test_a_fragment_without_a_time_continues_where_the_last_one_ended(stated, data):
    content = HEAD
    for second, is_stated in enumerate(stated):
        content += fragment(second * TIMESCALE if is_stated else None, 30, data)

    found, _ = told(content)

    assert (found.duration_ms, found.frame_rate_milli) == (1000 * len(stated), 30_000)


@pytest.mark.parametrize(("data", "known"), [(10_000, True), (1_000_000, False)])
def test_without_any_time_all_fragments_are_read_up_to_a_limit(data, known):
    content = HEAD + b"".join(fragment(None, 30, data) for _ in range(200))

    found, reader = told(content)

    assert found.duration_ms == (200_000 if known else None)
    assert reader.reads <= 150
    assert reader.bytes_read <= 12_000_000


def test_an_index_gives_the_time_of_large_fragments_without_one():
    parts = [fragment(None, 30, 1_000_000) for _ in range(200)]
    entries = [words(len(part), TIMESCALE, 0x90000000) for part in parts]
    sidx = box(b"sidx", words(0, 1, TIMESCALE, 0, 0, len(parts)), *entries)

    found, reader = told(HEAD + sidx + b"".join(parts))

    assert found.duration_ms == 200_000
    assert reader.reads <= 12


@pytest.mark.parametrize("wrong", [lambda second: 0, lambda second: TIMESCALE * (10 - second)])
def test_discontinuous_times_are_not_used(wrong):
    content = HEAD + b"".join(fragment(wrong(second), 30) for second in range(10))

    assert told(content)[0].duration_ms == 10_000


def test_a_clock_that_starts_before_0_is_read():
    content = HEAD + b"".join(fragment((second - 2) * TIMESCALE, 30) for second in range(10))

    assert told(content)[0].duration_ms == 10_000


def test_the_longest_track_counts():
    pictures = b"".join(fragment(second * TIMESCALE, 30, track=1) for second in range(2))
    sound = b"".join(fragment(second * TIMESCALE, 30, 10_000, track=2) for second in range(700))

    assert told(BOTH + pictures + sound)[0].duration_ms == 700_000


@pytest.mark.parametrize(("first", "second"), [(1, 2), (2, 1)])
def test_a_file_with_one_track_after_the_other_is_read_to_its_end(first, second):
    long = b"".join(fragment(each * TIMESCALE, 30, 10_000, track=first) for each in range(300))
    short = b"".join(fragment(each * TIMESCALE, 30, 10_000, track=second) for each in range(200))

    assert told(BOTH + long + short)[0].duration_ms == 300_000


def test_a_track_that_ends_early_does_not_make_the_whole_file_read():
    content = BOTH
    for second in range(100):
        content += fragment(second * TIMESCALE, 30, 300_000, track=1)
        content += fragment(second * TIMESCALE, 30, 2000, track=2) if second < 50 else b""

    found, reader = told(content)

    assert found.duration_ms == 100_000
    assert reader.bytes_read <= 2_000_000
