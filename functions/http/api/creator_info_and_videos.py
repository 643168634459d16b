"""/v1/accounts/{account_id}/creator-info and /videos: fetched from TikTok on each request."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from dropcast.accounts.creator import fetch_creator_info, get_videos_by_id, get_videos_page
from dropcast.errors.problem import Problem
from dropcast.tiktok.display_api import VIDEOS_MAX

from .account_views import CreatorInfoView, VideosView, creator_info_view, videos_view
from .answers import Id, caller, documented, needs, refused, view
from .error_code_groups import ASKS_TIKTOK

router = APIGatewayHttpRouter()

VideoId = Annotated[str, Field(min_length=1, max_length=64)]


class VideosRequest(BaseModel):
    """The ids of the requested videos."""

    model_config = ConfigDict(extra="forbid")

    video_ids: list[VideoId] = Field(min_length=1, max_length=VIDEOS_MAX)


@router.get(
    "/v1/accounts/<account_id>/creator-info",
    middlewares=needs("read"),
    responses=documented(200, "What the creator may post now", CreatorInfoView, *ASKS_TIKTOK),
)
def creator_info(account_id: Id) -> Response[Any]:
    """Fetch from TikTok what the creator may post now, at most eight times a minute. TikTok requires this call before
    each post and forbids storing its answer."""
    info = fetch_creator_info(account_id, caller())
    return refused(info) if isinstance(info, Problem) else view(200, creator_info_view(account_id, info))


@router.get(
    "/v1/accounts/<account_id>/videos",
    middlewares=needs("read"),
    responses=documented(200, "A page of videos", VideosView, *ASKS_TIKTOK),
)
def videos(
    account_id: Id,
    after: Annotated[int | None, Query(alias="next", ge=0)] = None,
    limit: Annotated[int, Query(ge=1, le=VIDEOS_MAX)] = VIDEOS_MAX,
) -> Response[Any]:
    """List the account's public videos and their counts, newest first.

    Pass a page's `next` to get the following page.
    """
    page = get_videos_page(account_id, caller(), cursor=after, limit=limit)
    return refused(page) if isinstance(page, Problem) else view(200, videos_view(page))


@router.post(
    "/v1/accounts/<account_id>/videos/query",
    middlewares=needs("read"),
    responses=documented(
        200, "The requested videos that are public and belong to the account", VideosView, *ASKS_TIKTOK
    ),
)
def query_videos(account_id: Id, request: VideosRequest) -> Response[Any]:
    """Fetch some of the account's videos and their counts by id (the post_ids of a publish)."""
    page = get_videos_by_id(account_id, caller(), request.video_ids)
    return refused(page) if isinstance(page, Problem) else view(200, videos_view(page))
