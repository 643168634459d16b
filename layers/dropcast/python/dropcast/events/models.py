"""The models of the `data` of events, one per event. docs/events/schemas.json is generated from them.

Fields may be added but not removed. Times are RFC 3339 in UTC, sizes are bytes, ids are strings.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EventName = Literal[
    "publish.published",
    "publish.failed",
    "publish.unknown",
    "publish.cancelled",
    "publish.in_inbox",
    "publish.held",
    "account.connected",
    "account.reconnect_needed",
    "account.disconnected",
    "account.expiring",
    "budget.exhausted",
    "webhook_endpoint.disabled",
    "webhook_endpoint.test",
    "trends.updated",
]

_State = Literal[
    "queued",
    "held",
    "starting",
    "uploading",
    "processing",
    "in_inbox",
    "published",
    "failed",
    "unknown",
    "cancelled",
]
_At = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


class _Shape(BaseModel):
    # Pydantic builds a model when it is first used, because a function uses only one or two of the models.
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)


class PublishErrorShape(_Shape):
    """Why a publish failed, or why its outcome is unknown."""

    code: str = Field(description="A code of docs/errors.md.")
    message: str = Field(description="What went wrong, as a text.")
    fix: str = Field(description="How to fix the problem, as a text.")
    next: Literal["retry", "wait", "reconnect", "resolve", "none"] = Field(description="The next step, for programs.")
    log_id: str | None = Field(
        description="TikTok's id of the call that failed. TikTok's support can find the call by this id."
    )
    details: dict[str, Any] = Field(description="Values that describe the error, by name.")


class MomentShape(_Shape):
    """A line of a publish's history."""

    at: _At = Field(description="When the publish entered the state.")
    state: _State = Field(description="The state that the publish entered.")
    code: str | None = Field(description="An error code, or what a caller requested (scheduled, edited, restarted, …).")


class PictureShape(_Shape):
    """A picture of a photo post."""

    bucket: str = Field(description="The source bucket.")
    key: str = Field(description="The key in the source bucket.")
    prepared: bool = Field(description="Whether the picture is ready for TikTok to pull.")
    content_type: str | None = Field(description="The type of the file that TikTok pulls.")
    bytes: int | None = Field(description="The size of the file that TikTok pulls.")
    mended: list[str] = Field(description="What Dropcast changed; empty if TikTok gets the original file.")


class SourceShape(_Shape):
    """The source of the media: a video in S3, a video at a URL, or photos."""

    type: Literal["s3", "url", "photos"] = Field(
        description="For photos, the buckets and keys are in the publish's `pictures`."
    )
    bucket: str | None = Field(description="The bucket of a video in S3.")
    key: str | None = Field(description="The key of a video in S3.")
    host: str | None = Field(description="The host of a URL; the rest can be secret.")


class VideoShape(_Shape):
    """The properties of a video."""

    duration_ms: int = Field(description="The duration in milliseconds.")
    container: Literal["mp4", "mov", "webm"] = Field(description="The container.")
    codec: Literal["h264", "h265", "vp8", "vp9"] = Field(description="The codec.")
    width: int = Field(description="The width as viewers see it, in pixels.")
    height: int = Field(description="The height as viewers see it, in pixels.")
    frame_rate_milli: int | None = Field(description="Frames per 1000 seconds; null if the file does not state it.")
    has_audio: bool = Field(description="Whether the video has sound.")


class PublishShape(_Shape):
    """A publish as it is after the transition that the event reports.

    `GET /v1/publishes/{publish_id}` shows the same fields, and also the options and the consent.
    """

    publish_id: str = Field(description="Dropcast's id of the publish.")
    account_id: str = Field(description="The account that the publish posts to.")
    user_id: str | None = Field(description="The owner of the account when the publish was created; null if unknown.")
    kind: Literal["video", "photo"] = Field(description="The kind of post.")
    mode: Literal["direct", "draft"] = Field(description="direct: a post; draft: the creator finishes it in the app.")
    via: Literal["upload", "pull"] = Field(description="upload: Dropcast sends the bytes; pull: TikTok fetches them.")
    state: _State = Field(description="The current state. The event's name ends with the state, as in publish.held.")
    created_at: _At = Field(description="When the publish was created.")
    source: SourceShape = Field(description="The source of the media.")
    video: VideoShape | None = Field(description="The video's properties; null until Dropcast has checked the video.")
    bytes_sent: int = Field(description="How many bytes TikTok has, as far as Dropcast knows.")
    bytes_total: int = Field(description="How many bytes TikTok gets in total; 0 while unknown.")
    pictures: list[PictureShape] = Field(description="The pictures of a photo post, in order.")
    post_ids: list[str] = Field(description="TikTok's ids of the posts, as far as TikTok has sent them.")
    post_urls: list[str] = Field(description="The addresses of these posts; empty while the username is unknown.")
    not_before: _At | None = Field(description="When a held publish continues.")
    publish_at: _At | None = Field(description="The requested time of the post.")
    cancel_requested: bool = Field(description="Whether Dropcast has asked TikTok to cancel the publish.")
    reference: str | None = Field(description="The caller's own id for the publish.")
    metadata: dict[str, str] = Field(description="The caller's own key-value pairs.")
    retry_of: str | None = Field(description="The publish that this publish retries.")
    retried_as: str | None = Field(description="The publish that retries this publish.")
    tiktok_publish_id: str | None = Field(description="TikTok's id of the publish, known after the init.")
    error: PublishErrorShape | None = Field(description="What went wrong.")
    history: list[MomentShape] = Field(description="The states so far, the current one last; at most 100 lines.")
    history_left_out: int = Field(description="The number of lines dropped from the middle of a long history.")


