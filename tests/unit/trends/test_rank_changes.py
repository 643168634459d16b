"""The rules for rank changes, over any list and any curve."""

from hypothesis import given
from hypothesis import strategies as st

from dropcast.trends.models import Hashtag, Point
from dropcast.trends.rank_changes import EarlierRanks, move, move_along, slope, whole_days, with_moves

DAY_S = 24 * 3600
TODAY = 20_000 * DAY_S
NOON = TODAY + DAY_S // 2

ranks = st.integers(1, 200)
hours = st.integers(1, 48)
daily_ranks = st.lists(ranks, min_size=2, max_size=30)


def tag(rank: int, name: str = "a") -> Hashtag:
    return Hashtag(rank=rank, hashtag_id=name, name=name)


def days_of(values: list[int], measure: bool = False) -> list[Point]:
    """A curve that ends yesterday."""
    first = TODAY - len(values) * DAY_S
    return [
        Point(first + place * DAY_S, **({"measure": value} if measure else {"rank": value}))
        for place, value in enumerate(values)
    ]


@given(ranks, ranks, hours)
def test_ranks_are_compared_with_an_earlier_list_and_scaled_to_a_day(was, rank, age_h):
    moved = move(tag(rank), (), EarlierRanks(NOON - age_h * 3600, {"a": was}), NOON)

    assert moved.basis == "history"
    assert moved.rank_change == was - rank
    assert moved.velocity == round((was - rank) * 24 / age_h, 1)
    assert moved.direction == {True: "up", False: "down"}.get(was > rank) if was != rank else "stable"


@given(ranks, daily_ranks)
def test_an_entry_missing_in_the_earlier_list_is_new_with_any_curve(rank, values):
    moved = move(tag(rank), days_of(values), EarlierRanks(NOON - DAY_S, {"another": 1}), NOON)

    assert (moved.direction, moved.basis, moved.rank_change, moved.velocity) == ("new", "history", None, None)


@given(ranks, daily_ranks)
def test_the_same_list_again_is_no_history(rank, values):
    again = move(tag(rank), days_of(values), EarlierRanks(NOON, {"a": rank}), NOON)

    assert again == move_along(days_of(values))


@given(daily_ranks, st.lists(st.integers(0, DAY_S - 1), max_size=3), ranks)
def test_an_incomplete_last_day_changes_nothing(values, seconds, part):
    curve = days_of(values)
    with_part = [*curve, *(Point(TODAY + second, rank=part) for second in seconds)]

    assert move(tag(1), with_part, None, NOON) == move(tag(1), curve, None, NOON)


@given(daily_ranks, st.randoms())
def test_the_order_of_the_days_changes_nothing(values, random):
    curve = days_of(values)
    shuffled = random.sample(curve, len(curve))

    assert whole_days(shuffled, NOON) == curve


@given(daily_ranks)
def test_a_curve_compares_its_last_two_whole_days(values):
    moved = move_along(days_of(values))

    assert moved.basis == "curve"
    assert moved.rank_change == values[-2] - values[-1]
    assert (moved.direction == "up") == (values[-1] < values[-2])
    assert (moved.direction == "stable") == (values[-1] == values[-2])


@given(st.integers(1, 10), st.integers(2, 20))
def test_a_steady_climb_has_its_ranks_per_day_as_velocity(step, days):
    climbing = [1 + step * place for place in reversed(range(days))]

    assert move_along(days_of(climbing)).velocity == step
    assert move_along(days_of(climbing[::-1])).velocity == -step


@given(daily_ranks)
def test_a_reversed_curve_has_the_opposite_slope(values):
    there, back = ([(point.day, point.rank or 0) for point in days_of(one)] for one in (values, values[::-1]))

    assert abs(slope(there) + slope(back)) < 1e-6


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=30))
def test_a_curve_of_measures_has_a_direction_and_no_ranks(values):
    moved = move_along(days_of(values, measure=True))

    assert (moved.rank_change, moved.velocity) == (None, None)
    assert moved.direction in ("up", "down", "stable")
    if values == sorted(values) and values[0] != values[-1]:
        assert moved.direction != "down"


@given(st.integers(1, 10**9), st.integers(2, 30))
def test_measures_within_two_percent_a_day_are_steady(mean, days):
    flat = days_of([mean] * days, measure=True)

    assert move_along(flat).direction == "stable"


@given(st.lists(st.tuples(ranks, ranks), max_size=1))
def test_one_day_or_none_gives_no_direction(values):
    curve = [Point(TODAY - DAY_S, rank=rank, measure=measure) for rank, measure in values]

    moved = move(tag(3), curve, None, NOON)

    assert (moved.direction, moved.basis) == (None, None)


def test_a_line_through_two_points_has_their_slope():
    assert slope([(0, 5), (DAY_S, 8)]) == 3


def test_each_item_gets_its_own_move():
    items = with_moves([tag(1, "a"), tag(2, "b")], {"b": tuple(days_of([9, 4]))}, None, NOON)

    assert [(one.direction, one.rank_change) for one in items] == [(None, None), ("up", 5)]
