"""Which lists of trends this deployment collects, according to its settings."""

import itertools
import math
from typing import cast, get_args

from dropcast import clock
from dropcast.settings import listed, settings
from dropcast.trends.models import ALL, TrendKind, TrendQuery, trend_query

PERIODS = (1, 7, 30, 120)

RUN_EVERY_S = 6 * 3600
"""The time between two scheduled runs, in seconds."""


def planned_queries() -> list[TrendQuery]:
    """The lists that a run collects. Lists that cost one request come first. Without countries there are no lists.

    Lists of videos cost many requests. If a run's requests do not suffice for all of them, later runs collect the
    others.

    Raises ValueError for a setting with an unknown value.
    """
    lists = dict.fromkeys(
        trend_query(kind, country, days, category)
        for kind in _kinds()
        for category in categories()
        for days in periods()
        for country in countries()
    )
    videos = [one for one in lists if one.kind == "videos"]
    return [one for one in lists if one.kind != "videos"] + _in_turn(videos)


def chosen_query(kind: TrendKind, country: str | None, period_days: int | None, category: str) -> TrendQuery:
    """The query for these values. The country and the period default to the first ones in the settings."""
    days = next(iter(periods()), 0) if period_days is None else period_days
    return trend_query(kind, country or next(iter(countries()), ""), days, category)


def categories() -> list[str]:
    """The categories whose trends are collected. The first one, ALL, means all categories together."""
    return [ALL, *listed(settings().trend_categories)]


def countries() -> list[str]:
    """The countries whose trends are collected, as two-letter codes."""
    return listed(settings().trend_countries)


def periods() -> list[int]:
    """The periods over which trends are collected, in days."""
    chosen = [int(days) for days in listed(settings().trend_periods)]
    if unknown := set(chosen) - set(PERIODS):
        raise ValueError(f"trend_periods must be in {PERIODS}, not {sorted(unknown)}")
    return chosen


def _in_turn(lists: list[TrendQuery]) -> list[TrendQuery]:
    """The lists in rotated order.

    Every six hours a different list comes first. The start moves by about a third of the lists. The size of this step
    has no common divisor with the number of lists, so that each list comes first at some time.
    """
    count = max(1, len(lists))
    step = next(step for step in itertools.count(count // 3 + 1) if math.gcd(step, count) == 1)
    start = clock.now() // RUN_EVERY_S * step % count
    return lists[start:] + lists[:start]


def _kinds() -> list[TrendKind]:
    chosen = listed(settings().trend_kinds)
    if unknown := set(chosen) - set(get_args(TrendKind)):
        raise ValueError(f"trend_kinds must be in {get_args(TrendKind)}, not {sorted(unknown)}")
    return cast(list[TrendKind], chosen)
