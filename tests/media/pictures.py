"""Makes real pictures of every kind in memory: four quarters in known colours, with a little noise."""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from typing import Any

import pillow_heif
from PIL import Image, ImageCms

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 40), (40, 50, 190), (250, 250, 250)
QUARTERS = (RED, GREEN, BLUE, WHITE)
"""The colours at the top left, top right, bottom left and bottom right."""

# The opposite of EXIF's orientation, so that the picture is upright after the orientation is applied.
_UNDONE = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def quarters(width: int = 400, height: int = 600) -> Image.Image:
    image = Image.new("RGB", (width, height))
    across, down = width // 2, height // 2
    for place, colour in zip([(0, 0), (across, 0), (0, down), (across, down)], QUARTERS, strict=True):
        image.paste(
            colour,
            (*place, width, height)
            if place == (across, down)
            else (*place, place[0] + across + 1, place[1] + down + 1),
        )
    return image


def noise(width: int, height: int) -> Image.Image:
    return Image.merge("RGB", [Image.effect_noise((width, height), 120) for _ in range(3)])


def encoded(image: Image.Image, kind: str, **how: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **how)
    return buffer.getvalue()


def turned(orientation: int, kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    undo = _UNDONE[orientation]
    image = quarters() if undo is None else quarters().transpose(undo)
    return encoded(image, kind, exif=exif.tobytes(), quality=92)


def heic(image: Image.Image, **how: Any) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=85, **how)
    return buffer.getvalue()


def with_alpha(mode: str = "RGBA", opaque: bool = False) -> Image.Image:
    """The image with a transparent upper right quarter, unless `opaque`."""
    image = quarters().convert("RGBA")
    if not opaque:
        image.paste((30, 160, 40, 0), (200, 0, 400, 300))
    return image.convert(mode)


def frames(kind: str) -> bytes:
    later = [Image.new("RGB", (400, 600), colour) for colour in (BLUE, GREEN)]
    return encoded(quarters(), kind, save_all=True, append_images=later, duration=100, loop=0)


def deep_grey(kind: str) -> bytes:
    return encoded(quarters().convert("L").convert("I").point(lambda value: value * 257).convert("I;16"), kind)


def deep_colour() -> bytes:
    """A PNG of sixteen bits a colour, which Pillow itself cannot write."""
    width, height = 64, 96
    pixels = quarters(width, height)
    rows = b"".join(
        b"\0"
        + b"".join(bytes(two for value in pixels.getpixel((x, y)) for two in (value, value)) for x in range(width))
        for y in range(height)
    )

    def chunk(kind: bytes, payload: bytes) -> bytes:
        return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))

    head = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bomb() -> bytes:
    """A small PNG that declares a width and height of 60000 pixels."""
    small = bytearray(encoded(Image.new("1", (8, 8)), "PNG"))
    small[16:24] = struct.pack(">II", 60_000, 60_000)
    small[29:33] = struct.pack(">I", zlib.crc32(bytes(small[12:29])))
    return bytes(small)


def bomb_below_the_alarm() -> bytes:
    """10000x10000 equal pixels in 15 kB. No decoder complains about this picture."""
    return encoded(Image.new("1", (10_000, 10_000)), "PNG")


def red_green_swapped() -> bytes:
    """An ICC profile in which red is green. Without the profile a viewer shows other colours."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = int.from_bytes(profile[128:132])
    entries = {bytes(profile[at : at + 4]): at for at in range(132, 132 + 12 * count, 12)}
    red, green = entries[b"rXYZ"], entries[b"gXYZ"]
    profile[red + 4 : red + 12], profile[green + 4 : green + 12] = (
        profile[green + 4 : green + 12],
        profile[red + 4 : red + 12],
    )
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "odd!".encode("utf-16-be")).replace(b"sRGB", b"odd!")


def srgb() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def located() -> bytes:
    """A large JPEG whose metadata contain the place where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "Canary Camera"
    return encoded(quarters(2000, 3000), "JPEG", exif=exif.tobytes(), comment=b"Canary comment")


def over_20_mb() -> bytes:
    return encoded(noise(1080, 8000), "WEBP", lossless=True, method=0)


LEGAL: dict[str, Callable[[], bytes]] = {
    "plain.jpg": lambda: encoded(quarters(), "JPEG"),
    "plain.webp": lambda: encoded(quarters(), "WEBP"),
    "lossless.webp": lambda: encoded(quarters(), "WEBP", lossless=True),
    "progressive.jpg": lambda: encoded(quarters(), "JPEG", progressive=True),
    "1080x1920.jpg": lambda: encoded(quarters(1080, 1920), "JPEG"),
    "1920x1080.webp": lambda: encoded(quarters(1920, 1080), "WEBP"),
    "tiny.jpg": lambda: encoded(Image.new("RGB", (1, 1), RED), "JPEG"),
    "upright.jpg": lambda: turned(1),
    "srgb.jpg": lambda: encoded(quarters(), "JPEG", icc_profile=srgb()),
    "opaque-alpha.webp": lambda: encoded(with_alpha(opaque=True), "WEBP"),
}
"""Pictures that go to TikTok unchanged."""

