"""TikTok's limits for videos and photos (protocol sections 3.2, 5 and 9). Sizes are in bytes, times in milliseconds."""

from dropcast.errors.problem import Problem, problem

VIDEO_BYTES_MAX = 4_000_000_000
VIDEO_SIDE_MIN = 360
VIDEO_SIDE_MAX = 4096
FRAME_RATE_MILLI_MIN = 23_000
FRAME_RATE_MILLI_MAX = 60_000
# Cameras write 60.0x for 60. TikTok does not document what it does with rates between 60 and 61.
FRAME_RATE_MILLI_ACCEPTED = 60_500
FRAME_RATE_MILLI_WARNED = 61_000
VIDEO_MS_MAX = 10 * 60 * 1000
VIDEO_TITLE_UNITS_MAX = 2200

PICTURE_BYTES_MAX = 20_000_000
PICTURE_SHORT_SIDE_MAX = 1080
PHOTO_TITLE_UNITS_MAX = 90
PHOTO_DESCRIPTION_UNITS_MAX = 4000
PHOTOS_MAX = 35


def utf16_length(text: str) -> int:
    """The length of `text` in UTF-16 units, as TikTok counts it. An emoji has two units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def duration_refusal(duration_ms: int, creator_max_ms: int | None = None) -> Problem | None:
    """The reason why a video of this duration cannot be posted, or None if it can.

    Problems: longer_than_creator_may, duration_too_long. The lower of two limits decides: TikTok's, and the creator's
    own limit (protocol section 2) if it is known.
    """
    if creator_max_ms is not None and creator_max_ms < VIDEO_MS_MAX and duration_ms > creator_max_ms:
        return problem("longer_than_creator_may", duration_ms=duration_ms, max_ms=creator_max_ms)
    if duration_ms > VIDEO_MS_MAX:
        return problem("duration_too_long", value=f"{duration_ms / 1000:.10g}", limit=VIDEO_MS_MAX // 1000)
    return None
