"""The sandbox's app: TikTok's routes and the admin API."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from sandbox.admin import api, business_comments_and_grants
from sandbox.answers.open_api import FLAT_STATUS, Done, FlatRefusal, Refusal, envelope, flat_error
from sandbox.business import routes
from sandbox.routes import oauth, photo_posting, public_pages, upload, user_info, video_posting, videos
from sandbox.routes.consent_page import authorize
from sandbox.settings import Settings
from sandbox.state.state import Sandbox, entry_of, sandbox_of
from sandbox.trends import creative_center, ensembledata, oembed
from sandbox.wire.recorder import Recorder

Operation = Callable[[Request], Awaitable[Done | Refusal]]
FlatOperation = Callable[[Request], Awaitable[Done | FlatRefusal]]


def make_app(settings: Settings) -> Starlette:
    sandbox = Sandbox(settings)
    app = Starlette(
        routes=[
            Route("/v2/auth/authorize/", authorize, methods=["GET", "POST"]),
            Route("/v2/auth/authorize", authorize, methods=["GET", "POST"]),
            Route("/v2/oauth/token/", _flat_endpoint(oauth.token), methods=["POST"]),
            Route("/v2/oauth/revoke/", _flat_endpoint(oauth.revoke), methods=["POST"]),
            Route(
                "/v2/post/publish/creator_info/query/",
                _api_endpoint(video_posting.creator_info),
                methods=["POST"],
            ),
            Route("/v2/post/publish/video/init/", _api_endpoint(video_posting.direct_init), methods=["POST"]),
            Route("/v2/post/publish/inbox/video/init/", _api_endpoint(video_posting.inbox_init), methods=["POST"]),
            Route("/v2/post/publish/content/init/", _api_endpoint(photo_posting.content_init), methods=["POST"]),
            Route("/v2/post/publish/status/fetch/", _api_endpoint(video_posting.status_fetch), methods=["POST"]),
            Route("/v2/post/publish/cancel/", _api_endpoint(video_posting.cancel), methods=["POST"]),
            Route("/v2/user/info/", _api_endpoint(user_info.user_info), methods=["GET"]),
            Route("/v2/video/list/", _api_endpoint(videos.video_list), methods=["POST"]),
            Route("/v2/video/query/", _api_endpoint(videos.video_query), methods=["POST"]),
            Route("/upload/video/", upload.put_chunk, methods=["PUT"]),
            *public_pages.routes,
            *routes.routes,
            *creative_center.routes,
            *ensembledata.routes,
            *oembed.routes,
            Mount("/_sandbox", routes=[*api.routes, *business_comments_and_grants.routes]),
        ],
        middleware=[Middleware(Recorder, sandbox=sandbox)],
        exception_handlers={HTTPException: _no_such_route},
        lifespan=_lifespan,
    )
    app.router.redirect_slashes = False
    app.state.sandbox = sandbox
    return app


def _api_endpoint(answering: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        answer, entry = await answering(request), entry_of(request)
        status = 200
        if isinstance(answer, Refusal):
            entry.error_code, status = answer.code, answer.http_status
        return JSONResponse(envelope(answer, entry.log_id), status)

    return endpoint


def _flat_endpoint(answering: FlatOperation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        answer, entry = await answering(request), entry_of(request)
        if isinstance(answer, Done):
            return JSONResponse(answer.data)
        entry.error_code = answer.error
        on_200 = sandbox_of(request).settings.oauth_errors_on_200
        status = 200 if on_200 else FLAT_STATUS.get(answer.error, 400)
        return JSONResponse(flat_error(answer, entry.log_id), status)

    return endpoint


async def _no_such_route(request: Request, problem: Exception) -> Response:
    """Answer a path or method that is not in docs/tiktok-protocol.md or not in the sandbox."""
    status = problem.status_code if isinstance(problem, HTTPException) else 404
    if request.url.path.startswith("/_sandbox/"):
        return JSONResponse({"error": "no such admin route"}, status)
    entry = entry_of(request)
    entry.error_code = "not_found"
    return JSONResponse(envelope(Refusal("not_found"), entry.log_id), status)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    sandbox: Sandbox = app.state.sandbox
    agenda = asyncio.create_task(sandbox.agenda.run())
    try:
        yield
    finally:
        agenda.cancel()
        sandbox.agenda.clear()
        await sandbox.http.aclose()