MENDED: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "plain.png": (lambda: encoded(quarters(), "PNG"), {"format"}),
    "plain.bmp": (lambda: encoded(quarters(), "BMP"), {"format"}),
    "plain.tiff": (lambda: encoded(quarters(), "TIFF", compression="tiff_lzw"), {"format"}),
    "two-pages.tiff": (lambda: frames("TIFF"), {"format", "animation"}),
    "plain.heic": (lambda: heic(quarters()), {"format"}),
    "large.heic": (lambda: heic(quarters(3024, 4032)), {"format", "size"}),
    "plain.avif": (lambda: encoded(quarters(), "AVIF"), {"format"}),
    "still.gif": (lambda: encoded(quarters(), "GIF"), {"format", "colours"}),
    "animated.gif": (lambda: frames("GIF"), {"format", "colours", "animation"}),
    "animated.webp": (lambda: frames("WEBP"), {"animation"}),
    "animated.png": (lambda: frames("PNG"), {"format", "animation"}),
    **{f"orientation-{n}.jpg": (lambda n=n: turned(n), {"orientation"}) for n in range(2, 9)},
    "orientation-6.webp": (lambda: turned(6, "WEBP"), {"orientation"}),
    "orientation-3.png": (lambda: turned(3, "PNG"), {"format", "orientation"}),
    "cmyk.jpg": (lambda: encoded(quarters().convert("CMYK"), "JPEG", quality=95), {"colours"}),
    "cmyk.tiff": (lambda: encoded(quarters().convert("CMYK"), "TIFF"), {"format", "colours"}),
    "grey.jpg": (lambda: encoded(quarters().convert("L"), "JPEG"), {"colours"}),
    "odd-profile.jpg": (lambda: encoded(quarters(), "JPEG", icc_profile=red_green_swapped()), {"colours"}),
    "broken-profile.jpg": (lambda: encoded(quarters(), "JPEG", icc_profile=b"not a profile"), {"colours"}),
    "alpha.png": (lambda: encoded(with_alpha(), "PNG"), {"format", "transparency"}),
    "alpha.webp": (lambda: encoded(with_alpha(), "WEBP", lossless=True), {"transparency"}),
    "grey-alpha.png": (lambda: encoded(with_alpha("LA"), "PNG"), {"format", "colours", "transparency"}),
    "palette.png": (lambda: encoded(quarters().quantize(16), "PNG"), {"format", "colours"}),
    "palette-alpha.png": (
        lambda: encoded(with_alpha().quantize(16), "PNG"),
        {"format", "colours", "transparency"},
    ),
    "one-bit.png": (lambda: encoded(quarters().convert("1"), "PNG"), {"format", "colours"}),
    "16-bit-grey.png": (lambda: deep_grey("PNG"), {"format", "colours"}),
    "16-bit-grey.tiff": (lambda: deep_grey("TIFF"), {"format", "colours"}),
    "16-bit-colour.png": (deep_colour, {"format"}),
    "float.tiff": (lambda: encoded(quarters().convert("L").convert("F"), "TIFF"), {"format", "colours"}),
    "large.jpg": (lambda: encoded(quarters(1086, 1448), "JPEG"), {"size"}),
    "square.jpg": (lambda: encoded(quarters(1254, 1254), "JPEG"), {"size"}),
    "huge.jpg": (lambda: encoded(quarters(9000, 12_000), "JPEG"), {"size"}),
    "huge-progressive.jpg": (lambda: encoded(quarters(6000, 8000), "JPEG", progressive=True), {"size"}),
    "huge.png": (lambda: encoded(quarters(6000, 8000), "PNG", compress_level=1), {"format", "size"}),
    "huge-palette.png": (
        lambda: encoded(quarters(3000, 4000).quantize(16), "PNG"),
        {"format", "size", "colours"},
    ),
    "over-20-mb.webp": (over_20_mb, {"bytes"}),
    "located.jpg": (located, {"size"}),
    "tiny.png": (lambda: encoded(Image.new("RGB", (1, 1), RED), "PNG"), {"format"}),
    "narrow.png": (lambda: encoded(quarters(2, 5000), "PNG"), {"format"}),
}
"""Pictures that are converted to JPEG, with the reasons."""


def cut(name: str, share: float) -> bytes:
    whole = made(name)
    return whole[: int(len(whole) * share)]


def without_chunk(name: str, kind: bytes) -> bytes:
    """A PNG without its chunk of this kind."""
    whole = made(name)
    at = whole.index(kind)
    length = int.from_bytes(whole[at - 4 : at])
    return whole[: at - 4] + whole[at + 4 + length + 4 :]


BAD: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty.jpg": (lambda: b"", "source_empty"),
    "text.jpg": (lambda: b"This is a text that somebody renamed.\n" * 100, "not_a_picture"),
    "video.jpg": (lambda: b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(5000), "not_a_picture"),
    "drawing.svg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "not_a_picture"),
    "script.eps": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n", "not_a_picture"),
    "cut.jpg": (lambda: cut("1080x1920.jpg", 0.6), "picture_damaged"),
    "cut-at-its-end.jpg": (lambda: made("plain.jpg")[:-4], "picture_damaged"),
    "cut.png": (lambda: cut("plain.png", 0.6), "picture_damaged"),
    "cut.webp": (lambda: cut("plain.webp", 0.8), "picture_damaged"),
    "cut.heic": (lambda: cut("plain.heic", 0.7), "picture_damaged"),
    "cut.gif": (lambda: cut("still.gif", 0.3), "picture_damaged"),
    "without-its-palette.png": (lambda: without_chunk("palette.png", b"PLTE"), "picture_damaged"),
    "bomb.png": (bomb, "picture_too_large"),
    "quiet-bomb.png": (bomb_below_the_alarm, "picture_too_large"),
    "long.png": (lambda: encoded(Image.new("1", (70_000, 4)), "PNG"), "picture_too_large"),
}
"""Pictures that cannot be repaired, and their codes."""


@cache
def made(name: str) -> bytes:
    """The picture of this name."""
    if name in LEGAL:
        return LEGAL[name]()
    return (MENDED.get(name) or BAD[name])[0]()
