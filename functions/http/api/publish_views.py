"""A publish as the API shows it."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from dropcast.errors import Next
from dropcast.publishing.list_store import Page
from dropcast.publishing.listing import cursor
from dropcast.publishing.models import Publish
from dropcast.publishing.options import Kind, Mode
from dropcast.publishing.transitions import State


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


class PublishView(_View):
    """A publish: what was asked for, where it stands, how it came there. Sizes are bytes."""

    publish_id: str
    account_id: str
    kind: Kind
    mode: Mode
    via: str = Field(description="upload: we send the bytes; pull: TikTok fetches them.")
    state: State
    created_at: str
    bytes_sent: int
    bytes_total: int
    pictures: list[PictureView]
    post_ids: list[str] = Field(description="TikTok's ids of the posts; they come later, and for public posts alone.")
    not_before: str | None = Field(description="While it is held: when it goes on.")
    publish_at: str | None
    cancel_requested: bool = Field(description="TikTok was asked to cancel it.")
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


def publish_view(publish: Publish) -> PublishView:
    return PublishView.model_validate(publish.view())


def publishes_view(page: Page) -> PublishesView:
    return PublishesView(items=[publish_view(one) for one in page.publishes], next=cursor(page))
