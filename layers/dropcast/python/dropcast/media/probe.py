"""What MediaInfo sees in a file, from few and bounded reads."""

import json
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field
from pymediainfo import MediaInfo

from dropcast.media.ranges import Reader

_BUFFER = 64 * 1024
_BYTES_MAX = 8 * 1024 * 1024


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


Number = Annotated[float | None, BeforeValidator(_number)]


class Track(BaseModel):
    """A track, or the file itself, in MediaInfo's words: seconds, pixels, frames a second."""

    kind: str = Field(alias="@type")
    format: str = Field("", alias="Format")
    profile: str = Field("", alias="Format_Profile")
    codec_id: str = Field("", alias="CodecID")
    duration: Number = Field(None, alias="Duration")
    width: Number = Field(None, alias="Width")
    height: Number = Field(None, alias="Height")
    frame_rate: Number = Field(None, alias="FrameRate")
    extra: dict[str, Any] = {}


class Seen(BaseModel):
    """A file as MediaInfo saw it. `whole` is false where it wanted to read on but was not let."""

    file: Track
    video: Track | None
    has_audio: bool
    whole: bool


def look(reader: Reader) -> Seen:
    """Look into the file behind `reader`, reading at most 8 MiB of it. What `reader` raises comes through."""
    bounded = _Bounded(reader)
    told = MediaInfo.parse(bounded, output="JSON", parse_speed=0.0, buffer_size=_BUFFER)
    tracks = [Track.model_validate(track) for track in json.loads(str(told), strict=False)["media"]["track"]]
    of_kind = {track.kind: track for track in reversed(tracks)}
    return Seen(
        file=of_kind["General"],
        video=of_kind.get("Video"),
        has_audio="Audio" in of_kind,
        whole=not bounded.exhausted,
    )


class _Bounded:
    """`reader` that pretends to end once too much was read: a file of many small fragments would be read as a whole."""

    def __init__(self, reader: Reader) -> None:
        self.exhausted = False
        self.seek = reader.seek
        self.tell = reader.tell
        self._read = reader.read
        self._left = _BYTES_MAX

    def read(self, size: int) -> bytes:
        self.exhausted = self._left < size
        if self.exhausted:
            return b""
        self._left -= size
        return self._read(size)
