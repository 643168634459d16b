"""/v1/accounts/{account_id}/creator-info and /videos: fetched from TikTok on each request."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, Field

from dropcast.accounts.creator import fetch_creator_info, get_videos_by_id, get_videos_page
from dropcast.tiktok.display_api import VIDEOS_MAX

from .account_views import CreatorInfoView, VideosView, creator_info_view, videos_view
from .answers import Answer, Id, caller, documented, needs, view_or_refusal
from .error_code_groups import ASKS_TIKTOK

router = APIGatewayHttpRouter()

VideoId = Annotated[str, Field(min_length=1, max_length=64)]


class VideosRequest(BaseModel, extra="forbid"):
    """The ids of the requested videos."""

    video_ids: list[VideoId] = Field(min_length=1, max_length=VIDEOS_MAX)


@router.get(
    "/v1/accounts/<account_id>/creator-info",
    middlewares=needs("read"),
    responses=documented(200, "What the creator may post now", CreatorInfoView, *ASKS_TIKTOK),
)
def creator_info(account_id: Id) -> Answer:
    """Fetch from TikTok what the creator may post now. Each account allows at most eight such calls a minute. TikTok
    requires this call before each post and forbids storing the answer."""
    info = fetch_creator_info(account_id, caller())
    return view_or_refusal(200, info, lambda info: creator_info_view(account_id, info))


@router.get(
    "/v1/accounts/<account_id>/videos",
    middlewares=needs("read"),
    responses=documented(200, "A page of videos", VideosView, *ASKS_TIKTOK),
)
def videos(
    account_id: Id,
    after: Annotated[int | None, Query(alias="next", ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=VIDEOS_MAX)] = VIDEOS_MAX,
) -> Answer:
    """List the account's public videos and their counts, newest first.

    Pass a page's `next` to get the following page.
    """
    return view_or_refusal(200, get_videos_page(account_id, caller(), cursor=after, limit=limit), videos_view)


@router.post(
    "/v1/accounts/<account_id>/videos/query",
    middlewares=needs("read"),
    responses=documented(
        200, "The requested videos that are public and belong to the account", VideosView, *ASKS_TIKTOK
    ),
)
def query_videos(account_id: Id, request: VideosRequest) -> Answer:
    """Fetch the account's videos with the given ids (the `post_ids` of publishes), and the counts of these videos."""
    return view_or_refusal(200, get_videos_by_id(account_id, caller(), request.video_ids), videos_view)
