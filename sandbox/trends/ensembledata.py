"""EnsembleData's paid API (protocol section 13.3). Calls cost units, and errors have unusual statuses."""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.addresses import share_url
from sandbox.state.made_up_trends import TrendingVideo, videos_about
from sandbox.state.state import Sandbox, entry_of, sandbox_of
from sandbox.wire.degraded_sources import degradable

BAD_TOKEN, USED_UP, WRONG_PARAMETER, WRONG_COUNTRY = 491, 495, 422, 466
PER_PAGE = 20
PERIODS = ("0", "1", "7", "30", "90", "180")
SORTINGS = ("0", "1")

PaidOperation = Callable[[Request], dict[str, Any] | int]


def hashtag_posts(request: Request) -> dict[str, Any] | int:
    """Takes name, cursor. Returns twenty posts, not wrapped in aweme_info."""
    found = _find_videos(request)
    return (
        found
        if isinstance(found, int)
        else {"data": [_post(request, one) for one in found], "nextCursor": _next_cursor(request)}
    )


def keyword_search(request: Request) -> dict[str, Any] | int:
    """Takes name, cursor, period, sorting, country. Returns twenty posts, each wrapped in aweme_info."""
    query = request.query_params
    if query.get("period") not in PERIODS or query.get("sorting", "0") not in SORTINGS:
        return WRONG_PARAMETER
    country = query.get("country", "us")
    if not (len(country) == 2 and country.isascii() and country.isalpha()):
        return WRONG_COUNTRY
    found = _find_videos(request, country.upper())
    if isinstance(found, int):
        return found
    return {"data": [{"aweme_info": _post(request, one)} for one in found], "nextCursor": _next_cursor(request)}


async def used_units(request: Request) -> Response:
    """Takes date. Returns the units that were used on that day. The call is free."""
    sandbox = sandbox_of(request)
    if not _is_token_right(request):
        return _refused(request, BAD_TOKEN)
    return JSONResponse({"data": {"units": sandbox.ensemble_units.get(request.query_params.get("date", ""), 0)}})


def _find_videos(request: Request, country: str = "US") -> list[TrendingVideo] | int:
    query, sandbox = request.query_params, sandbox_of(request)
    name, cursor = query.get("name", ""), query.get("cursor", "0")
    if not name or not cursor.isdecimal():
        return WRONG_PARAMETER
    entry_of(request).notes.append(f"name={name}")
    found = videos_about(name, country, sandbox.clock.now(), PER_PAGE, first=int(cursor))
    sandbox.remember_videos(found)
    return found


def _next_cursor(request: Request) -> int:
    return int(request.query_params.get("cursor", "0")) + PER_PAGE


def _post(request: Request, video: TrendingVideo) -> dict[str, Any]:
    return {
        "aweme_id": str(video.id),
        "desc": video.caption,
        "create_time": video.created_at,
        "statistics": video.figures,
        "author": {"unique_id": video.author, "nickname": video.author.title(), "follower_count": video.views // 50},
        "share_url": share_url(str(request.base_url), video.author, video.id),
    }


def _paid_endpoint(asked: PaidOperation) -> Callable[[Request], Awaitable[Response]]:
    """Make an endpoint that checks the token, then the remaining units. Only an answer with data costs a unit."""

    async def endpoint(request: Request) -> Response:
        sandbox, day = sandbox_of(request), _day(sandbox_of(request))
        if not _is_token_right(request):
            return _refused(request, BAD_TOKEN)
        if sandbox.ensemble_units.get(day, 0) >= sandbox.settings.ensembledata_units_per_day:
            return _refused(request, USED_UP)
        answer = asked(request)
        if isinstance(answer, int):
            return _refused(request, answer)
        sandbox.ensemble_units[day] = sandbox.ensemble_units.get(day, 0) + 1
        return JSONResponse({"data": answer}, headers={"units_charged": "1"})

    return degradable(endpoint)


def _day(sandbox: Sandbox) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(sandbox.clock.now()))


def _is_token_right(request: Request) -> bool:
    given, right = request.query_params.get("token", ""), sandbox_of(request).settings.ensembledata_token
    entry_of(request).record_secret("token", given)
    return secrets.compare_digest(given.encode(), right.get_secret_value().encode())


def _refused(request: Request, status: int) -> Response:
    entry_of(request).error_code = str(status)
    return JSONResponse({"detail": f"error {status}"}, status)


routes = [
    Route("/apis/tt/hashtag/posts", _paid_endpoint(hashtag_posts)),
    Route("/apis/tt/keyword/search", _paid_endpoint(keyword_search)),
    Route("/apis/customer/get-used-units", degradable(used_units)),
]
