"""A publish as a row: what was asked, where it stands, what TikTok said."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SecretBytes, SecretStr

from dropcast import clock
from dropcast.errors import Problem
from dropcast.publishing.request import PublishOptions
from dropcast.publishing.transitions import State


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)


class Source(_Frozen):
    """The video in S3, pinned once Prepare has seen it. Sizes in bytes, durations in milliseconds."""

    bucket: str
    key: str
    version_id: str | None = None
    etag: str | None = None
    size: int | None = None
    content_type: str | None = None
    duration_ms: int | None = None


class Moment(_Frozen):
    """A line of the history: at `at` (seconds since the epoch) it came to `state`; `code` says what went wrong."""

    at: int
    state: State
    code: str | None = None


class Publish(_Frozen):
    """The row. Times are seconds since the epoch, sizes bytes.

    revision counts the moves, so that two movers cannot both win. epoch names the one uploader that may send.
    inits_lost counts inits that were made again because nothing can have come of them.
    chunks_begun is the number of chunks whose sending began; bytes_sent is what TikTok is known to hold.
    """

    publish_id: str
    account_id: str
    state: State
    origin: Literal["api", "drop"]
    source: Source
    created_at: int
    options: PublishOptions | None = None
    revision: int = 0
    execution: str | None = None
    history: list[Moment] = []
    error: Problem | None = None
    not_before: int | None = None

    inits_lost: int = 0
    tiktok_publish_id: str | None = None
    upload_url_sealed: SecretBytes | None = None
    epoch: int = 0
    chunks_begun: int = 0
    bytes_sent: int = 0
    processing_since: int | None = None
    task_token: SecretStr | None = None
    post_ids: list[str] = []

    @property
    def bytes_total(self) -> int:
        """The file's size, 0 while nobody has looked."""
        return self.source.size or 0

    def view(self) -> dict[str, Any]:
        """The publish as the API shows it."""
        return {
            "publish_id": self.publish_id,
            "account_id": self.account_id,
            "state": self.state.value,
            "bytes_sent": self.bytes_sent,
            "bytes_total": self.bytes_total,
            "post_ids": self.post_ids,
            "not_before": None if self.not_before is None else clock.iso(self.not_before),
            "tiktok_publish_id": self.tiktok_publish_id,
            "error": None if self.error is None else self.error.model_dump(mode="json"),
            "history": [_moment_view(moment) for moment in self.history],
        }


def _moment_view(moment: Moment) -> dict[str, Any]:
    return {"at": clock.iso(moment.at), "state": moment.state.value, "code": moment.code}
