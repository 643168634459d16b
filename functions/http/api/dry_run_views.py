"""The API's view of a dry run."""

from typing import Any, Literal

from pydantic import BaseModel

from dropcast.errors.problem import Next
from dropcast.media.picture.header_check_result import Correction
from dropcast.media.video.accepted_formats import Container, ContentType, VideoCodec


class FindingView(BaseModel):
    """A problem or a warning about one field of the request. `field` is the name of this field.

    `ffmpeg` is a command that fixes the video, or null.
    """

    field: str
    code: str
    message: str
    fix: str
    next: Next
    ffmpeg: str | None
    log_id: str | None
    details: dict[str, Any]


class VideoFactsView(BaseModel):
    """The facts of a video. Width and height are in pixels, as a player shows them.

    `frame_rate_milli` is in frames per 1000 s.
    """

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
    """The photos in order. An item is null if the photo cannot be posted."""

    type: Literal["photos"] = "photos"
    items: list[PhotoView | None]


class ChunksView(BaseModel):
    """The chunks in which Dropcast sends the video. Sizes are bytes."""

    count: int
    size: int
    last_size: int


class BudgetLeftView(BaseModel):
    """A budget that the publish needs. It allows `limit` calls or posts within any `window_seconds`."""

    budget: str
    remaining: int
    limit: int
    window_seconds: int
    next_free_at: str


class CostLineView(BaseModel):
    """One AWS charge, in micro-dollars (millionths of a US dollar)."""

    what: Literal["state_transitions", "lambda_gb_ms", "requests", "bytes_out"]
    amount: int
    micro_usd: int


class CostView(BaseModel):
    """The cost at AWS's list prices, without free tiers. docs/publish.md has the formula."""

    micro_usd: int
    lines: list[CostLineView]


class PlanView(BaseModel):
    """The plan of the publish. `waits_for` is the budget that delays the publish until `goes_at`, or null."""

    via: Literal["upload", "pull"]
    chunks: ChunksView | None
    goes_at: str
    waits_for: str | None
    budgets: list[BudgetLeftView]
    cost: CostView


class ReportView(BaseModel):
    """The result of a dry run. `ok` is true if there are no problems.

    `media` is null for a video that cannot be posted, and for every video at a URL. `plan` is null if the account or
    the media cannot be used.
    """

    ok: bool
    problems: list[FindingView]
    warnings: list[FindingView]
    media: VideoFactsView | PhotosView | None
    plan: PlanView | None
