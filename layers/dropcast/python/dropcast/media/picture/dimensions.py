"""The shape of a picture: how it is turned, and how large it may be."""

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
# Shrinking is done in two steps where it is by more than this, which costs little to see and saves most of the time.
_REDUCING_GAP = 3.0


def target(sides: Sides) -> Sides:
    """The sides that TikTok takes: the same, or in the same proportion with the shorter one at its most."""
    shorter = min(sides)
    if shorter <= limits.PICTURE_SHORT_SIDE_MAX:
        return sides
    width, height = (max(1, round(side * limits.PICTURE_SHORT_SIDE_MAX / shorter)) for side in sides)
    return width, height


def orientation(image: Image.Image) -> int:
    """EXIF's orientation, 1 (upright) where there is none that can be read."""
    try:
        found = image.getexif().get(_ORIENTATION, 1)
    except (SyntaxError, ValueError, LookupError, TypeError, OSError, struct.error):
        return 1
    return found if found in _TURNS else 1


def upright(image: Image.Image, turn: int) -> Image.Image:
    """The picture turned as EXIF's orientation `turn` says."""
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def shrunk(image: Image.Image) -> Image.Image:
    """The picture in the sides that TikTok takes."""
    wanted = target(image.size)
    if wanted == image.size:
        return image
    averaged: Any = _averaged(image)
    return averaged.resize(wanted, Image.Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)


def _averaged(image: Image.Image) -> Image.Image:
    """In a mode whose neighbouring values may be mixed."""
    if image.mode in ("P", "PA", "1") or "transparency" in image.info:
        return image.convert("RGBA" if image.has_transparency_data else "RGB")
    return image
