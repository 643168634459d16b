"""What each event tells: one model per event's `data`. docs/events/schemas.json is written from them.

Fields may be added; one that is here stays. Times are RFC 3339 in UTC, sizes bytes, ids strings.
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
    # Built when first used: a function writes one or two of these.
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True, defer_build=True)


class PublishErrorShape(_Shape):
    """Why a publish failed, or is not known to have succeeded."""

    code: str = Field(description="A code of docs/errors.md.")
    message: str = Field(description="What went wrong, in plain words.")
    fix: str = Field(description="What helps, in plain words.")
    next: Literal["retry", "wait", "reconnect", "resolve", "none"] = Field(description="What helps, for a program.")
    log_id: str | None = Field(description="TikTok's own id of its answer, for its support.")
    details: dict[str, Any] = Field(description="What the words were filled with.")


class MomentShape(_Shape):
    """A line of a publish's history."""

    at: _At = Field(description="When it came to this state.")
    state: _State = Field(description="The state it came to.")
    code: str | None = Field(description="What went wrong, or what somebody wanted (scheduled, edited, restarted, …).")


class PictureShape(_Shape):
    """A picture of a photo post."""

    bucket: str = Field(description="The bucket it came from.")
    key: str = Field(description="Its key there.")
    prepared: bool = Field(description="Whether it is ready for TikTok to pull.")
    content_type: str | None = Field(description="What TikTok pulls: its type.")
    bytes: int | None = Field(description="What TikTok pulls: its size.")
    mended: list[str] = Field(description="What was changed on the way; where it is empty, it is what came in.")


class SourceShape(_Shape):
    """Where the media lies: a video in S3, one at a URL, or photos."""

    type: Literal["s3", "url", "photos"] = Field(description="Photos have their places in `pictures`.")
    bucket: str | None = Field(description="The bucket of a video in S3.")
    key: str | None = Field(description="Its key there.")
    host: str | None = Field(description="The host of a URL; the rest may be secret.")


class VideoShape(_Shape):
    """What a video is."""

    duration_ms: int = Field(description="How long it lasts, in milliseconds.")
    container: Literal["mp4", "mov", "webm"] = Field(description="Its container.")
    codec: Literal["h264", "h265", "vp8", "vp9"] = Field(description="Its codec.")
    width: int = Field(description="Its width as viewers see it, in pixels.")
    height: int = Field(description="Its height as viewers see it, in pixels.")
    frame_rate_milli: int | None = Field(description="Frames in 1000 seconds; null where the file does not tell.")
    has_audio: bool = Field(description="Whether it has sound.")


class PublishShape(_Shape):
    """A publish as it stands after the transition that the event tells of; `GET /v1/publishes/{publish_id}` shows the
    same, and the options."""

    publish_id: str = Field(description="Dropcast's id of the publish.")
    account_id: str = Field(description="The account it is for.")
    user_id: str | None = Field(description="Whose account it was when it was asked for; null if there is no such one.")
    kind: Literal["video", "photo"] = Field(description="What is posted.")
    mode: Literal["direct", "draft"] = Field(description="direct: a post; draft: the creator finishes it in the app.")
    via: Literal["upload", "pull"] = Field(description="upload: Dropcast sends the bytes; pull: TikTok fetches them.")
    state: _State = Field(description="Where it stands; the event's name after the dot.")
    created_at: _At = Field(description="When it was asked for.")
    source: SourceShape = Field(description="Where the media came from.")
    video: VideoShape | None = Field(description="What the video is; null until Dropcast has looked into it.")
    bytes_sent: int = Field(description="What TikTok is known to hold.")
    bytes_total: int = Field(description="The size of all that TikTok gets; 0 while it is not known.")
    pictures: list[PictureShape] = Field(description="The pictures of a photo post, in order.")
    post_ids: list[str] = Field(description="TikTok's ids of the posts, as far as TikTok has named them.")
    post_urls: list[str] = Field(description="Where people see these posts; empty while the username is not known.")
    not_before: _At | None = Field(description="While it is held: when it goes on.")
    publish_at: _At | None = Field(description="The time that was asked for.")
    cancel_requested: bool = Field(description="Whether TikTok was asked to cancel it.")
    reference: str | None = Field(description="The caller's own id of it.")
    metadata: dict[str, str] = Field(description="The caller's own pairs.")
    retry_of: str | None = Field(description="The publish that this one repeats.")
    retried_as: str | None = Field(description="The publish that repeats this one.")
    tiktok_publish_id: str | None = Field(description="TikTok's id of the publish, from its init on.")
    error: PublishErrorShape | None = Field(description="What went wrong.")
    history: list[MomentShape] = Field(description="The states it came to, this one last; at most 100 lines.")
    history_left_out: int = Field(
        description="How many lines between the first and the latest a long history has lost."
    )


