"""Compares next_free with a search that tries every second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast.budgets.ledger import next_free
from tests.unit.budgets.schedule import most_in_a_window

WINDOW = st.integers(1, 12)
LIMIT = st.integers(1, 5)


def kept(limit: int, window: int, asked: list[int]) -> list[int]:
    """Uses that next_free itself allows. So no window is too full at the start."""
    times: list[int] = []
    for at in asked:
        times = sorted([*times, next_free(times, at, limit, window)])
    return times


@given(limit=LIMIT, window=WINDOW, asked=st.lists(st.integers(0, 40), max_size=25))
def test_no_window_ever_holds_more_than_the_limit(limit, window, asked):
    times = kept(limit, window, asked)

    assert most_in_a_window(times, window) <= limit


@given(limit=LIMIT, window=WINDOW, asked=st.lists(st.integers(0, 40), max_size=20), now=st.integers(0, 50))
def test_no_earlier_second_has_room(limit, window, asked, now):
    times = kept(limit, window, asked)

    at = next_free(times, now, limit, window)

    assert at >= now
    for earlier in range(now, at):
        assert most_in_a_window([*times, earlier], window) > limit


@pytest.mark.parametrize(
    ("times", "now", "expected"),
    [
        ([], 5, 5),
        ([0, 0], 5, 5),
        ([0, 1, 2], 5, 10),
        ([0, 1, 2], 10, 10),
        ([0, 0, 0], 9, 10),
        ([4, 5, 12], 6, 14),
        ([7, 7, 7], 5, 17),
    ],
)
def test_next_free_with_a_limit_of_three_in_ten_seconds(times, now, expected):
    assert next_free(times, now, 3, 10) == expected
