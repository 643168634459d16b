"""Normalizes the content type of an upload. Browsers and tools write types differently."""

from pathlib import PurePath
from typing import Final, Literal, get_args

ContentType = Literal[
    "video/mp4",
    "video/quicktime",
    "video/webm",
    "image/jpeg",
    "image/webp",
    "image/png",
    "image/gif",
    "image/heic",
    "image/heif",
    "image/avif",
    "image/tiff",
    "image/bmp",
    "application/octet-stream",
]
"""The types that a caller may declare."""

UNKNOWN: Final = "application/octet-stream"
"""The type that tools send for an unknown file. In this case the file's ending decides."""

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


def is_uploadable(content_type: str) -> bool:
    """Whether files of this plain type can be uploaded. UNKNOWN is not uploadable."""
    return content_type != UNKNOWN and content_type in get_args(ContentType)


def plain_type(content_type: str, filename: str) -> str:
    """`content_type` in lower case and without parameters (such as `;codecs=vp8`).

    UNKNOWN is replaced by the type that belongs to the file's ending, if that is known.
    """
    plain = content_type.partition(";")[0].strip().lower()
    return _OF_ENDINGS.get(PurePath(filename).suffix.lower(), plain) if plain == UNKNOWN else plain
