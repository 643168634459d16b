"""The API's views of publishes."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from dropcast.errors.problem import Next, Problem
from dropcast.media.video.accepted_formats import Container, VideoCodec
from dropcast.publishing.intake.several_accounts import AccountResult
from dropcast.publishing.model.options import Kind, Mode, PrivacyLevel
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.views import api_view
from dropcast.publishing.store.list_queries import PublishPage
from dropcast.publishing.store.listing import cursor

from .answers import doc_url


class _View(BaseModel, extra="forbid"):
    """The base of the views. It refuses a field that the view does not declare."""


class PublishErrorView(_View):
    """Why a publish failed, or why its outcome is unknown. If a call to TikTok failed, `log_id` is TikTok's id of that
    call.
    """

    code: str
    message: str
    fix: str
    next: Next
    log_id: str | None
    details: dict[str, Any]
    doc_url: str = Field(description="The page about this code. Everyone may read it.")


class MomentView(_View):
    """A line of the history. `code` is an error code or a caller's action.

    The actions are scheduled, edited, restarted, said_posted and said_not_posted.
    """

    at: str
    state: State
    code: str | None


class PictureView(_View):
    """A picture of a photo post. Once the picture is prepared, the fields describe the copy that TikTok fetches."""

    bucket: str
    key: str
    prepared: bool
    content_type: str | None
    bytes: int | None
    mended: list[str] = Field(description="The changes that Dropcast made. Empty: the picture is unchanged.")


class MediaSourceView(_View):
    """The source of the media. A video in S3 has `bucket` and `key`. A video at a URL has `host`.

    The sources of photos are in the publish's field `pictures`.
    """

    type: Literal["s3", "url", "photos"]
    bucket: str | None
    key: str | None
    host: str | None = Field(description="The host of the URL. The rest of the URL may be secret and is not shown.")


class VideoFiguresView(_View):
    """The facts of a video. Width and height are in pixels, as a player shows them.

    `frame_rate_milli` is in frames per 1000 s.
    """

    duration_ms: int
    container: Container
    codec: VideoCodec
    width: int
    height: int
    frame_rate_milli: int | None
    has_audio: bool


class OptionsView(_View):
    """The options of a publish. Options that do not apply to its kind and mode have their defaults."""

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


class ConsentView(_View):
    """A person's consent to the post, given when the publish was created: the person, the time and the text.

    `by`, `at` and `text` are always set. The other fields are null unless the person consented in the console. A retry
    shows the consent of the publish that it repeats.
    """

    by: str
    at: str
    text: str
    version: str | None = Field(description="The version of the console's text.")
    key_id: str | None = Field(description="The API key with which the person was signed in.")
    session_id: str | None = Field(description="The person's session in the console.")
    user_id: str | None = Field(description="The user to whom the API key is bound.")


class PublishView(_View):
    """A publish with its request, its state and its history. Sizes are in bytes."""

    publish_id: str
    account_id: str
    user_id: str | None = Field(
        description="The user that owned the account at the time of the request; null if the account does not exist."
    )
    kind: Kind
    mode: Mode
    via: Literal["upload", "pull"] = Field(description="upload: Dropcast sends the bytes. pull: TikTok fetches them.")
    state: State
    created_at: str
    source: MediaSourceView
    options: OptionsView | None = Field(description="null for a drop whose options could not be read.")
    consent: ConsentView | None
    video: VideoFiguresView | None = Field(description="null until Dropcast has read the video's headers.")
    bytes_sent: int
    bytes_total: int
    pictures: list[PictureView]
    post_ids: list[str] = Field(
        description="TikTok's ids of the posts. TikTok reports the ids only for public posts, and minutes after the "
        "state `published`."
    )
    post_urls: list[str] = Field(description="The addresses of the posts; empty while the username is unknown.")
    not_before: str | None = Field(description="When a held publish continues.")
    publish_at: str | None
    cancel_requested: bool = Field(description="Whether Dropcast has asked TikTok to cancel the publish.")
    reference: str | None = Field(description="Your own id of the publish; lists can be filtered by it.")
    metadata: dict[str, str] = Field(description="Your own names and values.")
    retry_of: str | None
    retried_as: str | None
    tiktok_publish_id: str | None
    error: PublishErrorView | None
    history: list[MomentView]
    history_left_out: int = Field(description="The number of lines omitted from the middle of a long history.")


class PublishesView(_View):
    """A page of publishes, newest first. A page may be short or empty although there is a next page."""

    items: list[PublishView]
    next: str | None


class TakingView(_View):
    """The result for one account: a publish_id, or the error that prevented the publish."""

    account_id: str
    publish_id: str | None
    error: PublishErrorView | None


class PublishedView(_View):
    """The result for each account in the request's `account_ids`, in the same order."""

    items: list[TakingView]


def publish_view(publish: Publish) -> PublishView:
    error = None if publish.error is None else _error_view(publish.error)
    return PublishView.model_validate(api_view(publish) | {"error": error})


def published_view(results: list[AccountResult]) -> PublishedView:
    return PublishedView(items=[_taking(one) for one in results])


def _taking(one: AccountResult) -> TakingView:
    if isinstance(one.outcome, Publish):
        return TakingView(account_id=one.account_id, publish_id=one.outcome.publish_id, error=None)
    return TakingView(account_id=one.account_id, publish_id=None, error=_error_view(one.outcome))


def _error_view(why: Problem) -> PublishErrorView:
    return PublishErrorView.model_validate(why.model_dump() | {"doc_url": doc_url(why.code)})


def publishes_view(page: PublishPage) -> PublishesView:
    return PublishesView(items=[publish_view(one) for one in page.publishes], next=cursor(page))
