"""The tool that reads trends."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from cli.agent_server.strings import Result, Text, Word
from dropcast_client import Dropcast
from dropcast_client.models.shared import TrendKind
from dropcast_client.models.trends import Period

Limit = Annotated[int, Field(ge=1, le=100, description="The largest number of items.")]


class Trend(Result):
    """A trending hashtag, video, track or keyword. The fields of the other kinds are left out."""

    rank: int
    direction: Word | None = None
    rank_change: int | None = None
    hashtag_id: Word | None = None
    name: Text | None = None
    video_id: Word | None = None
    description: Text | None = None
    author: Text | None = None
    hashtags: list[Text] | None = None
    url: Text | None = None
    track_id: Word | None = None
    title: Text | None = None
    artist: Text | None = None
    genres: list[Text] | None = None
    duration_seconds: int | None = None
    keyword: Text | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    posts: int | None = None


class FailedSource(Result):
    """A source that failed when Dropcast last collected the list."""

    source: Word
    reason: Word
    raw_status: Text


class Trends(Result):
    """A list of trends by rank, as Dropcast last collected it."""

    kind: Word
    country: Word | None = None
    period_days: int | None = None
    category: Word
    source: Word | None = None
    captured_at: datetime | None = None
    stale: bool
    attempts: list[FailedSource]
    items: list[Trend]


class TrendTools:
    """The tool for the trends of one deployment."""

    def __init__(self, api: Dropcast) -> None:
        self._api = api

    def trends(
        self,
        kind: TrendKind,
        country: Annotated[str | None, Field(description="Two letters, such as US.")] = None,
        period: Annotated[Period | None, Field(description="The number of days that the list covers.")] = None,
        category: Annotated[str | None, Field(description="A category that this deployment collects.")] = None,
        keyword: Annotated[str | None, Field(description="Only videos with this text.")] = None,
        limit: Limit = 20,
    ) -> Trends:
        """List what is trending on TikTok: hashtags, videos, music or keywords. Use it for ideas before you write a
        caption. Without country and period it reads the first list that this deployment collects.
        """
        match kind:
            case "hashtags":
                found = self._api.list_trending_hashtags(country=country, period=period, category=category, limit=limit)
            case "videos":
                found = self._api.list_trending_videos(
                    country=country, period=period, category=category, keyword=keyword, limit=limit
                )
            case "music":
                found = self._api.list_trending_music(country=country, period=period, limit=limit)
            case "keywords":
                found = self._api.list_trending_keywords(limit=limit)
        return Trends.model_validate(found)
