"""/v1/preflight: a dry run, which reports all problems of a publish, its media and its plan."""

from dataclasses import asdict
from typing import Any, Literal

from pydantic import BaseModel

from dropcast.clock import iso
from dropcast.errors.problem import Next, problem
from dropcast.media.picture.header_check_result import Correction, HeaderCheck
from dropcast.media.video.preflight import Container, ContentType, VideoCodec
from dropcast.publishing.intake.dry_run import DryRun, Finding, InspectedSource, dry_run
from dropcast.publishing.intake.forecast import Forecast
from dropcast.publishing.model.chunk_plan import ChunkPlan
from dropcast.publishing.model.request import PublishRequest

from .answers import Answer, caller, documented, needs, refused, router, view


class FindingView(BaseModel):
    """A problem or a warning. `field` names the field of the request; `ffmpeg` is a command that fixes the video, or
    null."""

    field: str
    code: str
    message: str
    fix: str
    next: Next
    ffmpeg: str | None
    log_id: str | None
    details: dict[str, Any]


class VideoFactsView(BaseModel):
    """The facts of a video. Width and height are as displayed, in pixels; `frame_rate_milli` is frames per 1000 s."""

    type: Literal["video"] = "video"
    size: int
    container: Container
    content_type: ContentType
    codec: VideoCodec
    duration_ms: int
    width: int
    height: int
    frame_rate_milli: int | None
    has_audio: bool


class PhotoView(BaseModel):
    """A photo: its width and height as stored, and the changes that Dropcast makes before TikTok fetches it."""

    width: int
    height: int
    mends: list[Correction]


class PhotosView(BaseModel):
    """The photos in order; null for a photo that cannot be posted."""

    type: Literal["photos"] = "photos"
    items: list[PhotoView | None]


class ChunksView(BaseModel):
    """The chunks in which Dropcast sends the video. Sizes are bytes."""

    count: int
    size: int
    last_size: int


class BudgetLeftView(BaseModel):
    """A budget that the publish needs. It allows `limit` uses within any `window_seconds`."""

    budget: str
    remaining: int
    limit: int
    window_seconds: int
    next_free_at: str


class CostLineView(BaseModel):
    """One AWS charge, in millionths of a US dollar."""

    what: Literal["state_transitions", "lambda_gb_ms", "requests", "bytes_out"]
    amount: int
    micro_usd: int


class CostView(BaseModel):
    """The cost at AWS's list prices, without free tiers. docs/publish.md has the formula."""

    micro_usd: int
    lines: list[CostLineView]


class PlanView(BaseModel):
    """The plan of the publish. `waits_for` is the budget that delays it until `goes_at`."""

    via: Literal["upload", "pull"]
    chunks: ChunksView | None
    goes_at: str
    waits_for: str | None
    budgets: list[BudgetLeftView]
    cost: CostView


class ReportView(BaseModel):
    """The result of a dry run. `ok`: there are no problems. `media` and `plan` are null if the media cannot be posted.
    For a URL, only `media` is null."""

    ok: bool
    problems: list[FindingView]
    warnings: list[FindingView]
    media: VideoFactsView | PhotosView | None
    plan: PlanView | None


@router.post(
    "/v1/preflight",
    middlewares=needs("publish", "draft", "read"),
    responses=documented(200, "Every problem, the media and the plan", ReportView),
)
def preflight(request: PublishRequest) -> Answer:
    """Check a publish without creating it: the account, the source, the media, and what TikTok lets the creator post
    now. At most eight checks a minute. The body is that of POST /v1/publishes, for one account."""
    if request.account_ids:
        reason = "a dry run checks one account: use account_id"
        fields = [{"field": "account_ids", "reason": reason}]
        return refused(problem("invalid_request", reason=f"account_ids: {reason}", fields=fields))
    return dry_run_answer(request)


def dry_run_answer(request: PublishRequest) -> Answer:
    """The answer to a dry run of `request`, which is not stored."""
    return view(200, _report_view(request.way(), dry_run(request, caller())))


def _report_view(via: Literal["upload", "pull"], found: DryRun) -> ReportView:
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
