"""The model of a publish's row: the request, its progress and TikTok's answers."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Discriminator, Field, SecretBytes, SecretStr, Tag

from dropcast.errors.problem import Problem
from dropcast.publishing.model.chunk_plan import ChunkPlan, plan_chunks
from dropcast.publishing.model.consent import RecordedConsent
from dropcast.publishing.model.options import Kind, Mode, PublishOptions
from dropcast.publishing.model.states import State


class _Frozen(BaseModel):
    # Pydantic builds a model when it is first used, because most functions read only `Publish`.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)


class VideoFigures(_Frozen):
    """A video's properties, as the preflight found them. Width and height are in pixels, as a player shows the video.

    `frame_rate_milli` is in frames per 1000 seconds. It is None if the file does not state it.
    """

    container: str
    codec: str
    width: int
    height: int
    frame_rate_milli: int | None = None
    has_audio: bool


class Source(_Frozen):
    """An object in S3, pinned when Dropcast accepts its publish. Sizes in bytes, durations in milliseconds.

    Once `etag` is known, only the object with this ETag is posted. If that object is gone, the publish fails with
    source_changed. `figures` are set for a video after its preflight.
    """

    type: Literal["s3"] = "s3"
    bucket: str
    key: str
    version_id: str | None = None
    etag: str | None = None
    size: int | None = None
    content_type: str | None = None
    duration_ms: int | None = None
    figures: VideoFigures | None = None


class PulledUrl(_Frozen):
    """A video that TikTok fetches from the caller's URL.

    The URL may contain a signature, so the row stores it encrypted. `host` is the URL's host. It is None in rows that
    are older than this field.
    """

    type: Literal["url"] = "url"
    host: str | None = None


class Photo(Source):
    """A picture of the request, and the prepared picture that TikTok pulls in its place (the `prepared_` fields).

    `prepared_at`: when the prepared picture was stored (seconds since the epoch). `mended`: the names of the changes to
    the picture. It is empty for an unchanged picture.
    """

    prepared_key: str | None = None
    prepared_at: int | None = None
    prepared_size: int | None = None
    prepared_type: str | None = None
    mended: tuple[str, ...] = ()


class Photos(_Frozen):
    """The pictures of a photo post in order. All prepared pictures existed at `checked_at` (seconds since the
    epoch).
    """

    type: Literal["photos"] = "photos"
    items: tuple[Photo, ...]
    checked_at: int | None = None


def _type_of(source: Any) -> str:
    """The type of a stored source. Old rows store no type; their type is s3."""
    return cast(dict[str, Any], source).get("type", "s3") if isinstance(source, dict) else source.type


AnySource = Annotated[
    Annotated[Source, Tag("s3")] | Annotated[PulledUrl, Tag("url")] | Annotated[Photos, Tag("photos")],
    Discriminator(_type_of),
]


NON_ERROR_CODES = frozenset({"scheduled", "edited", "restarted", "said_not_posted"})
"""Codes of history lines that report no error."""


class HistoryEntry(_Frozen):
    """A line of the history: the publish changed to `state` at `at` (seconds since the epoch).

    `code` is an error code of the catalogue or one of NON_ERROR_CODES.
    """

    at: int
    state: State
    code: str | None = None


def reached_at(history: Sequence[HistoryEntry], state: State) -> int | None:
    """When a publish last changed to `state` from another state (seconds since the epoch). None if it never did.

    A restart or an edit adds a line without a change of state. This function ignores such a line.
    """
    reached: int | None = None
    before: State | None = None
    for line in history:
        if line.state is state and before is not state:
            reached = line.at
        before = line.state
    return reached


class Publish(_Frozen):
    """The row of a publish. Times are seconds since the epoch, sizes bytes.

    execution: the name of the only execution that may change the publish. It is set before that execution begins.
    revision: counts the changes of state (moves), so that only one of two concurrent moves succeeds.
    epoch: counts the uploaders. Only the uploader with the present epoch may send.
    inits_lost: counts inits that were repeated because TikTok cannot have posted from them.
    executions_lost: counts executions that gave up before an init and were replaced by a new one.
    chunk_bytes: the chunk size in the settings when the init was sent. `plan` derives the chunks from it.
    chunks_begun: uploaders have begun at most this many chunks. bytes_sent: the bytes that TikTok is known to have.
    replayed: an earlier request with the same Idempotency-Key made the publish. This field is not stored.
    user_id: the user to whom the account belonged when the publish was made. It decides which callers see the publish
    (caller.py). It is None for a drop without an account, and for a publish older than this field.
    open_id: TikTok's id of the account. It is stored when the publish first asks for a budget slot.
    username: the account's public name at the time of the init. It is None if TikTok did not return it.
    looks: counts the rechecks of a publish at rest. recheck_at: when the next recheck is due.
    failing_since: when the latest uninterrupted series of failed tries began. An edit, or a wait for a budget slot,
    ends the series.
    history_left_out: counts the lines that were dropped from a long history.
    reference, metadata: set by the caller for its own use (reference_and_metadata.py).
    publish_at: the time for which the caller scheduled the post.
    consent: the consent to the post as first requested; an edit keeps it. A retry has the consent of the first publish.
    retry_of: the publish that this one retries. retried_as: the retry of this publish.
    """

    replayed: bool = Field(default=False, exclude=True)
    publish_id: str
    account_id: str
    user_id: str | None = None
    state: State
    execution: str
    open_id: str | None = None
    username: str | None = None
    origin: Literal["api", "drop"]
    source: AnySource
    source_url_sealed: SecretBytes | None = None
    created_at: int
    kind: Kind = "video"
    mode: Mode = "direct"
    via: Literal["upload", "pull"] = "upload"
    publish_at: int | None = None
    consent: RecordedConsent | None = None
    reference: str | None = None
    metadata: dict[str, str] = {}
    retry_of: str | None = None
    retried_as: str | None = None
    options: PublishOptions | None = None
    revision: int = 0
    history: list[HistoryEntry] = []
    history_left_out: int = 0
    error: Problem | None = None
    not_before: int | None = None
    failing_since: int | None = None

    inits_lost: int = 0
    executions_lost: int = 0
    tiktok_publish_id: str | None = None
    upload_url_sealed: SecretBytes | None = None
    epoch: int = 0
    chunk_bytes: int | None = None
    chunks_begun: int = 0
    bytes_sent: int = 0
    processing_since: int | None = None
    task_token: SecretStr | None = None
    post_ids: list[str] = []
    looks: int = 0
    recheck_at: int | None = None
    cancel_asked_at: int | None = None

    @property
    def bytes_total(self) -> int:
        """The number of bytes that TikTok gets. It is 0 for an unknown size, and for every video at a URL."""
        match self.source:
            case Source(size=size):
                return size or 0
            case Photos(items=items):
                return sum(item.prepared_size or 0 for item in items)
            case PulledUrl():
                return 0

    @property
    def plan(self) -> ChunkPlan:
        """The chunks to send to TikTok. ValueError if the size is not known yet."""
        return plan_chunks(self.bytes_total, self.chunk_bytes)

    @property
    def asked_options(self) -> PublishOptions:
        """The options of the post. ValueError for a drop whose options could not be read.

        Such a drop fails on arrival.
        """
        if self.options is None:
            raise ValueError(f"publish {self.publish_id} has no options")
        return self.options

    @property
    def video(self) -> Source:
        """The video in S3. TypeError for another source."""
        if not isinstance(self.source, Source):
            raise TypeError(f"publish {self.publish_id} has no video in S3")
        return self.source

    @property
    def due_at(self) -> int:
        """When the publish may begin: at its scheduled time, or at once if it has none."""
        return max(self.created_at, self.publish_at or 0)

    @property
    def next_execution(self) -> str:
        """The name of the execution that follows `execution`: {publish_id}-{n}."""
        _, _, number = self.execution.partition("-")
        return f"{self.publish_id}-{int(number or 0) + 1}"
