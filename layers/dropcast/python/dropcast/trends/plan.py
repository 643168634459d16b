"""Which lists of trends this deployment collects, as its settings name them."""

from typing import cast, get_args

from dropcast.settings import listed, settings
from dropcast.trends.shapes import ALL, Kind, Wanted, wanted

PERIODS = (1, 7, 30, 120)


def planned() -> list[Wanted]:
    """Every list that a run collects, hashtags of all countries first. Without countries there is none.

    A ValueError for a setting that names what there is not.
    """
    lists = (
        wanted(kind, country, days, category)
        for kind in _kinds()
        for category in [ALL, *listed(settings().trend_categories)]
        for days in periods()
        for country in countries()
    )
    return list(dict.fromkeys(lists))


def countries() -> list[str]:
    """The countries whose trends are collected, as two letters."""
    return listed(settings().trend_countries)


def periods() -> list[int]:
    """Over how many days trends are collected."""
    chosen = [int(days) for days in listed(settings().trend_periods)]
    if unknown := set(chosen) - set(PERIODS):
        raise ValueError(f"trend_periods are of {PERIODS}, and not {sorted(unknown)}")
    return chosen


def _kinds() -> list[Kind]:
    chosen = listed(settings().trend_kinds)
    if unknown := set(chosen) - set(get_args(Kind)):
        raise ValueError(f"trend_kinds are of {get_args(Kind)}, and not {sorted(unknown)}")
    return cast(list[Kind], chosen)
