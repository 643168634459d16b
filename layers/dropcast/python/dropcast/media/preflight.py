"""Is this a video that TikTok takes? Told before TikTok is asked (protocol section 9)."""

from dataclasses import dataclass
from typing import Literal

from dropcast.errors import Problem, problem
from dropcast.media import limits
from dropcast.media.probe import Track, look
from dropcast.media.ranges import Reader

Container = Literal["mp4", "mov", "webm"]
ContentType = Literal["video/mp4", "video/quicktime", "video/webm"]
VideoCodec = Literal["h264", "h265", "vp8", "vp9"]

_CONTENT_TYPES: dict[Container, ContentType] = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
_CODECS: dict[str, VideoCodec] = {"AVC": "h264", "HEVC": "h265", "VP8": "vp8", "VP9": "vp9"}


@dataclass(frozen=True)
class VideoFacts:
    """What a video is. The sides are as coded, before any rotation.

    `frame_rate_milli` is frames in 1000 seconds (29970 is NTSC's), None where the file does not tell.
    """

    container: Container
    content_type: ContentType
    video_codec: VideoCodec
    duration_ms: int
    width: int
    height: int
    frame_rate_milli: int | None
    has_audio: bool


def preflight(reader: Reader, size: int) -> VideoFacts | tuple[Problem, ...]:
    """What the video of `size` bytes behind `reader` is, or every reason for which TikTok would refuse it.

    Problems: source_empty, source_too_large, not_a_video, codec_not_accepted, frame_rate_not_accepted,
    frame_size_not_accepted, duration_too_long, duration_unknown. The creator's own, shorter limit of duration is not
    known here.
    """
    if size == 0:
        return (problem("source_empty", value=0),)
    seen = look(reader)
    container = _container(seen.file)
    if container is None or seen.video is None or _cut_short(seen.file, container):
        return (*_check_size(size), _not_a_video(seen.file, container))
    video = seen.video
    codec = _CODECS.get(video.format)
    duration_ms = _milli(video.duration or seen.file.duration) if seen.whole else None
    rate = _milli(video.frame_rate)
    width, height = int(video.width or 0), int(video.height or 0)
    problems = (
        *_check_size(size),
        *_check_codec(video),
        *_check_sides(width, height),
        *_check_rate(rate),
        *_check_duration(duration_ms),
    )
    if problems or codec is None or duration_ms is None:
        return problems
    return VideoFacts(container, _CONTENT_TYPES[container], codec, duration_ms, width, height, rate, seen.has_audio)


def _container(file: Track) -> Container | None:
    match file.format:
        case "MPEG-4" if file.profile == "QuickTime" or file.codec_id.startswith("qt"):
            return "mov"
        case "MPEG-4":
            return "mp4"
        case "QuickTime":
            return "mov"
        case "WebM":
            return "webm"
        case _:
            return None


def _cut_short(file: Track, container: Container) -> bool:
    """Whether the end is missing. Of a WebM that was recorded live this cannot be said: it never knew its own end."""
    return container != "webm" and file.extra.get("IsTruncated") == "Yes"


def _milli(value: float | None) -> int | None:
    """Thousandths of `value`; MediaInfo writes 0 for what it does not know."""
    return round(value * 1000) if value else None


def _not_a_video(file: Track, container: Container | None) -> Problem:
    seen = file.format or "of no kind that we know"
    if container is not None:
        seen += " with its end missing" if _cut_short(file, container) else " without a video track"
    return problem("not_a_video", value=seen, limit="MP4, MOV or WebM")


def _check_size(size: int) -> list[Problem]:
    if size <= limits.VIDEO_BYTES_MAX:
        return []
    return [problem("source_too_large", value=size, limit=limits.VIDEO_BYTES_MAX)]


def _check_codec(video: Track) -> list[Problem]:
    if video.format in _CODECS:
        return []
    return [problem("codec_not_accepted", value=video.format or "unknown", limit="H.264, H.265, VP8 and VP9")]


def _check_sides(width: int, height: int) -> list[Problem]:
    least, most = limits.VIDEO_SIDE_MIN, limits.VIDEO_SIDE_MAX
    if least <= min(width, height) and max(width, height) <= most:
        return []
    return [problem("frame_size_not_accepted", value=f"{width}x{height}", limit=f"{least} to {most}")]


def _check_rate(rate: int | None) -> list[Problem]:
    least, most = limits.FRAME_RATE_MILLI_MIN, limits.FRAME_RATE_MILLI_MAX
    if rate is None or least <= rate <= most:
        return []
    return [problem("frame_rate_not_accepted", value=f"{rate / 1000:g}", limit=f"{least // 1000} to {most // 1000}")]


def _check_duration(duration_ms: int | None) -> list[Problem]:
    if duration_ms is None:
        return [problem("duration_unknown", value="unknown", limit=limits.VIDEO_MS_MAX // 1000)]
    if duration_ms <= limits.VIDEO_MS_MAX:
        return []
    return [problem("duration_too_long", value=f"{duration_ms / 1000:.10g}", limit=limits.VIDEO_MS_MAX // 1000)]
