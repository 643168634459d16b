"""Why TikTok would not take a file, in plain words (protocol section 9). `value` is what was seen, `limit` the rule.

Where ffmpeg can mend the file, the details hold the command as `ffmpeg`.
"""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next

_EXPORT = "Export the video again as MP4 with H.264"

MEDIA: dict[ErrorCode, Entry] = {
    "source_empty": Entry("The file is empty: it has {value} bytes.", "Upload the file again, whole.", Next.NONE, 422),
    "source_too_large": Entry(
        "The file has {value} bytes; TikTok takes at most {limit}.",
        f"{_EXPORT} at a lower bit rate, or make it shorter.",
        Next.NONE,
        422,
    ),
    "not_a_video": Entry(
        "The file is not a video that TikTok takes: it is {value}, and must be {limit}.", f"{_EXPORT}.", Next.NONE, 422
    ),
    "media_unreadable": Entry("The file is broken: reading it comes to no end.", f"{_EXPORT}.", Next.NONE, 422),
    "video_track_missing": Entry(
        "The file ({value}) has sound but no pictures.", f"{_EXPORT}, with its pictures.", Next.NONE, 422
    ),
    "video_empty": Entry(
        "The file is a video without a single picture that a player would show.",
        "Export the video again. If it was cut: choose a part that begins before its end.",
        Next.NONE,
        422,
    ),
    "video_cut_short": Entry(
        "The end of the file is missing.",
        "Upload the file again, whole; if it is so at home, export it again.",
        Next.NONE,
        422,
    ),
    "container_not_accepted": Entry(
        "The video is in a {value} file; TikTok takes {limit}.", "Copy it into an MP4.", Next.NONE, 422
    ),
    "codec_not_accepted": Entry("The video is coded as {value}; TikTok takes {limit}.", f"{_EXPORT}.", Next.NONE, 422),
    "frame_rate_not_accepted": Entry(
        "The video has {value} frames a second; TikTok takes {limit}.",
        "Export it with a frame rate within these limits; 30 is safe.",
        Next.NONE,
        422,
    ),
    "frame_rate_high": Entry(
        "The video has {value} frames a second; TikTok documents at most {limit}. TikTok may refuse it.",
        "To be sure, export it with at most {limit} frames a second.",
        Next.NONE,
        422,
    ),
    "frame_size_not_accepted": Entry(
        "The video's picture is {value} pixels; TikTok takes sides of {limit}.",
        "Scale it so that both sides are within these limits; 1080x1920 is safe.",
        Next.NONE,
        422,
    ),
    "duration_too_long": Entry(
        "The video lasts {value} seconds; at most {limit} are accepted.", "Cut it, or post it in parts.", Next.NONE, 422
    ),
    "duration_unknown": Entry(
        "The file does not tell how long the video is (recordings made in a browser often do not).",
        "Copy it into a new MP4, which tells it.",
        Next.NONE,
        422,
    ),
    # pictures (protocol section 5)
    "not_a_picture": Entry(
        "The file is not a picture that can be read; it must be {limit}.",
        "Export it as a JPEG.",
        Next.NONE,
        422,
    ),
    "picture_damaged": Entry(
        "The picture cannot be read to its end: the file is damaged, or its end is missing.",
        "Upload the file again, whole; if it is so at home, export it again.",
        Next.NONE,
        422,
    ),
    "picture_too_large": Entry(
        "The picture has {value}; at most {limit} are taken.", "Make it smaller, as a JPEG.", Next.NONE, 422
    ),
}
