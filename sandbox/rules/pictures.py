"""Checks whether TikTok accepts a picture (protocol section 5): JPEG or WebP, at most 20 MB and 1080p."""

import hashlib
import io
from dataclasses import dataclass, field

from PIL import Image

LARGEST_PICTURE = 20_000_000
WIDEST_SHORT_SIDE = 1080
TYPES = {"JPEG": "image/jpeg", "WEBP": "image/webp"}
MODES = ("RGB", "RGBA", "L")
ORIENTATION = 274
ROTATED_ORIENTATIONS = range(2, 9)
SRGB = (b"sRGB", "sRGB".encode("utf-16-be"))


@dataclass
class Picture:
    """A fetched picture. `problem` is a fail_reason, or None if the picture is accepted."""

    url: str
    size: int = 0
    sha256: str = ""
    content_type: str = ""
    width: int = 0
    height: int = 0
    problem: str | None = None
    warnings: list[str] = field(default_factory=list)


def check_picture(url: str, data: bytes, content_type: str) -> Picture:
    picture = Picture(url, len(data), hashlib.sha256(data).hexdigest(), content_type)
    if len(data) > LARGEST_PICTURE:
        picture.problem = "picture_size_check_failed"
        return picture
    try:
        with Image.open(io.BytesIO(data), formats=tuple(TYPES)) as image:
            _check_opened(picture, image)
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        picture.problem = "file_format_check_failed"
    return picture


def _check_opened(picture: Picture, image: Image.Image) -> None:
    picture.width, picture.height = image.size
    if min(image.size) > WIDEST_SHORT_SIDE:
        picture.problem = "picture_size_check_failed"
        return
    image.load()
    animated = image.format == "WEBP" and getattr(image, "is_animated", False)
    if animated or picture.content_type != TYPES.get(image.format or "") or image.mode not in MODES:
        picture.problem = "file_format_check_failed"
    picture.warnings += _warnings(image)


def _warnings(image: Image.Image) -> list[str]:
    """Properties that may change how the picture looks."""
    found: list[str] = []
    if image.getexif().get(ORIENTATION) in ROTATED_ORIENTATIONS:
        found.append("it is rotated only by its EXIF data")
    if image.mode == "RGBA" and image.getchannel("A").getextrema() != (255, 255):
        found.append("it has transparent areas")
    profile: bytes = image.info.get("icc_profile") or SRGB[0]
    if not any(name in profile for name in SRGB):
        found.append("its colours are not sRGB")
    return found
