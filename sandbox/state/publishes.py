"""The publishes: their requests, received bytes and outcomes."""

import copy
import hashlib
import itertools
import secrets
from dataclasses import dataclass, field
from typing import Any, Literal

from sandbox.addresses import Media
from sandbox.rules.pictures import Picture
from sandbox.rules.video_outline import Outline
from sandbox.settings import Status

FIRST_POST_ID = 7_500_000_000_000_000_000

Mode = Literal["direct", "inbox"]
Source = Literal["FILE_UPLOAD", "PULL_FROM_URL"]


class Received:
    """Counts and hashes the received bytes, and checks whether they are a video."""

    def __init__(self) -> None:
        self.size = 0
        self._sha256 = hashlib.sha256()
        self._outline = Outline()

    def feed(self, data: bytes) -> None:
        self.size += len(data)
        self._sha256.update(data)
        self._outline.feed(data)

    def copy(self) -> "Received":
        """A copy for the next chunk. It is dropped if the connection ends before the whole chunk has arrived."""
        other = Received()
        other.size = self.size
        other._sha256 = self._sha256.copy()
        other._outline = copy.deepcopy(self._outline)
        return other

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()

    @property
    def is_video(self) -> bool:
        return self._outline.is_video()


@dataclass(frozen=True)
class Put:
    """One PUT on the upload host. `bytes` counts the received bytes, for any status."""

    first: int | None
    last: int | None
    status: int | None
    bytes: int


@dataclass
class Publish:
    publish_id: str
    open_id: str
    mode: Mode
    source: Source
    created_at: float
    post_info: dict[str, Any]
    source_info: dict[str, Any]
    warnings: list[str]
    upload_id: str
    upload_token: str
    media: Media = "video"
    is_aigc: bool | None = None
    """The field in the body of a photo post. None for a video, whose field is in post_info."""
    received: Received = field(default_factory=Received)
    pictures: list[Picture] = field(default_factory=list)
    status: Status = "PROCESSING_UPLOAD"
    fail_reason: str | None = None
    post_ids: list[int] = field(default_factory=list)
    puts: list[Put] = field(default_factory=list)
    complete_at: float | None = None
    """When all bytes had arrived."""

    @property
    def settled(self) -> bool:
        return self.status in ("PUBLISH_COMPLETE", "FAILED")

    @property
    def media_problem(self) -> str | None:
        """The fail_reason of the first rejected picture, or of a file that is not a video. Otherwise None."""
        if self.media == "photo":
            return next((picture.problem for picture in self.pictures if picture.problem), None)
        return None if self.received.is_video else "file_format_check_failed"

    @property
    def publish_type(self) -> str:
        return "DIRECT_POST" if self.mode == "direct" else "INBOX_SHARE"

    @property
    def size(self) -> int | None:
        """The size in bytes that the init declared. None for a pull."""
        return self.source_info.get("video_size")


class Publishes:
    def __init__(self) -> None:
        self._by_id: dict[str, Publish] = {}
        self._numbers = itertools.count(FIRST_POST_ID + secrets.randbelow(10**17) * 10)

    def new_number(self) -> int:
        """A new number with 19 digits, like the ids of posts."""
        return next(self._numbers)

    def add(
        self,
        open_id: str,
        mode: Mode,
        *,
        created_at: float,
        post_info: dict[str, Any],
        source_info: dict[str, Any],
        warnings: list[str],
        media: Media = "video",
        is_aigc: bool | None = None,
    ) -> Publish:
        source: Source = source_info["source"]
        upload = source == "FILE_UPLOAD"
        prefix = f"{media[0]}_{'pub' if mode == 'direct' else 'inbox'}_{'file' if upload else 'url'}~v2-1."
        publish = Publish(
            publish_id=f"{prefix}{self.new_number()}",
            open_id=open_id,
            mode=mode,
            source=source,
            created_at=created_at,
            post_info=post_info,
            source_info=source_info,
            warnings=warnings,
            media=media,
            is_aigc=is_aigc,
            upload_id=str(self.new_number()),
            upload_token=secrets.token_urlsafe(32),
            status="PROCESSING_UPLOAD" if upload else "PROCESSING_DOWNLOAD",
        )
        self._by_id[publish.publish_id] = publish
        return publish

    def get(self, publish_id: str) -> Publish | None:
        return self._by_id.get(publish_id)

    def of_upload(self, upload_id: str) -> Publish | None:
        return next((publish for publish in self._by_id.values() if publish.upload_id == upload_id), None)

    def all(self) -> list[Publish]:
        return list(self._by_id.values())

    def of_creator(self, open_id: str) -> list[Publish]:
        return [publish for publish in self._by_id.values() if publish.open_id == open_id]

    def unfailed_since(self, moment: float) -> list[Publish]:
        return [one for one in self._by_id.values() if one.created_at > moment and one.status != "FAILED"]
