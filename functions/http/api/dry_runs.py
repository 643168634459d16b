"""/v1/preflight: a dry run, which reports a publish's problems, its media and its plan."""

from dataclasses import asdict
from typing import Literal

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.clock import iso
from dropcast.errors.problem import problem
from dropcast.media.picture.header_check_result import HeaderCheck
from dropcast.publishing.intake.dry_run import DryRun, Finding, InspectedSource, dry_run
from dropcast.publishing.intake.forecast import Forecast
from dropcast.publishing.model.chunk_plan import ChunkPlan
from dropcast.publishing.model.request import PublishRequest

from .answers import Answer, caller, documented, needs, refused, view
from .dry_run_views import (
    BudgetLeftView,
    ChunksView,
    CostLineView,
    CostView,
    FindingView,
    PhotosView,
    PhotoView,
    PlanView,
    ReportView,
    VideoFactsView,
)

router = APIGatewayHttpRouter()


@router.post(
    "/v1/preflight",
    middlewares=needs("publish", "draft", "read"),
    responses=documented(200, "Every problem, the media and the plan", ReportView),
)
def preflight(request: PublishRequest) -> Answer:
    """Check a publish without creating it: the account, the source, the media, and what TikTok lets the creator post
    now. Each account allows at most eight checks a minute. The body is the same as for POST /v1/publishes, for one
    account.
    """
    if request.account_ids:
        reason = "a dry run checks one account: use account_id"
        fields = [{"field": "account_ids", "reason": reason}]
        return refused(problem("invalid_request", reason=f"account_ids: {reason}", fields=fields))
    return dry_run_answer(request)


def dry_run_answer(request: PublishRequest) -> Answer:
    """The answer to a dry run of `request`. Nothing is stored."""
    return view(200, report_view(request.way(), dry_run(request, caller())))


def report_view(via: Literal["upload", "pull"], found: DryRun) -> ReportView:
    """The API's view of a dry run. `via`: how the publish would reach TikTok."""
    return ReportView(
        ok=not found.problems,
        problems=[_finding(one) for one in found.problems],
        warnings=[_finding(one) for one in found.warnings],
        media=_media(found.inspected),
        plan=_plan(via, found.forecast) if found.forecast else None,
    )


def _finding(found: Finding) -> FindingView:
    told = found.problem
    rest = {name: value for name, value in told.details.items() if name != "ffmpeg"}
    shown = told.model_dump(exclude={"details"})
    return FindingView(field=found.field, ffmpeg=told.details.get("ffmpeg"), details=rest, **shown)


def _media(looked: InspectedSource) -> VideoFactsView | PhotosView | None:
    if looked.photos:
        return PhotosView(items=[_photo(one) for one in looked.photos])
    facts, source = looked.facts, looked.source
    if facts is None or source is None or source.type != "s3":
        return None
    return VideoFactsView(
        size=source.size or 0,
        container=facts.container,
        content_type=facts.content_type,
        codec=facts.video_codec,
        duration_ms=facts.duration_ms,
        width=facts.shown_width,
        height=facts.shown_height,
        frame_rate_milli=facts.frame_rate_milli,
        has_audio=facts.has_audio,
    )


def _photo(seen: HeaderCheck | None) -> PhotoView | None:
    return None if seen is None else PhotoView(width=seen.width, height=seen.height, mends=list(seen.corrections))


def _plan(via: Literal["upload", "pull"], told: Forecast) -> PlanView:
    return PlanView(
        via=via,
        chunks=_chunks(told.chunks) if told.chunks else None,
        goes_at=iso(told.goes_at),
        waits_for=told.waits_for,
        budgets=[
            BudgetLeftView(
                budget=one.name,
                remaining=max(0, one.limit - one.used - one.reserved),
                limit=one.limit,
                window_seconds=one.window_s,
                next_free_at=iso(one.next_free_at),
            )
            for one in told.budgets
        ],
        cost=CostView(
            micro_usd=sum(line.micro_usd for line in told.cost),
            lines=[CostLineView.model_validate(asdict(line)) for line in told.cost],
        ),
    )


def _chunks(plan: ChunkPlan) -> ChunksView:
    return ChunksView(count=plan.count, size=plan.chunk_size, last_size=plan.chunk(plan.count - 1).length)
