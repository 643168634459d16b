"""The ffmpeg command that converts a video into one that TikTok accepts (protocol section 9)."""

from dataclasses import dataclass

from dropcast.media import limits

_COPIED_CODECS = ("AVC", "HEVC")
# Containers that store a time for every picture. So the pictures can be copied unchanged.
_TIMED_CONTAINERS = ("MPEG-4", "QuickTime", "Matroska", "WebM")
_SAFE_RATE = 30
# With this bit rate ten minutes of video have at most 1.5 GB.
_CODED = "-c:v libx264 -crf 20 -maxrate 20M -bufsize 40M -pix_fmt yuv420p"
# A copied video may end slightly later than requested, because ffmpeg cuts where the next picture begins.
_CUT_EARLIER_MS = 500

Sides = tuple[int, int]


@dataclass(frozen=True)
class VideoToConvert:
    """A video to convert. `container` and `codec` are MediaInfo's names.

    `sides`: the width and height as a player shows them. `max_ms`: the maximum duration. `too_large`: the file has too
    many bytes.
    """

    container: str
    codec: str
    sides: Sides
    frame_rate_milli: int | None
    duration_ms: int | None
    max_ms: int
    too_large: bool


def ffmpeg_line(video: VideoToConvert) -> str:
    """The command that fixes all problems.

    It reads IN, writes OUT.mp4, and does not encode the pictures again if it can copy them.
    """
    copied = (
        video.codec in _COPIED_CODECS
        and video.container in _TIMED_CONTAINERS
        and not video.too_large
        and fit(video.sides) == (video.sides, video.sides)
        and _rate_is_taken(video.frame_rate_milli)
    )
    cut = ["-t", f"{cut_ms(video.max_ms) / 1000:g}"] if (video.duration_ms or 0) > video.max_ms else []
    pictures = ["-c:v copy"] if copied else [*_filters(video), _CODED]
    return " ".join(["ffmpeg -i IN", *cut, *pictures, "-c:a aac -movflags +faststart OUT.mp4"])


def cut_ms(max_ms: int) -> int:
    """Where to cut a video that may last `max_ms`: slightly earlier than that, but never at 0."""
    return max(max_ms - _CUT_EARLIER_MS, max_ms // 2)


def fit(sides: Sides) -> tuple[Sides, Sides]:
    """The width and height to which a picture is scaled, and those of the frame around it.

    All four are even and within the limits. The picture keeps its size and proportions as far as possible.
    """
    least, most = limits.VIDEO_SIDE_MIN, limits.VIDEO_SIDE_MAX
    short, long = max(1, min(sides)), max(1, *sides)
    factor = min(most / long, max(1.0, least / short))
    width, height = (max(2, 2 * round(side * factor / 2)) for side in sides)
    scaled = min(width, most), min(height, most)
    return scaled, (max(scaled[0], least), max(scaled[1], least))


def _filters(video: VideoToConvert) -> list[str]:
    scaled, frame = fit(video.sides)
    filters: list[str] = []
    if not _rate_is_taken(video.frame_rate_milli):
        filters.append(f"fps={_taken_rate(video.frame_rate_milli)}")
    if scaled != video.sides:
        filters.append(f"scale={scaled[0]}:{scaled[1]}")
    if frame != scaled:
        filters.append(f"pad={frame[0]}:{frame[1]}:-1:-1")
    return ["-vf " + ",".join(filters)] if filters else []


def _rate_is_taken(milli: int | None) -> bool:
    """Whether TikTok certainly accepts the rate. False for an unknown rate."""
    return milli is not None and limits.FRAME_RATE_MILLI_MIN <= milli <= limits.FRAME_RATE_MILLI_ACCEPTED


def _taken_rate(milli: int | None) -> int:
    return 60 if milli is not None and milli > limits.FRAME_RATE_MILLI_MAX else _SAFE_RATE
