"""Models of trends: the query of a list, its items, and the answers of sources."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field

TrendKind = Literal["hashtags", "videos", "music", "keywords"]
SourceName = Literal["discovery", "creative_center", "ensembledata"]
Direction = Literal["up", "down", "stable", "new"]
Basis = Literal["history", "curve"]
Reason = Literal[
    "not_configured",
    "not_connected",
    "refused",
    "deprecated",
    "empty",
    "changed",
    "login",
    "region",
    "captcha",
    "rate",
    "budget",
    "unanswered",
]

# The name for all categories together.
ALL = "ALL"


@dataclass(frozen=True)
class TrendQuery:
    """Identifies one list of trends. `country` and `period_days` can be None (see `trend_query`)."""

    kind: TrendKind
    country: str | None
    period_days: int | None
    category: str

    @property
    def key(self) -> str:
        """A text that identifies the list."""
        return f"{self.kind}#{self.country or '-'}#{self.period_days or '-'}#{self.category}"

    @classmethod
    def of_key(cls, key: str) -> "TrendQuery":
        """The query with this `key`."""
        kind, country, days, category = key.split("#")
        return cls(cast(TrendKind, kind), None if country == "-" else country, _days(days), category)


def _days(text: str) -> int | None:
    return None if text == "-" else int(text)


def trend_query(kind: TrendKind, country: str, period_days: int, category: str) -> TrendQuery:
    """The query for these values.

    Lists of keywords are current and depend on the connected account, so they have no country and no period. Music has
    90 days in place of 120, and no categories.
    """
    match kind:
        case "keywords":
            return TrendQuery(kind, None, None, ALL)
        case "music":
            return TrendQuery(kind, country, 90 if period_days == 120 else period_days, ALL)
        case _:
            return TrendQuery(kind, country, period_days, category)


class Item(BaseModel, ABC):
    """The fields that all items have: the rank, and how it changed."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rank: int = Field(description="The rank; 1 is the first.")
    direction: Direction | None = Field(
        default=None, description="How the rank moved; new: the item was not in the earlier list. Null: not known yet."
    )
    basis: Basis | None = Field(
        default=None,
        description="history: compared with the list of about a day before; curve: with the source's daily values.",
    )
    rank_change: int | None = Field(default=None, description="How many ranks the item rose; negative if it fell.")
    velocity: float | None = Field(
        default=None, description="How many ranks the item rises per day; negative if it falls."
    )

    @property
    @abstractmethod
    def item_id(self) -> str:
        """The id of the item, which is the same in all lists."""


class Hashtag(Item):
    """A hashtag. views and posts are counted in the country and period of the list."""

    hashtag_id: str
    name: str = Field(description="Without #.")
    views: int | None = None
    posts: int | None = None
    views_ever: int | None = Field(default=None, description="Views in all countries and of all time.")
    posts_ever: int | None = Field(default=None, description="Posts in all countries and of all time.")
    countries: tuple[str, ...] = Field(default=(), description="The countries in which the hashtag trends most.")

    @property
    def item_id(self) -> str:
        return self.hashtag_id


class Video(Item):
    """A video. A value that the source does not return is null or an empty text."""

    video_id: str
    description: str = Field(default="", description="The caption.")
    author: str = Field(default="", description="The handle, without @.")
    hashtags: tuple[str, ...] = Field(
        default=(), description="The hashtags for which the source returned the video, and those in the caption."
    )
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    url: str = ""
    thumbnail_url: str | None = Field(default=None, description="An address at TikTok, which may expire.")

    @property
    def item_id(self) -> str:
        return self.video_id


class Track(Item):
    """A track of TikTok's Commercial Music Library."""

    track_id: str
    title: str
    artist: str | None = None
    duration_seconds: int | None = None
    genres: tuple[str, ...] = ()
    preview_url: str | None = Field(default=None, description="An address at TikTok, which may expire.")
    thumbnail_url: str | None = Field(default=None, description="An address at TikTok, which may expire.")

    @property
    def item_id(self) -> str:
        return self.track_id


class Keyword(Item):
    """A search keyword."""

    keyword: str

    @property
    def item_id(self) -> str:
        return self.keyword


ITEMS: dict[TrendKind, type[Item]] = {"hashtags": Hashtag, "videos": Video, "music": Track, "keywords": Keyword}


@dataclass(frozen=True)
class Point:
    """One day in a source's curve, with a rank or a measure (views, popularity). `day` is the day's first second."""

    day: int
    rank: int | None = None
    measure: int | None = None


Curves = Mapping[str, tuple[Point, ...]]


@dataclass(frozen=True)
class Failed:
    """Why a source returned no list. `raw_status` is the reason in the source's own words.

    asked: whether Dropcast called the source. If not, `raw_status` is Dropcast's text. again_at: the earliest
    time of the next call.
    """

    source: SourceName
    reason: Reason
    raw_status: str
    asked: bool = True
    again_at: int | None = None


@dataclass(frozen=True)
class Found:
    """A source's list, best first and never empty. `total` is the number of items that the source reports, if any.

    is_kept: the list was stored before, and Dropcast may not call the source again so soon. partly: why the list is
    incomplete. made_of: a digest of the search words from which the list was built, or "". Only complete lists with the
    same digest are compared.
    """

    source: SourceName
    items: tuple[Item, ...]
    captured_at: int
    total: int | None = None
    curves: Curves = field(default_factory=dict[str, tuple[Point, ...]])
    is_kept: bool = False
    partly: Failed | None = None
    made_of: str = ""


# Takes a number of requests to sources. Returns whether the run may make them, and counts them if so.
Allowance = Callable[[int], bool]
Fetch = Callable[[TrendQuery, Allowance], Found | Failed]


@dataclass(frozen=True)
class Source:
    """A source of trends. `supports` returns whether the source has a list. `fetch` fetches the list."""

    name: SourceName
    supports: Callable[[TrendQuery], bool]
    fetch: Fetch


def dumped(item: Item) -> dict[str, Any]:
    """An item as a JSON object. Unknown values are left out."""
    return item.model_dump(mode="json", exclude_none=True)
