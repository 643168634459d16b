"""Degrades the sources of trends that the settings name, in the ways that protocol section 13 describes."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from sandbox.faults.degradations import Degradation
from sandbox.state.state import entry_of, sandbox_of

Endpoint = Callable[[Request], Awaitable[Response]]

INVALID_LOGIN = 38001001
CAPTCHA = "<!doctype html><title>Verify to continue</title><div id='captcha_container'>Drag the puzzle piece</div>"
DENIED = "<!doctype html><title>Access Denied</title><p>This page is not available in your region.</p>"


def degradable(endpoint: Endpoint) -> Endpoint:
    """Wrap an endpoint whose answer can be degraded."""

    async def answering(request: Request) -> Response:
        response, entry = await endpoint(request), entry_of(request)
        way = sandbox_of(request).settings.degraded.get(entry.route)
        if way is None:
            return response
        entry.notes.append(f"degraded={way}")
        return _degraded(way, response)

    return answering


def _degraded(way: Degradation, response: Response) -> Response:
    match way:
        case "deprecated":
            return JSONResponse({"code": 0, "msg": "deprecated", "message": "deprecated", "data": {}})
        case "login":
            return JSONResponse({"BaseResp": {"StatusCode": INVALID_LOGIN, "StatusMessage": "InvalidLogin"}})
        case "login_page":
            return RedirectResponse("/login", 302)
        case "region":
            return HTMLResponse(DENIED, 403)
        case "captcha":
            return HTMLResponse(CAPTCHA)
        case "empty" | "renamed" | "moved" | "odd":
            changed = json.dumps(
                CHANGES[way](json.loads(bytes(response.body)))
            )  # a lone surrogate is possible only as an escape
            return Response(changed, response.status_code, media_type="application/json")


def _emptied(value: Any) -> Any:
    """Empty every list."""
    if isinstance(value, dict):
        return {name: _emptied(one) for name, one in value.items()}
    return [] if isinstance(value, list) else value


def _renamed(value: Any) -> Any:
    """Rename the fields of listed items. Without a list, rename all fields."""
    return _fields_renamed(value, inside=not _has_list(value))


def _fields_renamed(value: Any, *, inside: bool) -> Any:
    if isinstance(value, list):
        return [_fields_renamed(one if isinstance(one, dict) else {"value": one}, inside=True) for one in value]
    if isinstance(value, dict):
        return {f"{name}_v2" if inside else name: _fields_renamed(one, inside=inside) for name, one in value.items()}
    return value


def _moved(value: Any) -> Any:
    """Rename the fields whose values are lists."""
    if not isinstance(value, dict):
        return value
    return {f"{name}_v2" if isinstance(one, list) else name: _moved(one) for name, one in value.items()}


def _has_list(value: Any) -> bool:
    return isinstance(value, list) or (isinstance(value, dict) and any(map(_has_list, value.values())))


def _odd(value: Any, name: str = "") -> Any:
    """Let texts end in half an emoji, give counts 400 digits, and add undocumented fields."""
    if isinstance(value, dict):
        return {key: _odd(one, key) for key, one in value.items()} | {"\ud83c": ["\udfff", None]}
    if isinstance(value, list):
        return [_odd(one, name) for one in value]
    if name in COUNTS:
        return int("9" * 400)
    return f"{value} \ud83c" if name in WORDS and isinstance(value, str) else value


WORDS = {"hashtag_name", "commercial_music_name", "artist", "search_keywords", "title", "author_name", "hashtagName"}
WORDS |= {"desc", "nickName", "handlerName", "genres", "message", "StatusMessage"}
COUNTS = {"views", "posts", "views_daily", "duration", "vv", "publishCnt", "videoViews", "play_count", "digg_count"}

CHANGES: dict[Degradation, Callable[[Any], Any]] = {
    "empty": _emptied,
    "renamed": _renamed,
    "moved": _moved,
    "odd": _odd,
}
