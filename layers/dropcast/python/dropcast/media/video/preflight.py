"""Checks whether TikTok accepts a video, before Dropcast calls TikTok (protocol section 9)."""

from dataclasses import dataclass

from dropcast.errors.problem import Problem, problem
from dropcast.media import limits
from dropcast.media.range_reader import Reader
from dropcast.media.video.accepted_formats import Container, ContentType, VideoCodec
from dropcast.media.video.ffmpeg_command import VideoToConvert, ffmpeg_line
from dropcast.media.video.probe import ProbeResult, Track, probe

_CONTENT_TYPES: dict[Container, ContentType] = {"mp4": "video/mp4", "mov": "video/quicktime", "webm": "video/webm"}
_CODECS: dict[str, VideoCodec] = {"AVC": "h264", "HEVC": "h265", "VP8": "vp8", "VP9": "vp9"}
_NAMES: dict[VideoCodec, str] = {codec: name for name, codec in _CODECS.items()}
_TAKEN = "MP4, MOV or WebM"
_BEYOND_MENDING = ("not_a_video", "video_track_missing", "video_empty", "video_cut_short")


@dataclass(frozen=True)
class VideoFacts:
    """The properties of a video.

    `width` and `height` are as encoded. `shown_width` and `shown_height` are after the rotation by `rotation` degrees
    (clockwise, as MediaInfo reports it). `frame_rate_milli` is in frames per 1000 seconds (29970 for NTSC). It is the
    mean if the rate varies, and None if the file does not state it.
    """

    container: Container
    content_type: ContentType
    video_codec: VideoCodec
    duration_ms: int
    width: int
    height: int
    frame_rate_milli: int | None
    has_audio: bool
    rotation: int = 0

    @property
    def shown_width(self) -> int:
        """The width in pixels, as a player shows it."""
        return _shown((self.width, self.height), self.rotation)[0]

    @property
    def shown_height(self) -> int:
        """The height in pixels, as a player shows it."""
        return _shown((self.width, self.height), self.rotation)[1]


def preflight(reader: Reader, size: int, max_ms: int | None = None) -> VideoFacts | tuple[Problem, ...]:
    """The properties of the video of `size` bytes in `reader`, or every reason why TikTok would refuse the video.

    `max_ms` is the creator's maximum duration (protocol section 2). Without it only TikTok's maximum applies. If ffmpeg
    can fix the video, the details of each problem contain `ffmpeg`: one command that fixes all problems.
    Problems: source_empty, source_too_large, media_unreadable, not_a_video, video_track_missing, video_empty,
    video_cut_short, container_not_accepted, codec_not_accepted, frame_rate_not_accepted, frame_size_not_accepted,
    duration_too_long, longer_than_creator_may, duration_unknown.
    """
    if size == 0:
        return (problem("source_empty", value=0),)
    seen = probe(reader, size)
    if seen is None:
        return (*_check_size(size), problem("media_unreadable"))
    if seen.video is None:
        return (*_check_size(size), _no_pictures(seen))
    container, codec = _container(seen.file), _CODECS.get(seen.video.format)
    problems = (
        *_check_size(size),
        *_check_whole(seen, container),
        *_check_codec(seen.video),
        *_check_sides(*_coded(seen.video)),
        *_check_rate(seen.frame_rate_milli),
        *_check_duration(seen, max_ms),
    )
    if problems or container is None or codec is None or seen.duration_ms is None:
        return _with_ffmpeg(problems, seen, size, max_ms)
    return VideoFacts(
        container,
        _CONTENT_TYPES[container],
        codec,
        seen.duration_ms,
        *_coded(seen.video),
        seen.frame_rate_milli,
        seen.has_audio,
        round(seen.video.rotation or 0),
    )


