"""Made-up trends. They depend only on the day of the sandbox's clock and change from day to day."""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

DAY_S = 86_400
LISTED_MAX = 200
"""The number of listed entries. Each chart has more entries (POOL_SIZE), whose rank can rise later."""
POOL_SIZE = 256
FIRST_VIDEO_ID = 7_400_000_000_000_000_000

# fmt: off
FIRST_WORDS = (
    "soft", "slow", "wild", "tiny", "late", "loud", "blue", "glass",
    "paper", "salt", "winter", "summer", "night", "morning", "city", "garden",
)
LAST_WORDS = (
    "pasta", "dance", "room", "market", "river", "train", "coffee", "jacket",
    "puzzle", "kitchen", "run", "sketch", "voyage", "pottery", "bread", "light",
)
# fmt: on

ChartKind = Literal["hashtag", "track", "keyword"]


def stable_number(*words: object) -> int:
    """A large number derived from these words. The same words always give the same number."""
    return int.from_bytes(hashlib.sha256("\0".join(map(str, words)).encode()).digest()[:12])


@dataclass(frozen=True)
class Chart:
    """A chart of one kind in one country. `topic` is a category, a genre, an industry or a search text, or else ALL."""

    kind: ChartKind
    country: str
    topic: str = "ALL"


@dataclass(frozen=True)
class Entry:
    """One entry of a chart. Entries of one kind with the same name have the same id in every chart."""

    chart: Chart
    place: int

    @property
    def words(self) -> tuple[str, str]:
        seed = stable_number("words", self.chart.kind, self.chart.country, self.chart.topic)
        which = (self.place * (2 * (seed % 64) + 1) + seed // 64) % POOL_SIZE
        return FIRST_WORDS[which // 16], LAST_WORDS[which % 16]

    @property
    def id(self) -> str:
        return _id(self.chart.kind, *self.words)

    def views(self, day: int) -> int:
        """The views of one whole day. They rise and fall in waves."""
        seed = stable_number("wave", self.chart, self.place)
        length, shift = 5 + seed % 36, seed // 36 % 1000 / 1000
        wave = 1 + 0.7 * math.sin(2 * math.pi * (day / length + shift))
        return int(90_000_000 / (self.place + 3) ** 0.6 * wave)


@dataclass(frozen=True)
class Standing:
    """An entry's rank over some days.

    `before` is the entry's rank in the equally long period before. It is None if the entry was not listed in that
    period.
    """

    entry: Entry
    rank: int
    before: int | None
    views: int


def _id(kind: ChartKind, first: str, last: str) -> str:
    return str(stable_number(kind, first, last) % 10**16)


@lru_cache(maxsize=1)
def hashtag_names() -> dict[str, str]:
    """Every hashtag's name by its id."""
    return {_id("hashtag", first, last): first + last for first in FIRST_WORDS for last in LAST_WORDS}


@lru_cache(maxsize=512)
def standings(chart: Chart, day: int, days: int) -> tuple[Standing, ...]:
    """The chart over the `days` days that end with `day`, best first."""
    before = {
        place: rank
        for rank, (place, _) in enumerate(_places_by_views(chart, day - days, days), 1)
        if rank <= LISTED_MAX
    }
    listed = _places_by_views(chart, day, days)[:LISTED_MAX]
    return tuple(Standing(Entry(chart, place), rank, before.get(place), v) for rank, (place, v) in enumerate(listed, 1))


def daily_history(entry: Entry, now: float, days: int) -> Iterator[tuple[int, int, int]]:
    """The day, rank and views for each of the last `days` days. The last day is the incomplete current day."""
    today, so_far = int(now // DAY_S), now % DAY_S / DAY_S
    for day in range(today - days + 1, today + 1):
        views = entry.views(day)
        yield day, _daily_ranks(entry.chart, day)[entry.place], int(views * so_far) if day == today else views


@lru_cache(maxsize=4096)
def _daily_ranks(chart: Chart, day: int) -> dict[int, int]:
    return {place: rank for rank, (place, _) in enumerate(_places_by_views(chart, day, 1), 1)}


@lru_cache(maxsize=4096)
def _places_by_views(chart: Chart, day: int, days: int) -> list[tuple[int, int]]:
    sums = [
        (place, sum(_views(chart, place, one) for one in range(day - days + 1, day + 1))) for place in range(POOL_SIZE)
    ]
    return sorted(sums, key=lambda one: (-one[1], one[0]))


@lru_cache(maxsize=200_000)
def _views(chart: Chart, place: int, day: int) -> int:
    return Entry(chart, place).views(day)


@dataclass(frozen=True)
class TrendingVideo:
    """A public video of an author who is not a creator of this sandbox."""

    id: int
    author: str
    caption: str
    created_at: int
    views: int

    @property
    def figures(self) -> dict[str, int]:
        return {
            "play_count": self.views,
            "digg_count": self.views // 12,
            "comment_count": self.views // 400,
            "share_count": self.views // 900,
        }


def videos_about(word: str, country: str, now: float, count: int, first: int = 0) -> list[TrendingVideo]:
    """The best videos about a word in a country. The list changes every three days."""
    times = int(now // (3 * DAY_S))
    return [_video(word, country, times, place) for place in range(first, first + count)]


def _video(word: str, country: str, times: int, place: int) -> TrendingVideo:
    seed = stable_number("video", word, country, times, place)
    who, what = FIRST_WORDS[seed % 16], LAST_WORDS[seed // 16 % 16]
    return TrendingVideo(
        id=FIRST_VIDEO_ID + seed % 10**17,
        author=f"{who}.{what}{seed % 90 + 10}",
        caption=f"{who} {what} day #{word} #{what}",
        created_at=times * 3 * DAY_S - seed % (10 * DAY_S),
        views=5_000_000 // (place + 1) + seed % 1000,
    )
