"""The calls of Creative Center's web app without a login, and its discontinued API (protocol sections 13.2, 13.1)."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.addresses import cover_url, share_url
from sandbox.state.made_up_trends import DAY_S, Chart, Standing, TrendingVideo, daily_history, standings, videos_about
from sandbox.state.state import entry_of, sandbox_of
from sandbox.wire.degraded_sources import INVALID_LOGIN, degradable

WRONG_PARAMETER = 38000001
TIME_RANGES = (7, 30, 120)
PAGE_MAX = 20
TOP_HASHTAGS, TOP_VIDEOS = 3, 4
"""The number of items that a list shows without a login."""
PUBLIC_VIDEOS = ("US", "JP", "ID", "TH", "VN")
ON_HOST_FOR_US = "US"
WEEK, MONTH = "3", "5"
SIGNATURE = re.compile(r"[0-9a-f]{16}")

Operation = Callable[[Request], Awaitable[dict[str, Any] | int]]


async def hashtags(request: Request) -> dict[str, Any] | int:
    """POST GetHashtagList"""
    asked = _json_object(await request.body())
    days, country = asked.get("timeRange"), asked.get("countryCode")
    page, limit = asked.get("page", 1), asked.get("limit", PAGE_MAX)
    fits = isinstance(page, int) and isinstance(limit, int) and page >= 1 and 1 <= limit <= PAGE_MAX
    if days not in TIME_RANGES or not isinstance(country, str) or not fits:
        return WRONG_PARAMETER
    entry_of(request).notes.append(f"country={country}")
    if page > 1:
        return INVALID_LOGIN
    now, industry = sandbox_of(request).clock.now(), str(asked.get("industryID", "ALL"))
    listed = standings(Chart("hashtag", country, industry), int(now // DAY_S), days)[:100]
    shown = [_hashtag(one, now, days) for one in listed[: min(limit, TOP_HASHTAGS)]]
    return {"items": shown, "pagination": {"page": page, "limit": limit, "totalCount": "100", "hasMore": True}}


async def hashtag(request: Request) -> int:
    """GetHashtagDetail, which needs a login."""
    return INVALID_LOGIN


async def periods(request: Request) -> dict[str, Any]:
    """GET GetTopContentsOverview: when the last day, week and month ended."""
    return _period_ends(sandbox_of(request).clock.now())


async def videos(request: Request) -> dict[str, Any] | int:
    """GET CreativeCenterGetTopContentsList. The US has a separate host, which serves no other country."""
    query, now = request.query_params, sandbox_of(request).clock.now()
    country, limit = query.get("countryCode", ""), query.get("limit", str(PAGE_MAX))
    if query.get("periodDimension") not in (WEEK, MONTH) or not limit.isdecimal() or not 1 <= int(limit) <= PAGE_MAX:
        return WRONG_PARAMETER
    entry_of(request).notes.append(f"country={country}")
    right_host = request.url.path.startswith("/us/") == (country == ON_HOST_FOR_US)
    if country not in PUBLIC_VIDEOS or not right_host or query.get("page", "1") != "1":
        return INVALID_LOGIN
    known = query.get("periodEndTimestamp", "") in {str(end) for end in _period_ends(now).values()}
    found = videos_about("trending", country, now, min(int(limit), TOP_VIDEOS)) if known else []
    sandbox_of(request).remember_videos(found)
    return {"entityInfos": [_video(one, str(request.base_url)) for one in found]}


async def old_api(request: Request) -> Response:
    """Refuse an unsigned request. For a signed request return empty data."""
    signed = bool(SIGNATURE.fullmatch(request.headers.get("user-sign", ""))) and "timestamp" in request.headers
    said = {"code": 0, "msg": "deprecated", "data": {}} if signed else {"code": 40101, "msg": "no permission"}
    entry_of(request).error_code = said["msg"]
    return JSONResponse(said)


def _period_ends(now: float) -> dict[str, int]:
    today = int(now // DAY_S) * DAY_S
    return {
        "lastDailyEndTimestamp": today,
        "lastWeeklyEndTimestamp": today - (today // DAY_S + 3) % 7 * DAY_S,
        "lastMonthlyEndTimestamp": today - (today // DAY_S) % 30 * DAY_S,
    }


def _hashtag(standing: Standing, now: float, days: int) -> dict[str, Any]:
    name = "".join(standing.entry.words)
    return {
        "hashtagID": int(standing.entry.id),
        "hashtagName": name,
        "publishCnt": str(standing.views // 7_000),
        "vv": str(standing.views),
        "rankIndex": str(standing.rank),
        "industryIDs": ["27000000000"],
        "popularityCurve": [
            {"timestamp": str(day * DAY_S), "value": str(views)}
            for day, _, views in daily_history(standing.entry, now, days)
        ],
        "topCreators": [{"nickname": name.title(), "handleName": f"{name}.daily"}],
    }


def _video(video: TrendingVideo, base_url: str) -> dict[str, Any]:
    return {
        "itemInfo": {
            "itemID": video.id,
            "title": video.caption,
            "createTime": video.created_at,
            "contentType": 1,
            "videoURL": share_url(base_url, video.author, video.id),
            "coverURLList": [cover_url(base_url, video.id)],
        },
        "itemMetrics": {"videoViews": video.views, "engagementRate": 0.08, "sixSecondsVTR": 0.31},
        "itemAuthorInfo": {"handlerName": video.author, "nickName": video.author.title()},
        "itemAuthorMetrics": {"followers": video.views // 50},
        "contentTags": [{"contentLabelID": 11007, "contentLabelName": "Trending"}],
    }


def _json_object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _endpoint(answering: Operation) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint. Large integers in its answers are JSON numbers, or strings if the request has the
    header agw-js-conv: str.
    """

    async def endpoint(request: Request) -> Response:
        answer, entry = await answering(request), entry_of(request)
        if isinstance(answer, int):
            entry.error_code = str(answer)
            message = "InvalidLogin" if answer == INVALID_LOGIN else "InvalidParam"
            return JSONResponse({"BaseResp": {"StatusCode": answer, "StatusMessage": message}})
        if request.headers.get("agw-js-conv") == "str":
            answer = _ids_as_texts(answer)
        return JSONResponse({"BaseResp": {"StatusCode": 0, "StatusMessage": ""}, **answer})

    return degradable(endpoint)


def _ids_as_texts(value: Any) -> Any:
    """Turn integers of 2**32 and more into strings, so that JavaScript does not round ids."""
    if isinstance(value, dict):
        return {name: _ids_as_texts(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_ids_as_texts(one) for one in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and value >= 2**32 else value


routes = [
    Route(f"{host}/CreativeOne/{path}", _endpoint(answering), methods=[method])
    for host in ("", "/us")
    for path, answering, method in (
        ("KnowledgeAPI/GetHashtagList", hashtags, "POST"),
        ("KnowledgeAPI/GetHashtagDetail", hashtag, "POST"),
        ("Report/GetTopContentsOverview", periods, "GET"),
        ("Report/CreativeCenterGetTopContentsList", videos, "GET"),
    )
] + [Route("/creative_radar_api/{path:path}", degradable(old_api), methods=["GET", "POST"])]