class AccountConnectedShape(_Shape):
    """An account is ready to publish."""

    account_id: str = Field(description="Dropcast's id of the account.")
    user_id: str = Field(description="The owner: your own id of the user, as sent to POST /v1/connections.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    reconnected: bool = Field(description="Whether the account was connected before.")


class AccountReconnectNeededShape(_Shape):
    """TikTok no longer accepts an account's tokens. The account's owner must connect it again."""

    account_id: str = Field(description="Dropcast's id of the account.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    reason: Literal["refused", "answer_lost"] = Field(
        description="refused: TikTok no longer accepts the refresh token; answer_lost: TikTok's answer with the next "
        "token never arrived."
    )


class AccountDisconnectedShape(_Shape):
    """An account is no longer connected; its tokens are erased."""

    account_id: str = Field(description="Dropcast's id of the account.")
    user_id: str = Field(description="The former owner.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    reason: Literal[
        "disconnected_here",
        "removed_at_tiktok",
        "account_deleted",
        "age_changed",
        "banned",
        "revoked",
        "unknown",
    ] = Field(description="Why the connection ended. TikTok reports all reasons except disconnected_here.")


class AccountExpiringShape(_Shape):
    """A connection ends soon unless it is renewed."""

    account_id: str = Field(description="Dropcast's id of the account.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    expires_at: _At = Field(description="When the connection ends.")


class BudgetExhaustedShape(_Shape):
    """An account has used up a budget; further calls or posts wait."""

    account_id: str = Field(description="Dropcast's id of the account.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    budget: str = Field(description="The budget: direct_posts, pending_drafts, video_init, … (docs/operate.md).")
    used: int = Field(description="How many calls or posts were counted in the window.")
    limit: int = Field(description="How many calls or posts are allowed in the window.")
    window_seconds: int = Field(description="The length of the window in seconds.")
    next_free_at: _At = Field(
        description="The earliest time at which a new publish finds room, behind all publishes that already wait."
    )
    why: str | None = Field(description="TikTok's code if TikTok refused the call, else null.")


class EndpointDisabledShape(_Shape):
    """A webhook endpoint receives no more events until it is enabled again."""

    endpoint_id: str = Field(description="The endpoint.")
    url: str = Field(description="The origin of the endpoint's address; the rest can be secret.")
    why: Literal["failing", "gone"] = Field(
        description="failing: the endpoint failed for a day and at least ten times; gone: the endpoint answered 410."
    )
    since: _At = Field(description="When the endpoint started to fail.")


class EndpointTestShape(_Shape):
    """A test delivery that a caller requested for one endpoint. This event is not on the bus."""

    endpoint_id: str = Field(description="The endpoint.")


class TrendsUpdatedShape(_Shape):
    """There is a new list of trends; `GET /v1/trends/{kind}` returns it."""

    run_id: str = Field(description="The run that collected the list.")
    kind: Literal["hashtags", "videos", "music", "keywords"] = Field(description="The kind of trends.")
    country: str | None = Field(
        description="The country; null for keywords, which TikTok returns for the connected account's region."
    )
    period_days: int | None = Field(description="The period in days; null for keywords, which are current.")
    category: str = Field(description="The category; ALL means all categories together.")
    source: str = Field(description="The source: discovery, creative_center or ensembledata.")
    captured_at: _At = Field(description="When the source returned the list.")
    items: int = Field(description="The number of items.")


SHAPES: dict[EventName, type[BaseModel]] = {
    "publish.published": PublishShape,
    "publish.failed": PublishShape,
    "publish.unknown": PublishShape,
    "publish.cancelled": PublishShape,
    "publish.in_inbox": PublishShape,
    "publish.held": PublishShape,
    "account.connected": AccountConnectedShape,
    "account.reconnect_needed": AccountReconnectNeededShape,
    "account.disconnected": AccountDisconnectedShape,
    "account.expiring": AccountExpiringShape,
    "budget.exhausted": BudgetExhaustedShape,
    "webhook_endpoint.disabled": EndpointDisabledShape,
    "webhook_endpoint.test": EndpointTestShape,
    "trends.updated": TrendsUpdatedShape,
}
"""The shape of `data` by the event's name."""
