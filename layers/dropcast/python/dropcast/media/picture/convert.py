"""Prepares a picture for TikTok (protocol section 5).

Converts the picture into a JPEG unless TikTok accepts it unchanged.
"""

import io
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Literal, TypeVar, cast

import pi_heif  # pyright: ignore[reportMissingTypeStubs]
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from dropcast.errors.problem import Problem, problem
from dropcast.media import limits
from dropcast.media.picture.colour_codes import ColourMark, colour_mark
from dropcast.media.picture.header_check_result import Correction, HeaderCheck
from dropcast.media.picture.repair_damage import header_without_damage, lacks_end_mark, without_damage
from dropcast.media.picture.srgb import alpha_shows, is_srgb, to_srgb
from dropcast.media.picture.turn_and_shrink import Sides, orientation, shrunk, target, upright
from dropcast.media.range_reader import Reader

PngImagePlugin.MAX_TEXT_CHUNK = 16 * 1024 * 1024  # a colour profile may be larger than Pillow's 1 MB
pi_heif.register_heif_opener(thumbnails=False)  # pyright: ignore[reportUnknownMemberType]

ContentType = Literal["image/jpeg", "image/webp"]

SOURCE_BYTES_MAX = 100_000_000
"""The maximum size of a picture in bytes. A larger picture is not read."""

Answer = TypeVar("Answer")

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF")
_NAMES = "JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF"
_CONTENT_TYPES: dict[str, ContentType] = {"JPEG": "image/jpeg", "WEBP": "image/webp"}
# The maximum number of pixels to decode at once. A WebP needs up to twelve bytes per pixel. A large JPEG is decoded at
# a fraction of its size.
_PIXELS_MAX = 64_000_000
_JPEG_PIXELS_MAX = 120_000_000
_JPEG_SIDE_MAX = 65_500
_QUALITIES = (92, 80, 60)
# The exceptions that Pillow's decoders raise for a damaged file.
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, TypeError, RuntimeError),
    *(AssertionError, struct.error),
)


@dataclass(frozen=True)
class Picture:
    """The picture for TikTok. `mended` names the changes. If there are none, `data` is the original file."""

    data: bytes
    content_type: ContentType
    width: int
    height: int
    mended: tuple[Correction, ...]


def check_header(reader: Reader, size: int) -> HeaderCheck | Problem:
    """Check the header of the picture of `size` bytes in `reader`.

    The check does not read the pixels. So it cannot detect that pixels are damaged or transparent, or so detailed that
    the converted file is too large. Problems: as for `prepare_picture`.
    """

    def look() -> HeaderCheck | Problem:
        return _check_header(reader, size)

    def look_again() -> HeaderCheck | Problem:
        header = header_without_damage(reader, size)
        if header is None:
            return problem("not_a_picture", limit=_NAMES)
        return _check_header(io.BytesIO(header), size, damaged=True)

    seen = _named_failures(size, look)
    return _better(seen, _named_failures(size, look_again)) if _may_be_repaired(seen) else seen


def prepare_picture(data: bytes) -> Picture | Problem:
    """Convert `data` to what TikTok accepts.

    TikTok accepts JPEG or WebP, up to 20 MB, with a shorter side of up to 1080 pixels, upright, in sRGB. An animation
    becomes its first frame, transparency becomes white, and a re-encoded picture loses its metadata. The picture is
    decoded only after its size was checked. If damage is only outside the pixels, the picture is decoded again without
    the damaged data.
    Problems: source_empty, not_a_picture, picture_damaged, picture_too_large.
    """

    def prepare_again() -> Picture | Problem:
        repaired = without_damage(data)
        return problem("picture_damaged") if repaired is None else _prepare(repaired, damaged=True)

    prepared = _named_failures(len(data), lambda: _prepare(data))
    return _better(prepared, _named_failures(len(data), prepare_again)) if _may_be_repaired(prepared) else prepared


def _may_be_repaired(answer: object) -> bool:
    return isinstance(answer, Problem) and answer.code in ("not_a_picture", "picture_damaged")


def _better(first: Answer | Problem, second: Answer | Problem) -> Answer | Problem:
    """The second result, or the first if the second is a refusal other than picture_too_large."""
    refused = isinstance(second, Problem) and second.code != "picture_too_large"
    return first if refused else second


