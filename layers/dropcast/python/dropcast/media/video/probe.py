"""Probes a file with MediaInfo and the MP4 reader. The number of reads is limited."""

import json
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from dropcast.media.mp4.fragment_duration import read_fragments
from dropcast.media.mp4.tracks import find_moov, read_tracks
from dropcast.media.range_reader import BoundedReader, Reader
from dropcast.media.video import run_mediainfo

_BYTES_MAX = 8 * 1024 * 1024
_WITH_MOOV = ("MPEG-4", "QuickTime")


def _number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _text(value: Any) -> str:
    """The value if it is a text, else "". For text in a damaged file MediaInfo writes an object."""
    return value if isinstance(value, str) else ""


Number = Annotated[float | None, BeforeValidator(_number)]
Text = Annotated[str, BeforeValidator(_text)]


class Track(BaseModel):
    """A track, or the file itself, with MediaInfo's values in seconds, pixels and frames per second."""

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


class ProbeResult(BaseModel):
    """The result of probing a file.

    A value is None if the file does not state it, or if the limited reads did not reach it. `is_empty`: the file has
    tracks, but no sample that a player would show.
    """

    file: Track
    video: Track | None
    has_audio: bool
    cut_short: bool
    duration_ms: int | None
    frame_rate_milli: int | None
    is_empty: bool = False


def probe(reader: Reader, size: int) -> ProbeResult | None:
    """Probe the file of `size` bytes in `reader`. None if the file is so damaged that MediaInfo crashes or
    exceeds a limit.

    MediaInfo reads at most 8 MiB of the file, and only the start of a fragmented MP4. The duration of an
    MP4 is that of its longest track. Raises exceptions of `reader`.
    """
    parts = read_fragments(reader, size)
    bounded = BoundedReader(reader, parts.head_end if parts else size, _BYTES_MAX)
    told = run_mediainfo.run_mediainfo(bounded, bounded.end)
    if told is None:
        return None
    tracks = [Track.model_validate(track) for track in json.loads(told, strict=False)["media"]["track"]]
    of_kind = {track.kind: track for track in reversed(tracks)}
    file, video = of_kind["General"], _main_video(tracks)
    seen = ProbeResult(
        file=file,
        video=video,
        has_audio="Audio" in of_kind,
        cut_short=file.extra.get("IsTruncated") == "Yes" and not _is_endless(reader),
        duration_ms=None if bounded.is_exhausted else _milli((video and video.duration) or file.duration),
        frame_rate_milli=_milli(video.frame_rate) if video else None,
    )
    if parts:
        return seen.model_copy(update=asdict(parts))
    return _by_tables(seen, BoundedReader(reader, size, _BYTES_MAX), size)


def _main_video(tracks: list[Track]) -> Track | None:
    """The longest video track, or None. Drones store a track with a preview before the video."""
    return max(
        (track for track in tracks if track.kind == "Video"), key=lambda track: track.duration or 0, default=None
    )


def _by_tables(seen: ProbeResult, reader: Reader, size: int) -> ProbeResult:
    """`seen`, updated from the sample tables of an MP4. Unchanged if no sample tables can be read."""
    moov = find_moov(reader, size)
    if moov is None and seen.video is None and seen.file.format in _WITH_MOOV:
        return seen.model_copy(update={"cut_short": True})
    tracks = [track for track in read_tracks(reader, moov).values() if track.is_media] if moov else []
    if not any(track.is_video for track in tracks):
        return seen
    lasting = [track.shown_ms for track in tracks]
    longest = None if None in lasting else max(each or 0 for each in lasting)
    return seen.model_copy(
        update={
            "duration_ms": longest or None,
            "video": seen.video if any(track.shown_ms != 0 for track in tracks if track.is_video) else None,
            "has_audio": seen.has_audio and any(track.shown_ms != 0 for track in tracks if not track.is_video),
            "is_empty": longest == 0,
        }
    )


def _is_endless(reader: Reader) -> bool:
    """Whether this is a live recording in Matroska or WebM.

    Such a file does not state its size, so its end cannot be missing.
    """
    reader.seek(0)
    _, segment, after = reader.read(1024).partition(b"\x18\x53\x80\x67")
    return bool(segment) and (after[:8] == b"\x01" + b"\xff" * 7 or after[:1] == b"\xff")


def _milli(value: float | None) -> int | None:
    """The value in thousandths. None for 0, which MediaInfo writes for an unknown value."""
    return round(value * 1000) if value else None