def duration_problem(facts: VideoFacts, max_ms: int) -> Problem | None:
    """The problem `longer_than_creator_may` if the video is longer than `max_ms`, the creator's maximum duration
    (protocol section 2). Otherwise None.

    The problem contains the `ffmpeg` command that cuts the video.
    """
    if facts.duration_ms <= max_ms:
        return None
    line = ffmpeg_line(_to_convert(facts, max_ms))
    return problem("longer_than_creator_may", duration_ms=facts.duration_ms, max_ms=max_ms, ffmpeg=line)


def rate_warning(facts: VideoFacts) -> Problem | None:
    """frame_rate_high if the rate is slightly above the documented maximum, so that TikTok might refuse the video.
    Otherwise None.

    The problem contains the `ffmpeg` command that lowers the rate.
    """
    rate = facts.frame_rate_milli
    if rate is None or rate <= limits.FRAME_RATE_MILLI_ACCEPTED:
        return None
    line = ffmpeg_line(_to_convert(facts, limits.VIDEO_MS_MAX))
    most = limits.FRAME_RATE_MILLI_MAX // 1000
    return problem("frame_rate_high", value=f"{rate / 1000:g}", limit=most, ffmpeg=line)


def _to_convert(facts: VideoFacts, max_ms: int) -> VideoToConvert:
    return VideoToConvert(
        container="MPEG-4" if facts.container != "webm" else "WebM",
        codec=_NAMES[facts.video_codec],
        sides=(facts.shown_width, facts.shown_height),
        frame_rate_milli=facts.frame_rate_milli,
        duration_ms=facts.duration_ms,
        max_ms=max_ms,
        too_large=False,
    )


def _with_ffmpeg(
    problems: tuple[Problem, ...], seen: ProbeResult, size: int, max_ms: int | None
) -> tuple[Problem, ...]:
    if seen.video is None or any(each.code in _BEYOND_MENDING for each in problems):
        return problems
    to_convert = VideoToConvert(
        container=seen.file.format,
        codec=seen.video.format,
        sides=_shown(_coded(seen.video), round(seen.video.rotation or 0)),
        frame_rate_milli=seen.frame_rate_milli,
        duration_ms=seen.duration_ms,
        max_ms=min(max_ms or limits.VIDEO_MS_MAX, limits.VIDEO_MS_MAX),
        too_large=size > limits.VIDEO_BYTES_MAX,
    )
    line = ffmpeg_line(to_convert)
    return tuple(each.model_copy(update={"details": {**each.details, "ffmpeg": line}}) for each in problems)


def _coded(video: Track) -> tuple[int, int]:
    return int(video.width or 0), int(video.height or 0)


def _shown(sides: tuple[int, int], rotation: int) -> tuple[int, int]:
    return (sides[1], sides[0]) if rotation % 180 == 90 else sides


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


def _no_pictures(seen: ProbeResult) -> Problem:
    if seen.cut_short:
        return problem("video_cut_short")
    if seen.has_audio:
        return problem("video_track_missing", value=seen.file.format)
    if seen.is_empty or _container(seen.file) is not None:
        return problem("video_empty")
    return problem("not_a_video", value=seen.file.format or "of an unknown type", limit=_TAKEN)


def _check_whole(seen: ProbeResult, container: Container | None) -> list[Problem]:
    cut = [problem("video_cut_short")] if seen.cut_short else []
    return cut if container else [*cut, problem("container_not_accepted", value=seen.file.format, limit=_TAKEN)]


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
    if rate is None or least <= rate <= limits.FRAME_RATE_MILLI_WARNED:
        return []
    return [problem("frame_rate_not_accepted", value=f"{rate / 1000:g}", limit=f"{least // 1000} to {most // 1000}")]


def _check_duration(seen: ProbeResult, max_ms: int | None) -> list[Problem]:
    """The problems of the duration. If the end of the file is missing, an unknown duration is no further problem."""
    if seen.duration_ms is None:
        most = limits.VIDEO_MS_MAX // 1000
        return [] if seen.cut_short else [problem("duration_unknown", value="unknown", limit=most)]
    refusal = limits.duration_refusal(seen.duration_ms, max_ms)
    return [] if refusal is None else [refusal]
