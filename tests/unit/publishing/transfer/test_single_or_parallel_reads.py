from hypothesis import given
from hypothesis import strategies as st

from dropcast.publishing.transfer.single_or_parallel_reads import Pace, Window, next_pace

MB = 1_000_000
ALONE = Pace()
TOGETHER = Pace(is_parallel=True, single_rate=25 * MB)


def test_one_get_is_replaced_if_everything_waits_for_it():
    seen = Window(10 * MB, reading=0.375, writing=0.125)

    assert next_pace(ALONE, seen, None, now=1.0) == Pace(is_parallel=True, single_rate=20 * MB)


def test_one_get_stays_if_tiktok_is_the_slower_side():
    seen = Window(16 * MB, reading=0.05, writing=0.35)

    assert next_pace(ALONE, seen, None, now=1.0) == ALONE


def test_one_get_stays_if_neither_side_is_the_bottleneck():
    seen = Window(16 * MB, reading=0.2, writing=0.2)

    assert next_pace(ALONE, seen, None, now=1.0) == ALONE


def test_one_get_stays_if_the_processor_is_the_bottleneck():
    seen = Window(16 * MB, reading=0.4, writing=0.1, processor=0.95)

    assert next_pace(ALONE, seen, None, now=1.0) == ALONE


def test_several_gets_stay_if_one_would_be_too_slow():
    seen = Window(80 * MB, reading=0.4, writing=1.6)

    assert next_pace(TOGETHER, seen, connection_rate=25 * MB, now=3.0) == TOGETHER


def test_several_gets_end_if_one_would_be_enough():
    seen = Window(80 * MB, reading=0.1, writing=1.9)

    assert next_pace(TOGETHER, seen, connection_rate=60 * MB, now=3.0) == ALONE


def test_several_gets_without_a_gain_end_and_are_not_tried_again_for_a_while():
    seen = Window(52 * MB, reading=1.9, writing=0.1)

    left = next_pace(TOGETHER, seen, connection_rate=5 * MB, now=3.0)

    starved = Window(10 * MB, reading=0.4, writing=0.0)
    assert not left.is_parallel
    assert not next_pace(left, starved, None, now=3.0 + 29).is_parallel
    assert next_pace(left, starved, None, now=3.0 + 30).is_parallel


@given(
    reading=st.floats(0, 10), writing=st.floats(0, 10), size=st.integers(0, 10**9), rate=st.floats(1, 1e9) | st.none()
)
def test_a_fast_enough_source_is_not_read_in_parallel_for_long(reading, writing, size, rate):
    seen = Window(size, 0.0, reading + writing)

    assert not (seen.seconds and next_pace(ALONE, seen, rate, now=0.0).is_parallel)