def _named_failures(size: int, work: Callable[[], Answer | Problem]) -> Answer | Problem:
    """The result of `work` on a picture of `size` bytes. If Pillow raises an exception, the Problem for it."""
    if size == 0:
        return problem("source_empty", value=0)
    if size > SOURCE_BYTES_MAX:
        return problem("picture_too_large", value=f"{size} bytes", limit=f"{SOURCE_BYTES_MAX} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # slightly wrong EXIF causes warnings; decompression bombs are checked in this module
            return work()
    except UnidentifiedImageError:
        return problem("not_a_picture", limit=_NAMES)
    except Image.DecompressionBombError:
        return problem("picture_too_large", value="more pixels than can be decoded", limit=f"{_PIXELS_MAX} pixels")
    except _BROKEN:
        return problem("picture_damaged")


def _check_header(reader: Reader, size: int, *, damaged: bool = False) -> HeaderCheck | Problem:
    with Image.open(cast(IO[bytes], reader), formats=_FORMATS) as image:
        wrong = _wrong_in_header(image, size, colour_mark(image, reader, size), damaged=damaged)
        return _too_large(image) or HeaderCheck(*image.size, wrong)


def _prepare(data: bytes, *, damaged: bool = False) -> Picture | Problem:
    file = io.BytesIO(data)
    with Image.open(file, formats=_FORMATS) as image:
        refusal = _too_large(image)
        if refusal is not None:
            return refusal
        mark = colour_mark(image, file, len(data))
        damaged = damaged or (image.format in ("JPEG", "MPO") and lacks_end_mark(data))
        corrections = _corrections(image, len(data), mark, damaged=damaged)
        if corrections:
            return _corrected(image, corrections, mark)
        image.load()
        return Picture(data, _CONTENT_TYPES[image.format or ""], *image.size, ())


def _too_large(image: Image.Image) -> Problem | None:
    width, height = image.size
    most = _JPEG_PIXELS_MAX if image.format in ("JPEG", "MPO") else _PIXELS_MAX
    if width * height > most:
        return problem("picture_too_large", value=f"{width}x{height} pixels", limit=f"{most} pixels")
    if max(target(image.size)) > _JPEG_SIDE_MAX:
        return problem("picture_too_large", value=f"a side of {max(image.size)} pixels", limit=str(_JPEG_SIDE_MAX))
    return None


def _corrections(image: Image.Image, size: int, mark: ColourMark | None, *, damaged: bool) -> tuple[Correction, ...]:
    """The corrections that the picture needs. Only transparency requires the pixels; all others follow from the
    header.
    """
    wrong = _wrong_in_header(image, size, mark, damaged=damaged)
    if image.has_transparency_data and alpha_shows(_loaded(image, target(image.size))):
        return (*wrong, "transparency")
    return wrong


def _wrong_in_header(
    image: Image.Image, size: int, mark: ColourMark | None, *, damaged: bool
) -> tuple[Correction, ...]:
    wrong: dict[Correction, bool] = {
        "format": image.format not in _CONTENT_TYPES,
        "size": target(image.size) != image.size,
        "bytes": size > limits.PICTURE_BYTES_MAX,
        "orientation": orientation(image) != 1,
        "colours": image.mode not in ("RGB", "RGBA") or mark is not None or not is_srgb(image),
        "animation": getattr(image, "is_animated", False) and image.format != "MPO",
        "damage": damaged,
    }
    return tuple(name for name, is_wrong in wrong.items() if is_wrong)


def _corrected(image: Image.Image, mended: tuple[Correction, ...], mark: ColourMark | None) -> Picture | Problem:
    turn = orientation(image)
    profile: bytes | None = image.info.get("icc_profile")
    whole = _loaded(image, target(image.size))
    plain = upright(to_srgb(shrunk(whole), profile, mark), turn)
    encodings = (_jpeg(plain, quality) for quality in _QUALITIES)
    fitting = next((each for each in encodings if len(each) <= limits.PICTURE_BYTES_MAX), None)
    if fitting is None:
        limit = f"{limits.PICTURE_BYTES_MAX} bytes"
        return problem("picture_too_large", value=f"{plain.width}x{plain.height} pixels full of detail", limit=limit)
    return Picture(fitting, "image/jpeg", *plain.size, mended)


def _loaded(image: Image.Image, wanted: Sides) -> Image.Image:
    """The first picture, decoded.

    A JPEG is decoded at a fraction of its size: the smallest fraction that is at least as large as `wanted`.
    """
    image.draft(None, wanted)  # pyright: ignore[reportArgumentType] # None keeps the mode
    image.load()
    return image


def _jpeg(image: Image.Image, quality: int) -> bytes:
    image.info.clear()  # otherwise Pillow writes a comment
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality, optimize=False)
    return buffer.getvalue()
