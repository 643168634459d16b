"""The pages and pictures at the addresses of posts, profiles, covers and avatars."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.state.state import sandbox_of


async def made_up_page(request: Request) -> Response:
    return PlainTextResponse(f"The TikTok sandbox has no pages of posts. TikTok would show {request.url.path} here.\n")


async def avatar(request: Request) -> Response:
    """A coloured square as the creator's avatar."""
    open_id = request.path_params["open_id"]
    return _square(open_id) if sandbox_of(request).creators.get(open_id) else Response(status_code=404)


async def cover(request: Request) -> Response:
    """A coloured square as the cover of a post."""
    return _square(request.path_params["post_id"])


def _square(seed: str) -> Response:
    hue = sum(seed.encode()) % 360
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">'
        f'<rect width="100" height="100" fill="hsl({hue} 45% 55%)"/></svg>'
    )
    return Response(picture, media_type="image/svg+xml")


routes = [
    Route("/avatar/{open_id}.svg", avatar),
    Route("/cover/{post_id}.svg", cover),
    *(
        Route(path, made_up_page)
        for path in (
            "/login",
            "/@{username}",
            "/@{username}/video/{post_id}",
            "/@{username}/photo/{post_id}",
            "/embed/v2/{post_id}",
            "/player/v1/{post_id}",
        )
    ),
]
