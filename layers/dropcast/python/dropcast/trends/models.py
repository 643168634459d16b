"""What trends, whatever source told it, and what a source answers."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

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

# In place of a category: all of them together.
ALL = "ALL"


@dataclass(frozen=True)
class TrendQuery:
    """One list of trends. `country` and `period_days` are None where no source tells them apart (see `trend_query`)."""

    kind: TrendKind
    country: str | None
    period_days: int | None
    category: str

    @property
    def key(self) -> str:
        """The same for the same list."""
        return f"{self.kind}#{self.country or '-'}#{self.period_days or '-'}#{self.category}"


def trend_query(kind: TrendKind, country: str, period_days: int, category: str) -> TrendQuery:
    """The list that answers to these: keywords are those of now, wherever the connected account is; music knows 90
    days where others know 120, and genres in place of categories."""
    match kind:
        case "keywords":
            return TrendQuery(kind, None, None, ALL)
        case "music":
            return TrendQuery(kind, country, 90 if period_days == 120 else period_days, ALL)
        case _:
            return TrendQuery(kind, country, period_days, category)


class Item(BaseModel, ABC):
    """What all that trends has: its place, and how that moved."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    rank: int = Field(description="Its place, 1 is the first.")
    direction: Direction | None = Field(
        default=None, description="How its place moved; new: it was not in the list before. Null: nobody can tell yet."
    )
    basis: Basis | None = Field(
        default=None,
        description="history: against the list of about a day before; curve: against the source's own days.",
    )
    rank_change: int | None = Field(default=None, description="How many places it climbed; below 0: it fell.")
    velocity: float | None = Field(default=None, description="Places climbed per day; below 0: it falls.")

    @property
    @abstractmethod
    def item_id(self) -> str:
        """What it is known by from one list to the next."""


class Hashtag(Item):
    """A hashtag. views and posts are those of the country and period."""

    hashtag_id: str
    name: str = Field(description="Without #.")
    views: int | None = None
    posts: int | None = None
    views_ever: int | None = Field(default=None, description="Of all countries and all time.")
    posts_ever: int | None = Field(default=None, description="Of all countries and all time.")
    countries: tuple[str, ...] = Field(default=(), description="Where it trends most.")

    @property
    def item_id(self) -> str:
        return self.hashtag_id


class Video(Item):
    """A video. What a source does not tell is null, or an empty text."""

    video_id: str
    description: str = Field(default="", description="The caption.")
    author: str = Field(default="", description="The handle, without @.")
    hashtags: tuple[str, ...] = Field(default=(), description="Those it was found by, and those of its caption.")
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    url: str = ""
    thumbnail_url: str | None = Field(default=None, description="TikTok's own; it may expire.")

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
    preview_url: str | None = Field(default=None, description="TikTok's own; it may expire.")
    thumbnail_url: str | None = Field(default=None, description="TikTok's own; it may expire.")

    @property
    def item_id(self) -> str:
        return self.track_id


class Keyword(Item):
    """What people search for."""

    keyword: str

    @property
    def item_id(self) -> str:
        return self.keyword


ITEMS: dict[TrendKind, type[Item]] = {"hashtags": Hashtag, "videos": Video, "music": Track, "keywords": Keyword}


@dataclass(frozen=True)
class Point:
    """One day of a source's own curve, by its first second: a place, or a measure (views, popularity)."""

    day: int
    rank: int | None = None
    measure: int | None = None


Curves = Mapping[str, tuple[Point, ...]]


def _no_curves() -> dict[str, tuple[Point, ...]]:
    return {}


@dataclass(frozen=True)
class Failed:
    """Why a source told nothing; `raw_status` is its own words.

    asked: whether it was asked at all; if not, the words are ours. again_at: when to ask it at the earliest.
    """

    source: SourceName
    reason: Reason
    raw_status: str
    asked: bool = True
    again_at: int | None = None


@dataclass(frozen=True)
class Found:
    """What a source told, best first, and never nothing. `total` is how many it says there are, where it tells.

    is_kept: it told that before, and is not to be asked again so soon. partly: why it did not tell the rest of it.
    made_of: a digest of the words that the list was made of, "" where it was made of none. Only whole lists of the same
    words are compared.
    """

    source: SourceName
    items: tuple[Item, ...]
    captured_at: int
    total: int | None = None
    curves: Curves = field(default_factory=_no_curves)
    is_kept: bool = False
    partly: Failed | None = None
    made_of: str = ""


# Whether so many more outside requests may be made; they are counted when it says yes.
Allowance = Callable[[int], bool]
Fetch = Callable[[TrendQuery, Allowance], Found | Failed]


@dataclass(frozen=True)
class Source:
    """Somebody who tells what trends; `can` says of which lists."""

    name: SourceName
    supports: Callable[[TrendQuery], bool]
    fetch: Fetch


def dumped(item: Item) -> dict[str, Any]:
    """An item as JSON holds it, without what is not known."""
    return item.model_dump(mode="json", exclude_none=True)
