"""A publish as the API shows it."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from dropcast.errors.problem import Next
from dropcast.media.video.preflight import Container, VideoCodec
from dropcast.publishing.intake.several_accounts import AccountResult
from dropcast.publishing.model.options import Kind, Mode, PrivacyLevel
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.views import api_view
from dropcast.publishing.store.list_queries import PublishPage
from dropcast.publishing.store.listing import cursor


class _View(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PublishErrorView(_View):
    """Why a publish failed, or is not known to have succeeded. `log_id` is TikTok's."""

    code: str
    message: str
    fix: str
    next: Next
    log_id: str | None
    details: dict[str, Any]


class MomentView(_View):
    """A line of the history. `code` says what went wrong (a code of the errors), or what somebody wanted: scheduled,
    edited, restarted, said_posted, said_not_posted."""

    at: str
    state: State
    code: str | None


class PictureView(_View):
    """A picture of a photo post and, once it is prepared, what TikTok pulls in its place."""

    bucket: str
    key: str
    prepared: bool
    content_type: str | None
    bytes: int | None
    mended: list[str] = Field(description="What was changed on the way; where it is empty, it is what came in.")


class MediaSourceView(_View):
    """Where the media came from: a video in S3 has `bucket` and `key`, one at a URL its `host`; photos have their
    places in `pictures`."""

    type: Literal["s3", "url", "photos"]
    bucket: str | None
    key: str | None
    host: str | None = Field(description="The rest of the address may be secret and is not shown.")


class VideoFiguresView(_View):
    """What the video is. The sides are those that viewers see, in pixels; `frame_rate_milli` is frames in 1000 s."""

    duration_ms: int
    container: Container
    codec: VideoCodec
    width: int
    height: int
    frame_rate_milli: int | None
    has_audio: bool


class OptionsView(_View):
    """How it was asked to be posted. Options that do not apply to its kind and mode have their defaults."""

    title: str
    description: str
    hashtags: list[str]
    on_too_long: Literal["refuse", "clamp"]
    privacy_level: PrivacyLevel | None
    allow_comment: bool
    allow_duet: bool
    allow_stitch: bool
    cover_timestamp_ms: int | None
    cover_index: int
    brand_content: bool
    brand_organic: bool
    is_aigc: bool
    auto_add_music: bool


class PublishView(_View):
    """A publish: what was asked for, where it stands, how it came there. Sizes are bytes."""

    publish_id: str
    account_id: str
    user_id: str | None = Field(description="Whose account it was when it was asked for; null if there is no such one.")
    kind: Kind
    mode: Mode
    via: Literal["upload", "pull"] = Field(description="upload: we send the bytes; pull: TikTok fetches them.")
    state: State
    created_at: str
    source: MediaSourceView
    options: OptionsView | None = Field(description="null for a drop whose options could not be read.")
    video: VideoFiguresView | None = Field(description="null until Dropcast has looked into the video.")
    bytes_sent: int
    bytes_total: int
    pictures: list[PictureView]
    post_ids: list[str] = Field(description="TikTok's ids of the posts; they come later, and for public posts alone.")
    post_urls: list[str] = Field(description="Where people see these posts; empty while the username is not known.")
    not_before: str | None = Field(description="While it is held: when it goes on.")
    publish_at: str | None
    cancel_requested: bool = Field(description="TikTok was asked to cancel it.")
    reference: str | None = Field(description="The caller's own id of it; lists can be filtered by it.")
    metadata: dict[str, str] = Field(description="The caller's own pairs.")
    retry_of: str | None
    retried_as: str | None
    tiktok_publish_id: str | None
    error: PublishErrorView | None
    history: list[MomentView]
    history_left_out: int = Field(description="Lines between the first and the latest that a long history has lost.")


class PublishesView(_View):
    """A page of publishes, newest first. It may be short, or empty, and yet have a next one."""

    items: list[PublishView]
    next: str | None


class TakingView(_View):
    """What became of one account: a publish was taken in, or an error says why not."""

    account_id: str
    publish_id: str | None
    error: PublishErrorView | None


class PublishedView(_View):
    """What became of each of `account_ids`, in their order."""

    items: list[TakingView]


def publish_view(publish: Publish) -> PublishView:
    return PublishView.model_validate(api_view(publish))


def published_view(takings: list[AccountResult]) -> PublishedView:
    return PublishedView(items=[_taking(one) for one in takings])


def _taking(one: AccountResult) -> TakingView:
    if isinstance(one.outcome, Publish):
        return TakingView(account_id=one.account_id, publish_id=one.outcome.publish_id, error=None)
    error = PublishErrorView.model_validate(one.outcome.model_dump())
    return TakingView(account_id=one.account_id, publish_id=None, error=error)


def publishes_view(page: PublishPage) -> PublishesView:
    return PublishesView(items=[publish_view(one) for one in page.publishes], next=cursor(page))
