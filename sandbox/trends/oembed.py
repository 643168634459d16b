"""GET /oembed: the public data of a video, found by its address."""

import re
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.addresses import cover_url, profile_url
from sandbox.routes.videos import public_videos
from sandbox.state.state import Sandbox, entry_of, sandbox_of
from sandbox.wire.degraded_sources import degradable

ADDRESS = re.compile(r"@[\w.-]+/video/(\d+)")
TIKTOK = "https://www.tiktok.com/"
"""Clients also build the addresses of videos themselves, at this origin."""


@dataclass(frozen=True)
class PublicVideo:
    caption: str
    author: str


async def oembed(request: Request) -> Response:
    """Answer for trending videos that the sandbox has returned before, and for the creators' public videos."""
    base_url, url = str(request.base_url), request.query_params.get("url", "")
    host = next((one for one in (base_url, TIKTOK) if url.startswith(one)), None)
    address = ADDRESS.fullmatch(url, len(host)) if host else None
    video = _find_public_video(sandbox_of(request), int(address[1])) if address else None
    if address is None or video is None:
        entry_of(request).error_code = "400"
        return JSONResponse({"code": 400, "message": "Something went wrong"}, 400)
    return JSONResponse(
        {
            "version": "1.0",
            "type": "video",
            "title": video.caption,
            "author_url": profile_url(base_url, video.author),
            "author_name": video.author.title(),
            "author_unique_id": video.author,
            "width": "100%",
            "height": "100%",
            "html": f'<blockquote cite="{url}"></blockquote>',
            "thumbnail_width": 720,
            "thumbnail_height": 1280,
            "thumbnail_url": cover_url(base_url, address[1]),
            "provider_url": base_url,
            "provider_name": "TikTok",
            "embed_product_id": address[1],
            "embed_type": "video",
        }
    )


def _find_public_video(sandbox: Sandbox, video_id: int) -> PublicVideo | None:
    if video := sandbox.seen_videos.get(video_id):
        return PublicVideo(video.caption, video.author)
    for creator in sandbox.creators.all():
        for own in public_videos(sandbox, creator.open_id):
            if own["id"] == str(video_id):
                return PublicVideo(own["title"], creator.username)
    return None


routes = [Route("/oembed", degradable(oembed))]
