"""Trends on TikTok, from the Discovery API of TikTok API for Business (protocol section 13.0).

Hashtags and videos need an advertiser's token. Music and search keywords need an account holder's token. Ranks and
counts arrive as texts or numbers. An answer without items is returned as a success; the caller decides what it means.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, SecretStr

from dropcast.tiktok.business.client import Business, business_get
from dropcast.tiktok.client import Envelope, Refused, Unanswered, as_object
from dropcast.tiktok.http.lenient_fields import (
    Address,
    Count,
    Id,
    Known,
    Name,
    OrNone,
    Rank,
    Texts,
    UrlOrNone,
    Words,
    WordsOrNone,
    listed,
    whole_number,
)
from dropcast.tiktok.http.unexpected_shape import Shape, UnexpectedShape, read_shape
from dropcast.tiktok.http.wire_model import Wire

# The API accepts no more hashtags in one call.
HASHTAGS_PER_CALL = 10

_ROOT = "/open_api/v1.3/discovery"

# A successful answer without data means that there are no items, not that the format has changed.
_NO_ITEMS = {"list": (), "search_keywords": ()}


# TikTok returns at most 200 rows with 120 days each. Further rows and days are ignored.
_ROWS_MAX = 500
_DAYS_MAX = 400

_PERIOD = re.compile(r"([0-9]{1,4}) ?DAYS?")


def _day(value: Any) -> Any:
    """A day like 2026-11-01 as the time of its first second."""
    if not isinstance(value, str):
        raise ValueError("a day is a text")
    return int(datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=UTC).timestamp())


def _rank_or_none(value: Any) -> int | None:
    """A rank, which starts at 1; some answers write 0 for no rank."""
    return whole_number(value) or None


def _without_blanks(value: Any) -> Any:
    """The list without null and blank values."""
    read = listed(_ROWS_MAX)(value)
    if not isinstance(read, list):
        return read
    return [one for one in read if one is not None and not (isinstance(one, str) and not one.strip())]  # pyright: ignore[reportUnknownVariableType]


Day = Annotated[int, BeforeValidator(_day)]


class DayRow(Wire):
    """One day of a hashtag's or track's curve."""

    date: Day
    rank_position_daily: Annotated[int | None, BeforeValidator(_rank_or_none)] = None
    views_daily: Count = None


Days = Annotated[tuple[Annotated[DayRow, OrNone], ...], BeforeValidator(listed(_DAYS_MAX)), Known]


class HashtagRow(Wire):
    """A hashtag. Its views and posts are counted in the requested country and period."""

    hashtag_id: Id
    hashtag_name: Name = Field(min_length=1)
    rank_position: Rank
    views: Count = None
    posts: Count = None
    views_global_lifetime: Count = None
    posts_global_lifetime: Count = None
    top_country_list: Texts = ()
    trending_history: Days = ()


class ListOrigin(Wire):
    """The answer that contained a list: its HTTP status, TikTok's message, and TikTok's id of the request."""

    http_status: int
    message: str = ""
    log_id: str | None = None


class Filters(Wire):
    """The country, period and category of the list that TikTok returned, as far as the answer states them."""

    country_code: Words = ""
    date_range: Words = ""
    category_name: Words = ""

    @property
    def days(self) -> int | None:
        """The period in days; None if TikTok does not state it, or states it in an unknown form."""
        found = _PERIOD.fullmatch(self.date_range.upper())
        return int(found[1]) if found else None


class TrendingList(Wire):
    """The answer to a request for a list, and the filters that TikTok applied."""

    origin: ListOrigin
    filter_info: Annotated[Filters, BeforeValidator(as_object)] = Filters()


class HashtagRows(TrendingList):
    """Up to 200 hashtags."""

    rows: Annotated[tuple[HashtagRow, ...], BeforeValidator(listed(_ROWS_MAX))] = Field(alias="list")


class VideoRow(Wire):
    """A video. The API returns only its id and addresses."""

    video_id: Id
    share_url: Address
    embed_url: UrlOrNone = None


class HashtagVideosRow(Wire):
    """The top 20 videos of one hashtag."""

    hashtag_id: Id
    hashtag_name: Words = ""
    top_video_list: Annotated[tuple[VideoRow, ...], BeforeValidator(listed(100))]


class HashtagVideosRows(TrendingList):
    """The top videos of each hashtag."""

    rows: Annotated[tuple[HashtagVideosRow, ...], BeforeValidator(listed(100))] = Field(alias="list")


class TrackRow(Wire):
    """A track of the Commercial Music Library; `duration` in seconds."""

    commercial_music_id: Id
    commercial_music_name: Name = Field(min_length=1)
    rank_position: Rank
    artist: WordsOrNone = None
    duration: Count = None
    genres: Texts = ()
    preview_url: UrlOrNone = None
    thumbnail_url: UrlOrNone = None
    trending_history: Days = ()


class TrackRows(TrendingList):
    """Up to 100 tracks."""

    rows: Annotated[tuple[TrackRow, ...], BeforeValidator(listed(_ROWS_MAX))] = Field(alias="list")


class SearchWords(Wire):
    """Up to 20 search keywords, most searched first."""

    origin: ListOrigin
    search_keywords: Annotated[tuple[Name, ...], BeforeValidator(_without_blanks)]


def trending_hashtags(
    business: Business, token: SecretStr, advertiser_id: str, *, country: str, period_days: int, category: str | None
) -> HashtagRows | Refused | Unanswered | UnexpectedShape:
    """The hashtags that trend in a country over 1, 7, 30 or 120 days. `category` None means all categories."""
    params = {
        "advertiser_id": advertiser_id,
        "discovery_type": "HASHTAG",
        "country_code": country,
        "date_range": f"{period_days}DAY",
    }
    params |= {} if category is None else {"category_name": category}
    return _as(HashtagRows, business_get(business, f"{_ROOT}/trending_list/", token, params))


def hashtag_videos(
    business: Business,
    token: SecretStr,
    advertiser_id: str,
    hashtag_ids: Sequence[str],
    *,
    country: str,
    period_days: int,
) -> HashtagVideosRows | Refused | Unanswered | UnexpectedShape:
    """The top videos of each of at most 10 hashtags."""
    params = {
        "advertiser_id": advertiser_id,
        "discovery_type": "HASHTAG",
        "hashtag_ids": json.dumps(list(hashtag_ids)),
        "country_code": country,
        "date_range": f"{period_days}DAY",
    }
    return _as(HashtagVideosRows, business_get(business, f"{_ROOT}/video_list/", token, params))


def trending_music(
    business: Business, token: SecretStr, business_id: str, *, country: str, period_days: int
) -> TrackRows | Refused | Unanswered | UnexpectedShape:
    """The commercial tracks that trend in a country over 1, 7, 30 or 90 days."""
    params = {
        "business_id": business_id,
        "genre": "ALL",
        "country_code": country,
        "date_range": f"{period_days}DAY",
    }
    return _as(TrackRows, business_get(business, f"{_ROOT}/cml/trending_list/", token, params))


def trending_searches(
    business: Business, token: SecretStr, business_id: str
) -> SearchWords | Refused | Unanswered | UnexpectedShape:
    """The keywords that people search most now in the account's region. TikTok does not personalise this list."""
    params = {"business_id": business_id, "is_personalized": "false"}
    return _as(SearchWords, business_get(business, f"{_ROOT}/trending/search/", token, params))


def _as(shape: type[Shape], answer: Envelope | Refused | Unanswered) -> Shape | Refused | Unanswered | UnexpectedShape:
    if not isinstance(answer, Envelope):
        return answer
    origin = ListOrigin(http_status=answer.http_status, message=answer.message, log_id=answer.log_id)
    said = answer.data or _NO_ITEMS
    return read_shape(shape, {**said, "origin": origin}, answer.http_status, answer.log_id)
