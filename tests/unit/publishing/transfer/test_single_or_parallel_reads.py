from hypothesis import given
from hypothesis import strategies as st

from dropcast.publishing.transfer.single_or_parallel_reads import Pace, Window, next_pace

MB = 1_000_000
ALONE = Pace()
TOGETHER = Pace(is_parallel=True, single_rate=25 * MB)


def test_one_get_is_left_when_it_is_what_everything_waits_for():
    seen = Window(10 * MB, reading=0.375, writing=0.125)

    assert next_pace(ALONE, seen, None, now=1.0) == Pace(is_parallel=True, single_rate=20 * MB)


def test_one_get_stays_when_tiktok_is_what_it_waits_for():
    seen = Window(16 * MB, reading=0.05, writing=0.35)

    assert next_pace(ALONE, seen, None, now=1.0) == ALONE


def test_one_get_stays_when_the_processor_is_what_it_waits_for():
    seen = Window(16 * MB, reading=0.2, writing=0.2)

    assert next_pace(ALONE, seen, None, now=1.0) == ALONE


def test_several_stay_where_one_alone_would_be_too_slow():
    seen = Window(80 * MB, reading=0.4, writing=1.6)

    assert next_pace(TOGETHER, seen, connection_rate=25 * MB, now=3.0) == TOGETHER


def test_several_are_left_when_one_of_them_alone_would_do():
    seen = Window(80 * MB, reading=0.1, writing=1.9)

    assert next_pace(TOGETHER, seen, connection_rate=60 * MB, now=3.0) == ALONE


def test_several_that_bring_nothing_are_left_and_not_tried_again_for_a_while():
    seen = Window(52 * MB, reading=1.9, writing=0.1)

    left = next_pace(TOGETHER, seen, connection_rate=5 * MB, now=3.0)

    starved = Window(10 * MB, reading=0.4, writing=0.0)
    assert not left.is_parallel
    assert not next_pace(left, starved, None, now=3.0 + 29).is_parallel
    assert next_pace(left, starved, None, now=3.0 + 30).is_parallel


@given(
    reading=st.floats(0, 10), writing=st.floats(0, 10), size=st.integers(0, 10**9), rate=st.floats(1, 1e9) | st.none()
)
def test_a_source_that_is_never_waited_for_is_never_read_in_parallel_for_long(reading, writing, size, rate):
    seen = Window(size, 0.0, reading + writing)

    assert not (seen.seconds and next_pace(ALONE, seen, rate, now=0.0).is_parallel)
