"""The routes of TikTok API for Business. Errors have HTTP 200, as successful answers do (protocol section 12)."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.answers.business import NO_SCHEMA, BusinessDone, BusinessRefusal, business_envelope
from sandbox.business import comment_actions, comment_lists, discovery, oauth
from sandbox.business.consent_pages import advertiser_authorize, holder_authorize
from sandbox.faults.route_names import BUSINESS
from sandbox.state.state import entry_of
from sandbox.wire.degraded_sources import degradable

Operation = Callable[[Request], Awaitable[BusinessDone | BusinessRefusal]]

GETS: dict[str, Operation] = {
    "/discovery/trending_list/": discovery.hashtags,
    "/discovery/detail/": discovery.hashtag,
    "/discovery/video_list/": discovery.hashtag_videos,
    "/discovery/cml/trending_list/": discovery.music,
    "/discovery/cml/video_list/": discovery.music_videos,
    "/discovery/trending/search/": discovery.search,
    "/discovery/trending/search/keyword/": discovery.related,
    "/business/hashtag/suggestion/": discovery.suggestion,
    "/business/comment/list/": comment_lists.comments,
    "/business/comment/reply/list/": comment_lists.replies,
}
POSTS: dict[str, Operation] = {
    "/oauth2/access_token/": oauth.advertiser_token,
    "/tt_user/oauth2/token/": oauth.holder_token,
    "/tt_user/oauth2/refresh_token/": oauth.refresh,
    "/tt_user/oauth2/revoke/": oauth.revoke,
    "/tt_user/token_info/get/": oauth.token_info,
    "/business/comment/create/": comment_actions.create,
    "/business/comment/reply/create/": comment_actions.reply,
    "/business/comment/hide/": comment_actions.hide,
    "/business/comment/like/": comment_actions.like,
    "/business/comment/pin/": comment_actions.pin,
    "/business/comment/delete/": comment_actions.delete,
}


def _endpoint(answering: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        answer, entry = await answering(request), entry_of(request)
        if isinstance(answer, BusinessRefusal):
            entry.error_code = str(answer.code)
        return JSONResponse(business_envelope(answer, entry.log_id))

    return degradable(endpoint)


async def _no_schema(request: Request) -> BusinessRefusal:
    return BusinessRefusal(NO_SCHEMA)


routes = [
    Route("/portal/auth", advertiser_authorize, methods=["GET", "POST"]),
    Route("/business/auth", holder_authorize, methods=["GET", "POST"]),
    *(Route(BUSINESS + path, _endpoint(answering), methods=["GET"]) for path, answering in GETS.items()),
    *(Route(BUSINESS + path, _endpoint(answering), methods=["POST"]) for path, answering in POSTS.items()),
    Route("/open_api/{path:path}", _endpoint(_no_schema), methods=["GET", "POST"]),
]
