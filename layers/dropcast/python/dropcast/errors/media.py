"""Errors of media files that TikTok would refuse (protocol section 9).

In the texts, `value` is what the file has, and `limit` is what TikTok or Dropcast accepts. If ffmpeg can fix the file,
the detail `ffmpeg` contains the command.
"""

from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode

_EXPORT = "Export the video again as MP4 with H.264"

MEDIA: dict[ErrorCode, Entry] = {
    "source_empty": Entry(
        "The file is empty: it has {value} bytes.", "Upload the complete file again.", Next.NONE, 422
    ),
    "source_too_large": Entry(
        "The file has {value} bytes; TikTok accepts at most {limit}.",
        f"{_EXPORT} at a lower bit rate, or make it shorter.",
        Next.NONE,
        422,
    ),
    "not_a_video": Entry(
        "The file is not a video that TikTok accepts: it is {value}, and must be {limit}.",
        f"{_EXPORT}.",
        Next.NONE,
        422,
    ),
    "media_unreadable": Entry(
        "The file is so damaged that Dropcast cannot read it within the limits of time and memory.",
        f"{_EXPORT}.",
        Next.NONE,
        422,
    ),
    "video_track_missing": Entry(
        "The file ({value}) has sound but no video track.", f"{_EXPORT}, with its video track.", Next.NONE, 422
    ),
    "video_empty": Entry(
        "The video has no frame that a player would show.",
        "Export the video again. If you cut it from a longer video, choose a part that starts before that video ends.",
        Next.NONE,
        422,
    ),
    "video_cut_short": Entry(
        "The end of the file is missing.",
        "Upload the complete file again. If the original file is incomplete too, export it again.",
        Next.NONE,
        422,
    ),
    "container_not_accepted": Entry(
        "The video is in a {value} file; TikTok accepts {limit}.",
        "Convert the file to MP4. If TikTok accepts the codec, the video need not be encoded again.",
        Next.NONE,
        422,
    ),
    "codec_not_accepted": Entry(
        "The video is encoded as {value}; TikTok accepts {limit}.", f"{_EXPORT}.", Next.NONE, 422
    ),
    "frame_rate_not_accepted": Entry(
        "The video has {value} frames per second; TikTok accepts {limit}.",
        "Export the video with a frame rate within these limits; 30 is safe.",
        Next.NONE,
        422,
    ),
    "frame_rate_high": Entry(
        "The video has {value} frames per second. TikTok documents at most {limit}, so TikTok could refuse the video.",
        "To be safe, export the video with at most {limit} frames per second.",
        Next.NONE,
        422,
    ),
    "frame_size_not_accepted": Entry(
        "The video's frame has {value} pixels; TikTok accepts a width and a height of {limit}.",
        "Scale the video so that its width and its height are within these limits; 1080x1920 is safe.",
        Next.NONE,
        422,
    ),
    "duration_too_long": Entry(
        "The video lasts {value} seconds; TikTok accepts at most {limit}.",
        "Shorten the video, or post it in parts.",
        Next.NONE,
        422,
    ),
    "duration_unknown": Entry(
        "The file does not state how long the video is. Browsers often record files without a duration.",
        "Convert the file to a new MP4 file, which then states the duration.",
        Next.NONE,
        422,
    ),
    # pictures (protocol section 5)
    "not_a_picture": Entry(
        "The file cannot be read as a picture; it must be {limit}.",
        "Export the picture as a JPEG.",
        Next.NONE,
        422,
    ),
    "picture_damaged": Entry(
        "The picture cannot be read completely: the file is damaged, or its end is missing.",
        "Upload the complete file again. If the original file is damaged too, export it again.",
        Next.NONE,
        422,
    ),
    "picture_too_large": Entry(
        "The picture has {value}; Dropcast accepts at most {limit}.",
        "Make the picture smaller and save it as a JPEG.",
        Next.NONE,
        422,
    ),
}
