"""The types of files that can be uploaded, in the spellings in which browsers and tools name them."""

from pathlib import PurePath
from typing import Final

UNKNOWN: Final = "application/octet-stream"
"""What tools say of a file whose type they do not know: its ending tells then."""

_OF_ENDINGS = {
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".png": "image/png",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".avif": "image/avif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".bmp": "image/bmp",
}


def plain_type(content_type: str, filename: str) -> str:
    """`content_type` in small letters and without parameters (`video/webm;codecs=vp8`).

    An unknown type becomes that of the file's ending; without a known ending it stays unknown.
    """
    plain = content_type.partition(";")[0].strip().lower()
    return _OF_ENDINGS.get(PurePath(filename).suffix.lower(), plain) if plain == UNKNOWN else plain
