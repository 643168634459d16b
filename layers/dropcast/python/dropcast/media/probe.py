"""What MediaInfo sees in a file, from few and bounded reads."""

import json
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from dropcast.media import mediainfo
from dropcast.media.fragments import fragments
from dropcast.media.ranges import Reader

_BYTES_MAX = 8 * 1024 * 1024


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str:
    """MediaInfo writes an object in place of text that is none, as only a broken file has."""
    return value if isinstance(value, str) else ""


Number = Annotated[float | None, BeforeValidator(_number)]
Text = Annotated[str, BeforeValidator(_text)]


class Track(BaseModel):
    """A track, or the file itself, in MediaInfo's words: seconds, pixels, frames a second."""

    kind: str = Field(alias="@type")
    format: Text = Field("", alias="Format")
    profile: Text = Field("", alias="Format_Profile")
    codec_id: Text = Field("", alias="CodecID")
    duration: Number = Field(None, alias="Duration")
    width: Number = Field(None, alias="Width")
    height: Number = Field(None, alias="Height")
    frame_rate: Number = Field(None, alias="FrameRate")
    rotation: Number = Field(None, alias="Rotation")
    extra: dict[str, Any] = {}


class Seen(BaseModel):
    """A file as it was seen. What it does not tell, or what could not be learnt from a bounded look, is None."""

    file: Track
    video: Track | None
    has_audio: bool
    cut_short: bool
    duration_ms: int | None
    frame_rate_milli: int | None


def look(reader: Reader, size: int) -> Seen | None:
    """Look into the file of `size` bytes behind `reader`: MediaInfo at all of it, reading at most 8 MiB, or at the
    start of an MP4 whose fragments tell the rest. None if the file is too broken to be looked at in some seconds. What
    `reader` raises comes through."""
    parts = fragments(reader, size)
    bounded = _Bounded(reader, parts.head_end if parts else size)
    told = mediainfo.tell(bounded, bounded.end)
    if told is None:
        return None
    tracks = [Track.model_validate(track) for track in json.loads(told, strict=False)["media"]["track"]]
    of_kind = {track.kind: track for track in reversed(tracks)}
    file, video = of_kind["General"], of_kind.get("Video")
    seen = Seen(
        file=file,
        video=video,
        has_audio="Audio" in of_kind,
        cut_short=file.extra.get("IsTruncated") == "Yes" and not _is_endless(reader),
        duration_ms=None if bounded.exhausted else _milli((video and video.duration) or file.duration),
        frame_rate_milli=_milli(video.frame_rate) if video else None,
    )
    return seen.model_copy(update=asdict(parts)) if parts else seen


def _is_endless(reader: Reader) -> bool:
    """Whether this is a Matroska or WebM that was recorded live: it does not know its own end, so none is missing."""
    reader.seek(0)
    _, segment, after = reader.read(1024).partition(b"\x18\x53\x80\x67")
    return bool(segment) and (after[:8] == b"\x01" + b"\xff" * 7 or after[:1] == b"\xff")


def _milli(value: float | None) -> int | None:
    """Thousandths of `value`; MediaInfo writes 0 for what it does not know."""
    return round(value * 1000) if value else None


class _Bounded:
    """`reader` that ends at `end`, and pretends to end once too much was read of a file that leads on and on."""

    def __init__(self, reader: Reader, end: int) -> None:
        self.exhausted = False
        self.end = end
        self.seek = reader.seek
        self.tell = reader.tell
        self._reader = reader
        self._left = _BYTES_MAX

    def read(self, size: int) -> bytes:
        self.exhausted = self._left < size
        if self.exhausted:
            return b""
        self._left -= size
        return self._reader.read(max(0, min(size, self.end - self.tell())))
