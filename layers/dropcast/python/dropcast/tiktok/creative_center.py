"""The calls that the web pages of Creative Center make without a login (protocol section 13.2).

This is not an API for programs. The site's terms forbid automatic collection, and the formats of its answers change.
Callers must call rarely and must expect any answer. The site returns only the first few items of a list.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, Field

from dropcast.tiktok.client import Unanswered, as_object, json_object, redacted, send
from dropcast.tiktok.http.lenient_fields import (
    Caption,
    Count,
    Id,
    Known,
    Name,
    OrNone,
    Rank,
    Url,
    Words,
    listed,
    second,
)
from dropcast.tiktok.http.unexpected_shape import Shape, UnexpectedShape, read_shape
from dropcast.tiktok.http.wire_model import Wire

if TYPE_CHECKING:
    import httpx

LOGIN_REQUIRED = 38001001

# The pages' own names for the last 7 days and the last 30 days.
DIMENSIONS = {7: "3", 30: "5"}

_HASHTAGS = "/CreativeOne/KnowledgeAPI/GetHashtagList"
_OVERVIEW = "/CreativeOne/Report/GetTopContentsOverview"
_VIDEOS = "/CreativeOne/Report/CreativeCenterGetTopContentsList"
_PAGE = "/creative/creativeCenter/trends"
_MOST = 20
_ROWS_MAX = 500


@dataclass(frozen=True)
class PageAnswer:
    """An answer without data: not JSON, a redirect, or an error status."""

    http_status: int
    text: str


@dataclass(frozen=True)
class RefusedByNumber:
    """A refusal of the site, with the site's error number ("" if there is none)."""

    code: str
    message: str
    http_status: int


def _word(value: Any) -> str:
    """A number or a short text as a text. Anything else becomes ""."""
    return str(value)[:50] if isinstance(value, int | str) and not isinstance(value, bool) else ""


class PopularityPoint(Wire):
    """The popularity on one day."""

    timestamp: Annotated[int, BeforeValidator(second)]
    value: Count = None


Curve = Annotated[tuple[Annotated[PopularityPoint, OrNone], ...], BeforeValidator(listed(400)), Known]


class HashtagRow(Wire):
    """A hashtag. TikTok's name for `views` is vv."""

    hashtag_id: Id = Field(alias="hashtagID")
    name: Name = Field(alias="hashtagName", min_length=1)
    rank: Rank = Field(alias="rankIndex")
    posts: Count = Field(None, alias="publishCnt")
    views: Count = Field(None, alias="vv")
    curve: Curve = Field((), alias="popularityCurve")


class Pagination(Wire):
    """The number of items in the whole list."""

    total: Count = Field(None, alias="totalCount")


class HashtagRows(Wire):
    """The first three hashtags; without a login the site returns no more."""

    items: Annotated[tuple[HashtagRow, ...], BeforeValidator(listed(_ROWS_MAX))]
    pagination: Annotated[Pagination | None, OrNone] = None


class ItemInfo(Wire):
    """A video."""

    video_id: Id = Field(alias="itemID")
    title: Caption = ""
    url: Url = Field("", alias="videoURL")


class Metrics(Wire):
    """The counts of a video."""

    views: Count = Field(None, alias="videoViews")


class Author(Wire):
    """The author of a video."""

    handle: Words = Field("", alias="handlerName")


class VideoRow(Wire):
    """A video with its counts and its author."""

    info: ItemInfo = Field(alias="itemInfo")
    metrics: Annotated[Metrics | None, OrNone] = Field(None, alias="itemMetrics")
    author: Annotated[Author | None, OrNone] = Field(None, alias="itemAuthorInfo")


class VideoRows(Wire):
    """The first four videos; without a login the site returns no more."""

    items: Annotated[tuple[VideoRow, ...], BeforeValidator(listed(_ROWS_MAX))] = Field(alias="entityInfos")


class PeriodEnds(Wire):
    """When the last week and the last month ended, in seconds since the epoch. The site sends texts or numbers."""

    week: Id = Field(alias="lastWeeklyEndTimestamp")
    month: Id = Field(alias="lastMonthlyEndTimestamp")


Answer = PageAnswer | RefusedByNumber | Unanswered | UnexpectedShape


def top_hashtags(
    http: "httpx.Client", base_url: str, *, country: str, period_days: int, industry: str | None
) -> HashtagRows | Answer:
    """The hashtags that trend over 7, 30 or 120 days, in one industry (by its id) or in all industries."""
    body: dict[str, Any] = {"timeRange": period_days, "countryCode": country, "page": 1, "limit": _MOST}
    body |= {} if industry is None else {"industryID": industry}
    return _as(HashtagRows, _send(http, base_url, "POST", _HASHTAGS, json=body))


def period_ends(http: "httpx.Client", base_url: str) -> PeriodEnds | Answer:
    """The ends of the periods for which the site lists videos."""
    return _as(PeriodEnds, _send(http, base_url, "GET", _OVERVIEW))


def top_videos(
    http: "httpx.Client", base_url: str, *, country: str, period_days: int, period_end: str
) -> VideoRows | Answer:
    """The videos with the most views in 7 or 30 days."""
    params = {
        "periodDimension": DIMENSIONS[period_days],
        "periodEndTimestamp": period_end,
        "orderByMetric": "1",
        "countryCode": country,
        "organicOnly": "false",
        "limit": str(_MOST),
        "page": "1",
    }
    return _as(VideoRows, _send(http, base_url, "GET", _VIDEOS, params=params))


def _send(
    http: "httpx.Client", base_url: str, method: str, path: str, **request: Any
) -> "dict[str, Any] | PageAnswer | RefusedByNumber | Unanswered":
    base_url = base_url.rstrip("/")
    headers = {"Origin": base_url, "Referer": f"{base_url}{_PAGE}", "agw-js-conv": "str"}
    response = send(http, method, base_url + path, headers=headers, **request)
    if isinstance(response, Unanswered):
        return response
    status = response.status_code
    if status >= 500:
        return Unanswered("server_error", False, status, None)
    body = json_object(response)
    if body is None or not response.is_success:
        return PageAnswer(status, response.text[:2000])
    return _accepted(body, status)


def _accepted(body: dict[str, Any], status: int) -> dict[str, Any] | RefusedByNumber:
    """The body, if its status code is 0.

    The site's previous API has its code in another field. Its answers count as refusals even if they report success,
    because they do so for lists that no longer exist.
    """
    base = as_object(body.get("BaseResp"))
    code = _word(base.get("StatusCode", body.get("code", "")))
    message = base.get("StatusMessage") or body.get("msg")
    if not base or code != "0":
        return RefusedByNumber(code, redacted(message) if isinstance(message, str) else "", status)
    return body


def _as(shape: type[Shape], answer: "dict[str, Any] | PageAnswer | RefusedByNumber | Unanswered") -> Shape | Answer:
    return read_shape(shape, answer, 200, None) if isinstance(answer, dict) else answer
