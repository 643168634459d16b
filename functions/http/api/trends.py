"""/v1/trends: the trend lists of the last collection. These routes do not call TikTok."""

import hashlib
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.idempotency import Claim
from dropcast.log import logger
from dropcast.trends import collection_plan, run_queue
from dropcast.trends.health_store import healths
from dropcast.trends.models import ALL, TrendKind
from dropcast.trends.read_lists import current_list, matching_videos

from .answers import Answer, caller, documented, needs, refused, view
from .create_once import IdempotencyKey, create_once, mark_made
from .trend_views import (
    SourcesView,
    TrendingHashtagsView,
    TrendingKeywordsView,
    TrendingMusicView,
    TrendingVideosView,
    TrendRunView,
    TrendsView,
    sources_view,
    trends_view,
)

router = APIGatewayHttpRouter()

_MAX_AGE_S = 60

Country = Annotated[
    str | None, Query(pattern=r"^[A-Z]{2}$", description="Two letters. Default: the first configured country.")
]
Period = Annotated[
    Literal["1", "7", "30", "90", "120"] | None, Query(description="Days. Default: the first configured period.")
]
Category = Annotated[str, Query(pattern=r"^[A-Z_]{1,64}$", description="ALL or a configured category.")]
Limit = Annotated[int, Query(ge=1, le=200)]
IfNoneMatch = Annotated[str, Header(alias="If-None-Match", max_length=1000)]


def _documented(body: type[TrendsView]) -> dict[int, Any]:
    return documented(200, "The list", body, "trends_not_collected") | {304: {"description": "The list is unchanged"}}


@router.get("/v1/trends/hashtags", middlewares=needs("read"), responses=_documented(TrendingHashtagsView))
def list_trending_hashtags(
    country: Country = None,
    period: Period = None,
    category: Category = ALL,
    limit: Limit = 50,
    if_none_match: IfNoneMatch = "",
) -> Answer:
    """List trending hashtags of a country."""
    return _answer_list("hashtags", country, period, category, limit, if_none_match)


@router.get("/v1/trends/videos", middlewares=needs("read"), responses=_documented(TrendingVideosView))
def list_trending_videos(
    country: Country = None,
    period: Period = None,
    category: Category = ALL,
    keyword: Annotated[
        str,
        Query(
            max_length=100, description="Only videos with this text in the caption, the hashtags or the author's name."
        ),
    ] = "",
    limit: Limit = 50,
    if_none_match: IfNoneMatch = "",
) -> Answer:
    """List trending videos of a country. With `keyword`, list only the videos that contain this text."""
    return _answer_list("videos", country, period, category, limit, if_none_match, keyword)


@router.get("/v1/trends/music", middlewares=needs("read"), responses=_documented(TrendingMusicView))
def list_trending_music(
    country: Country = None, period: Period = None, limit: Limit = 50, if_none_match: IfNoneMatch = ""
) -> Answer:
    """List trending tracks of TikTok's Commercial Music Library in a country."""
    return _answer_list("music", country, period, ALL, limit, if_none_match)


@router.get("/v1/trends/keywords", middlewares=needs("read"), responses=_documented(TrendingKeywordsView))
def list_trending_keywords(limit: Limit = 50, if_none_match: IfNoneMatch = "") -> Answer:
    """List current search keywords in the connected account's region."""
    return _answer_list("keywords", None, None, ALL, limit, if_none_match)


@router.get("/v1/trends/sources", middlewares=needs("read"), responses=documented(200, "Every source", SourcesView))
def list_trend_sources() -> Answer:
    """List the sources of trends with their recent state, in order of preference."""
    return view(200, sources_view(healths()))


@router.post(
    "/v1/trends/collect",
    middlewares=needs("admin"),
    responses=documented(202, "The run is queued", TrendRunView, "idempotency_conflict", "trends_not_configured"),
)
def collect_trends(idempotency_key: IdempotencyKey = None) -> Answer:
    """Queue a collection of every list, as the schedule does.

    The lists and the event `trends.updated` show the results. The same Idempotency-Key returns the same run.
    """
    if not collection_plan.planned_queries():
        return refused(problem("trends_not_configured"))

    def make(claim: Claim) -> Answer | Problem:
        if not claim.noted:
            run_queue.begin_run(claim.made)
            mark_made(idempotency_key, claim)
            logger.info("trends.queued", run_id=claim.made, by_key_id=caller().key_id)
        return view(202, TrendRunView(run_id=claim.made, queued=len(collection_plan.planned_queries())))

    return create_once(idempotency_key, "run", make)


def _answer_list(
    kind: TrendKind,
    country: str | None,
    period: str | None,
    category: str,
    limit: int,
    if_none_match: str,
    keyword: str = "",
) -> Answer:
    found = current_list(collection_plan.chosen_query(kind, country, int(period) if period else None, category))
    if isinstance(found, Problem):
        return refused(found)
    items = matching_videos(found.items, keyword) if keyword else found.items
    return _answer_unless_known(trends_view(found, items[:limit], clock.now()), if_none_match)


def _answer_unless_known(answer: TrendsView, if_none_match: str) -> Answer:
    """Answer 304 if the caller already has this list. The ETag does not depend on the list's age."""
    text = answer.model_dump_json(exclude={"age_seconds"})
    tag = f'W/"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"private, max-age={_MAX_AGE_S}"}
    known = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    if "*" in known or tag.removeprefix("W/") in known:
        return Response(304, body="", headers=headers)
    response = view(200, answer)
    response.headers.update(headers)
    return response
