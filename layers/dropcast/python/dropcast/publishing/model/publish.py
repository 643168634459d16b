"""A publish as a row: what was asked, where it stands, what TikTok said."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Discriminator, Field, SecretBytes, SecretStr, Tag

from dropcast.errors.problem import Problem
from dropcast.publishing.model.chunk_plan import ChunkPlan, plan_chunks
from dropcast.publishing.model.options import Kind, Mode, PublishOptions
from dropcast.publishing.model.request import Consent
from dropcast.publishing.model.states import State


class _Frozen(BaseModel):
    # Built when first used: of these the row alone is read by every function.
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True, defer_build=True)


class VideoFigures(_Frozen):
    """What a video is, as its preflight found it. The sides are those that viewers see, in pixels.

    `frame_rate_milli` is frames in 1000 seconds, None where the file does not tell.
    """

    container: str
    codec: str
    width: int
    height: int
    frame_rate_milli: int | None = None
    has_audio: bool


class Source(_Frozen):
    """An object in S3, pinned when its publish is accepted. Sizes in bytes, durations in milliseconds.

    Once `etag` is known that object is posted, or the publish fails as source_changed. `figures` are those of a video
    that was looked into.
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
    """A video that TikTok fetches from its owner's address. That may hold a signature: the row has it sealed, and its
    host alone in plain text (None in rows of before it was kept)."""

    type: Literal["url"] = "url"
    host: str | None = None


class Photo(Source):
    """A picture as it was asked for and, once it is `prepared`, what TikTok pulls in its place.

    `prepared_at` is when that was stored (seconds since the epoch). `mended` says what was changed on the way; where it
    is empty, it is what came in.
    """

    prepared_key: str | None = None
    prepared_at: int | None = None
    prepared_size: int | None = None
    prepared_type: str | None = None
    mended: tuple[str, ...] = ()


class Photos(_Frozen):
    """The pictures of a photo post in their order. All prepared ones were there at `checked_at` (epoch seconds)."""

    type: Literal["photos"] = "photos"
    items: tuple[Photo, ...]
    checked_at: int | None = None


def _type_of(source: Any) -> str:
    """Rows of before there were kinds name no type: theirs is s3."""
    return cast(dict[str, Any], source).get("type", "s3") if isinstance(source, dict) else source.type


AnySource = Annotated[
    Annotated[Source, Tag("s3")] | Annotated[PulledUrl, Tag("url")] | Annotated[Photos, Tag("photos")],
    Discriminator(_type_of),
]


NON_ERROR_CODES = frozenset({"scheduled", "edited", "restarted", "said_not_posted"})
"""Codes of the history that are no errors."""


class HistoryEntry(_Frozen):
    """A line of the history: at `at` (seconds since the epoch) it came to `state`.

    `code` says what went wrong, by the catalogue of errors, or what a person wanted: one of WISHES.
    """

    at: int
    state: State
    code: str | None = None


def reached_at(history: Sequence[HistoryEntry], state: State) -> int | None:
    """When a publish last came to `state` from another (seconds since the epoch); None if it never did.

    A restart or an edit adds lines in the state in which the publish stands: they are not when it came there.
    """
    came: int | None = None
    before: State | None = None
    for moment in history:
        if moment.state is state and before is not state:
            came = moment.at
        before = moment.state
    return came


class Publish(_Frozen):
    """The row. Times are seconds since the epoch, sizes bytes.

    execution names the one execution that may work on it, whether it has begun or not; earlier ones leave it alone.
    revision counts the moves, so that two movers cannot both win. epoch names the one uploader that may send.
    inits_lost counts inits that were made again because nothing can have come of them; executions_lost counts
    executions that gave up before TikTok was asked, after which a next one took over.
    chunk_bytes is the largest chunk that the init was planned with. No chunk but the first chunks_begun was begun
    (some of them may not be yet); bytes_sent is what TikTok is known to hold.
    replayed, which no row stores: an earlier request with the same Idempotency-Key made it.
    user_id is the user whose account it was when the publish was made: that decides which callers see it (caller.py).
    It is None for a drop without an account, and for a publish older than this field.
    open_id is TikTok's name of the account, from when a slot of its budgets was first asked for; username is the
    account's public name at the time of the init, None where TikTok did not tell it.
    looks counts the rechecks that were made of what rests; recheck_at is when the next one is due.
    failing_since is when the first of its latest tries failed, with neither a wait for its slot nor an edit since.
    history_left_out counts the lines that a long history no longer holds.
    reference and metadata are the caller's own words on it (labels.py).
    publish_at is when a person wants it posted; retry_of and retried_as link a publish to the one made after it.
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
    consent: Consent | None = None
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
        """The size of all that TikTok gets, 0 while nobody has looked (of an address nobody does)."""
        match self.source:
            case Source(size=size):
                return size or 0
            case Photos(items=items):
                return sum(item.prepared_size or 0 for item in items)
            case PulledUrl():
                return 0

    @property
    def plan(self) -> ChunkPlan:
        """How its bytes are cut for TikTok. A ValueError while its size is not known."""
        return plan_chunks(self.bytes_total, self.chunk_bytes)

    @property
    def asked_options(self) -> PublishOptions:
        """How it is to be posted. A ValueError for a drop that could not be read: it never gets that far."""
        if self.options is None:
            raise ValueError(f"publish {self.publish_id} has no options")
        return self.options

    @property
    def video(self) -> Source:
        """The video in S3. A TypeError if it is none."""
        if not isinstance(self.source, Source):
            raise TypeError(f"publish {self.publish_id} has no video in S3")
        return self.source

    @property
    def due_at(self) -> int:
        """When it may begin: at the time that was asked for, else at once."""
        return max(self.created_at, self.publish_at or 0)

    @property
    def next_execution(self) -> str:
        """The name of the execution that would take its place: {publish_id}-{n}."""
        _, _, number = self.execution.partition("-")
        return f"{self.publish_id}-{int(number or 0) + 1}"
