"""Is this a video that TikTok takes? Told before TikTok is asked (protocol section 9)."""

from dataclasses import dataclass
from typing import BinaryIO, Literal

from dropcast.errors import Problem


@dataclass(frozen=True)
class VideoFacts:
    """What a video is. The sides are as coded, before any rotation; `frame_rate_milli` is frames in 1000 seconds."""

    container: Literal["mp4", "mov", "webm"]
    content_type: Literal["video/mp4", "video/quicktime", "video/webm"]
    video_codec: Literal["h264", "h265", "vp8", "vp9"]
    duration_ms: int
    width: int
    height: int
    frame_rate_milli: int
    has_audio: bool


def preflight(reader: BinaryIO, size: int) -> VideoFacts | tuple[Problem, ...]:
    """What the video of `size` bytes behind `reader` is, or every reason for which TikTok would refuse it.

    Problems: source_empty, source_too_large, not_a_video, codec_not_accepted, frame_rate_not_accepted,
    frame_size_not_accepted, duration_too_long. The creator's own, shorter limit of duration is not known here.
    """
    raise NotImplementedError
