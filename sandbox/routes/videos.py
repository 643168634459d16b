"""POST /v2/video/list/ and /v2/video/query/ (protocol section 8): the public videos of the caller."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from sandbox.addresses import Media, cover_url, embed_url, share_url
from sandbox.answers.open_api import Done, Refusal
from sandbox.routes.bearer import caller, json_body
from sandbox.state.state import Sandbox, sandbox_of

SCOPE = {"video.list"}
PAGE_MAX = 20
PAGE_DEFAULT = 10
FIELDS = {
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "embed_html",
    "embed_link",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
    "is_aigc",
}


async def video_list(request: Request) -> Done | Refusal:
    """The videos made before the cursor, newest first. The cursor is a UTC time in milliseconds."""
    asked = await _read_videos_request(request)
    if isinstance(asked, Refusal):
        return asked
    cursor, count = asked.body.get("cursor", 0), asked.body.get("max_count", PAGE_DEFAULT)
    if not _is_count(cursor) or not _is_count(count) or not 1 <= count <= PAGE_MAX:
        return sandbox_of(request).invalid_params(f"cursor is a UTC time in milliseconds, max_count 1 to {PAGE_MAX}")
    older = [video for video in asked.videos if not cursor or _created_at_ms(video) < cursor]
    page = older[:count]
    return Done(
        {
            "videos": [asked.shown(video) for video in page],
            "cursor": _created_at_ms(page[-1]) if page else cursor,
            "has_more": len(older) > count,
        }
    )


async def video_query(request: Request) -> Done | Refusal:
    """The requested videos that belong to the caller."""
    asked = await _read_videos_request(request)
    if isinstance(asked, Refusal):
        return asked
    filters = asked.body.get("filters")
    ids = filters.get("video_ids") if isinstance(filters, dict) else None
    if not isinstance(ids, list) or not 1 <= len(ids) <= PAGE_MAX or not all(isinstance(one, str) for one in ids):
        return sandbox_of(request).invalid_params(f"filters.video_ids must list 1 to {PAGE_MAX} ids")
    return Done({"videos": [asked.shown(video) for video in asked.videos if video["id"] in ids]})


@dataclass
class VideosRequest:
    """A valid request: its body, the requested fields, and the caller's public videos, newest first."""

    body: dict[str, Any]
    fields: list[str]
    base_url: str
    username: str
    videos: list[dict[str, Any]] = field(default_factory=list)

    def shown(self, video: dict[str, Any]) -> dict[str, Any]:
        whole = video | _addresses(self.base_url, self.username, video)
        return {name: whole[name] for name in self.fields}


async def _read_videos_request(request: Request) -> VideosRequest | Refusal:
    sandbox, who = sandbox_of(request), caller(request, any_of=SCOPE)
    if isinstance(who, Refusal):
        return who
    fields = [name for name in request.query_params.get("fields", "").split(",") if name]
    if not fields or not FIELDS.issuperset(fields):
        unknown = ", ".join(name for name in fields if name not in FIELDS)
        return sandbox.invalid_params(f"fields is missing or names an unknown field: {unknown}")
    body = await json_body(request, may_be_empty=True)
    if isinstance(body, Refusal):
        return body
    videos = public_videos(sandbox, who.creator.open_id)
    return VideosRequest(body, fields, str(request.base_url), who.creator.username, videos)


def public_videos(sandbox: Sandbox, open_id: str) -> list[dict[str, Any]]:
    """The creator's public posts without their addresses, newest first.

    The posts were made through the app or added by the admin API.
    """
    creator = sandbox.creators.get(open_id)
    posted = (
        _video(post_id, post.complete_at or post.created_at, post.post_info, post.media)
        for post in sandbox.publishes.of_creator(open_id)
        for post_id in post.post_ids
    )
    seeded = (_video(one["id"], one["create_time"], one) for one in creator.videos) if creator else ()
    return sorted(itertools.chain(posted, seeded), key=_created_at_ms, reverse=True)


def _video(video_id: int, made_at: float, more: dict[str, Any], media: Media = "video") -> dict[str, Any]:
    return {
        "id": str(video_id),
        "media": media,
        "create_time": int(made_at),
        "moment": int(made_at * 1000),
        "video_description": more.get("title", "")[:150],
        "title": more.get("title", "")[:150],
        "duration": 10,
        "height": 1280,
        "width": 720,
        "is_aigc": bool(more.get("is_aigc", False)),
        **{f"{what}_count": more.get(f"{what}_count", 0) for what in ("like", "comment", "share", "view")},
    }


def _addresses(base_url: str, username: str, video: dict[str, Any]) -> dict[str, str]:
    address = share_url(base_url, username, video["id"], video["media"])
    return {
        "cover_image_url": cover_url(base_url, video["id"]),
        "share_url": address,
        "embed_html": f'<blockquote cite="{address}"></blockquote>',
        "embed_link": embed_url(base_url, video["id"]),
    }


def _created_at_ms(video: dict[str, Any]) -> int:
    return video["moment"]


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
