"""Turns a picture upright and shrinks it to the size that TikTok accepts."""

import struct
from typing import Any

from PIL import Image

from dropcast.media import limits

Sides = tuple[int, int]

_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# A reduction by more than this factor is done in two steps. This is much faster and the difference is hardly visible.
_REDUCING_GAP = 3.0


def target(sides: Sides) -> Sides:
    """The width and height for TikTok. If the shorter side exceeds the limit, both sides are scaled down."""
    shorter = min(sides)
    if shorter <= limits.PICTURE_SHORT_SIDE_MAX:
        return sides
    width, height = (max(1, round(side * limits.PICTURE_SHORT_SIDE_MAX / shorter)) for side in sides)
    return width, height


def orientation(image: Image.Image) -> int:
    """The orientation in the EXIF data, or 1 (upright) if none can be read."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except (SyntaxError, ValueError, LookupError, TypeError, OSError, struct.error):
        return 1
    return found if found in _TURNS else 1


def upright(image: Image.Image, turn: int) -> Image.Image:
    """The picture, turned upright by its EXIF orientation `turn`."""
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def shrunk(image: Image.Image) -> Image.Image:
    """The picture, scaled down to the width and height that TikTok accepts."""
    wanted = target(image.size)
    if wanted == image.size:
        return image
    averaged: Any = _averaged(image)
    return averaged.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)


def _averaged(image: Image.Image) -> Image.Image:
    """The picture in a mode whose values can be interpolated."""
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image
