"""How the ranks of items changed since about a day before. Pure rules.

The rules compare a list with an earlier list, or use the source's own curve.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dropcast.trends.models import Basis, Curves, Direction, Item, Point

_DAY_S = 24 * 3600

# Lists that were captured within a shorter time than this (for example by two manual runs) count as an hour apart.
_SHORTEST_S = 3600

# A curve of measures is stable if its daily change is less than this share of its mean.
_STILL = 0.02


@dataclass(frozen=True)
class EarlierRanks:
    """The ranks in an earlier list of the same source, by item id."""

    captured_at: int
    ranks: Mapping[str, int]


@dataclass(frozen=True)
class Move:
    """How the rank of an item changed. The fields are those of `Item`."""

    direction: Direction | None = None
    basis: Basis | None = None
    rank_change: int | None = None
    velocity: float | None = None


def rank_history(item_id: str, lists: Sequence[EarlierRanks]) -> list[tuple[int, int | None]]:
    """When each list was captured (seconds since the epoch), and the item's rank in this list, or None if the item is
    not in this list.
    """
    return [(one.captured_at, one.ranks.get(item_id)) for one in lists]


def with_moves(
    items: Sequence[Item], curves: Curves, before: EarlierRanks | None, captured_at: int
) -> tuple[Item, ...]:
    """The `items` of a list captured at `captured_at`, each with the change of its rank."""
    return tuple(
        item.model_copy(update=vars(move(item, curves.get(item.item_id, ()), before, captured_at))) for item in items
    )


def move(item: Item, curve: Sequence[Point], before: EarlierRanks | None, captured_at: int) -> Move:
    """How the rank of one item changed."""
    if before is not None and before.captured_at < captured_at:
        return move_since(before, item, captured_at)
    return move_along(whole_days(curve, captured_at))


def move_since(before: EarlierRanks, item: Item, captured_at: int) -> Move:
    """The change since an earlier list. An item that was not in that list is new."""
    was = before.ranks.get(item.item_id)
    if was is None:
        return Move("new", "history")
    climbed = was - item.rank
    days = max(captured_at - before.captured_at, _SHORTEST_S) / _DAY_S
    return Move(_direction(climbed), "history", climbed, _rounded(climbed / days))


def move_along(days: Sequence[Point]) -> Move:
    """The change along a curve of whole days. Ranks decide if the last two days have ranks. If not, measures decide."""
    ranks = _last_places(days)
    if len(ranks) > 1:
        climbed = ranks[-2][1] - ranks[-1][1]
        return Move(_direction(climbed), "curve", climbed, _rounded(-slope(ranks)))
    measures = [(point.day, point.measure) for point in days if point.measure is not None]
    if len(measures) > 1:
        return Move(_trend(measures), "curve")
    return Move()


def _last_places(days: Sequence[Point]) -> list[tuple[int, int]]:
    """The ranks of the latest consecutive days that have a rank. So only neighbouring days are compared."""
    ranks = list[tuple[int, int]]()
    for point in reversed(days):
        if point.rank is None or (ranks and ranks[-1][0] - point.day > _DAY_S):
            break
        ranks.append((point.day, point.rank))
    return ranks[::-1]


def whole_days(curve: Sequence[Point], captured_at: int) -> list[Point]:
    """The days in a curve that were over at `captured_at`, oldest first. A curve's last day is often incomplete."""
    by_day = {point.day: point for point in curve if point.day + _DAY_S <= captured_at}
    return [by_day[day] for day in sorted(by_day)]


def slope(values: Sequence[tuple[int, int]]) -> float:
    """The least-squares slope per day of pairs (second, value). At least two of the seconds must differ."""
    mean_at = sum(at for at, _ in values) / len(values)
    mean = sum(value for _, value in values) / len(values)
    spread = sum((at - mean_at) ** 2 for at, _ in values)
    return sum((at - mean_at) * (value - mean) for at, value in values) / spread * _DAY_S


def _trend(measures: Sequence[tuple[int, int]]) -> Direction:
    mean = sum(value for _, value in measures) / len(measures)
    rise = slope(measures)
    return "stable" if abs(rise) <= _STILL * abs(mean) else _direction(rise)


def _direction(climbed: float) -> Direction:
    if climbed == 0:
        return "stable"
    return "up" if climbed > 0 else "down"


def _rounded(value: float) -> float:
    return round(value, 1) + 0.0  # the sum turns -0.0 into 0.0
