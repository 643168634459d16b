"""Converts the colours of a picture to sRGB with eight bits and without transparency."""

import io
from contextlib import suppress
from typing import Any

from PIL import Image, ImageCms

from dropcast.media.picture.build_icc_profile import mark_profile
from dropcast.media.picture.colour_codes import ColourMark

_CMS: Any = ImageCms  # its type stubs are incomplete
_SRGB = _CMS.createProfile("sRGB")
_SPACES = {"RGB": "RGB ", "CMYK": "CMYK", "L": "GRAY"}
_DEEP = ("I", "F")
_WHITE = (255, 255, 255)


def is_srgb(image: Image.Image) -> bool:
    """Whether the image's colours are sRGB. That is the default without a profile."""
    raw = image.info.get("icc_profile")
    if not raw:
        return True
    profile = _profile(raw)
    with suppress(ImageCms.PyCMSError):
        return profile is not None and "srgb" in _CMS.getProfileDescription(profile).lower()
    return False


def alpha_shows(image: Image.Image) -> bool:
    """Whether any pixel is not fully opaque."""
    lowest = image.convert("RGBA").getchannel("A").getextrema()[0]
    return lowest != 255


def to_srgb(image: Image.Image, raw_profile: bytes | None, mark: ColourMark | None) -> Image.Image:
    """The picture as sRGB, with white in place of transparency.

    The picture's mark decides how to convert the colours. Without a mark its profile decides. A profile that does not
    match the picture is ignored.
    """
    flat = _flat(_eight_bits(image))
    if mark is not None:
        flat, raw_profile = flat.convert("RGB"), mark_profile(mark)
    profile = _profile(raw_profile) if raw_profile else None
    if profile is not None and profile.profile.xcolor_space == _SPACES.get(flat.mode):
        with suppress(ImageCms.PyCMSError):
            return _CMS.profileToProfile(flat, profile, _SRGB, outputMode="RGB")
    return flat.convert("RGB")


def _flat(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB") if image.mode in ("P", "1") else image
    clear = image.convert("RGBA")
    white = Image.new("RGB", image.size, _WHITE)
    white.paste(clear, mask=clear.getchannel("A"))
    return white


def _eight_bits(image: Image.Image) -> Image.Image:
    """The picture, reduced to 256 levels of grey if it has more levels.

    In a 32-bit picture the lightest value becomes white, because such values have no fixed range.
    """
    if not image.mode.startswith(_DEEP):
        return image
    deep: Any = image.convert("I") if image.mode.startswith("I;") else image
    lightest = 65_535.0 if image.mode.startswith("I;") else max(1e-9, float(deep.getextrema()[1]))
    scale = 255 / lightest

    def scaled(value: float) -> float:
        return value * scale

    return deep.point(scaled).convert("L")


def _profile(raw: bytes) -> Any | None:
    """The profile; None if it cannot be read."""
    try:
        return _CMS.getOpenProfile(io.BytesIO(raw))
    except (ImageCms.PyCMSError, OSError):
        return None