class AccountConnectedShape(_Shape):
    """An account is ready to publish."""

    account_id: str = Field(description="Dropcast's id of the account.")
    user_id: str = Field(description="Whose it is: your own id of the user, as given to POST /v1/connections.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    reconnected: bool = Field(description="Whether it was connected before.")


class AccountReconnectNeededShape(_Shape):
    """TikTok takes an account's tokens no longer; its owner has to connect it again."""

    account_id: str = Field(description="Dropcast's id of the account.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    reason: Literal["refused", "answer_lost"] = Field(
        description="refused: TikTok takes the refresh token no longer; answer_lost: its answer with the next one "
        "never arrived."
    )


class AccountDisconnectedShape(_Shape):
    """An account is no longer connected; its tokens are erased."""

    account_id: str = Field(description="Dropcast's id of the account.")
    user_id: str = Field(description="Whose it was.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    reason: Literal[
        "disconnected_here",
        "removed_at_tiktok",
        "account_deleted",
        "age_changed",
        "banned",
        "revoked",
        "unknown",
    ] = Field(description="Who ended it, or why; all but disconnected_here are TikTok's word.")


class AccountExpiringShape(_Shape):
    """A connection ends soon unless it is renewed."""

    account_id: str = Field(description="Dropcast's id of the account.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    expires_at: _At = Field(description="When it ends.")


class BudgetExhaustedShape(_Shape):
    """An account may not ask or post so often; what comes now waits."""

    account_id: str = Field(description="Dropcast's id of the account.")
    open_id: str = Field(description="TikTok's id of the account for your app.")
    budget: str = Field(description="Which one: direct_posts, pending_drafts, video_init, … (docs/operate.md).")
    used: int = Field(description="How much of it is used.")
    limit: int = Field(description="How much of it there is.")
    window_seconds: int = Field(description="Within how many seconds.")
    next_free_at: _At = Field(description="When there is room again, behind all that wait.")
    why: str | None = Field(description="TikTok's code, where TikTok itself said no.")


class EndpointDisabledShape(_Shape):
    """A webhook endpoint gets nothing more until it is enabled again."""

    endpoint_id: str = Field(description="The endpoint.")
    url: str = Field(description="The origin of its address; what follows may be a secret.")
    why: Literal["failing", "gone"] = Field(description="failing: for a day and ten times; gone: it answered 410.")
    since: _At = Field(description="When it began to fail.")


class EndpointTestShape(_Shape):
    """A trial delivery that somebody asked for, to one endpoint alone; it is not on the bus."""

    endpoint_id: str = Field(description="The endpoint.")


class TrendsUpdatedShape(_Shape):
    """There is a new list of what trends; `GET /v1/trends/{kind}` shows it."""

    run_id: str = Field(description="The run that collected it.")
    kind: Literal["hashtags", "videos", "music", "keywords"] = Field(description="What trends.")
    country: str | None = Field(description="Where; null for keywords, which are those around the connected account.")
    period_days: int | None = Field(description="Over how many days; null for keywords, which are those of now.")
    category: str = Field(description="Of which category; ALL is all of them together.")
    source: str = Field(description="Who told it: discovery, creative_center or ensembledata.")
    captured_at: _At = Field(description="When it was told.")
    items: int = Field(description="How many there are.")


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
