"""Makes pictures of the four quarters in wide primaries and HDR values, with marks that declare them."""

import io
import struct
from collections.abc import Callable, Iterable
from math import log

import pillow_heif
from PIL import Image, ImageCms

from tests.media.damaged_pictures import chunk
from tests.media.pictures import QUARTERS, encoded, quarters

BT2020, DCI_P3, P3 = 9, 11, 12
SRGB, LINEAR, PQ, HLG, BT709 = 13, 8, 16, 18, 1
_WHITE = 203

# From the primaries of sRGB, in linear light.
_TO = {
    BT2020: ((0.627404, 0.329283, 0.043313), (0.069097, 0.919540, 0.011362), (0.016391, 0.088013, 0.895595)),
    P3: ((0.822462, 0.177538, 0.0), (0.033194, 0.966806, 0.0), (0.017083, 0.072397, 0.910520)),
    1: ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)),
}


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _pq(light: float) -> float:
    power = (light * _WHITE / 10_000) ** 0.1593017578125
    return ((0.8359375 + 18.8515625 * power) / (1 + 18.6875 * power)) ** 78.84375


def _hlg(light: float) -> float:
    scene = (light * _WHITE / 1000) ** (1 / 1.2)
    if scene <= 1 / 12:
        return (3 * scene) ** 0.5
    return 0.17883277 * log(12 * scene - 0.28466892) + 0.55991073


def _srgb(light: float) -> float:
    return 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055


_CURVES: dict[int, Callable[[float], float]] = {PQ: _pq, HLG: _hlg, SRGB: _srgb, BT709: _srgb, LINEAR: lambda x: x}


def numbers(colour: Iterable[int], primaries: int, curve: int, light: float = 1) -> tuple[int, int, int]:
    """The values in a marked file for this sRGB colour, made `light` times as bright."""
    linear = [_linear(part / 255) for part in colour]
    wide = (sum(share * part for share, part in zip(row, linear, strict=True)) for row in _TO[primaries])
    red, green, blue = (round(255 * _CURVES[curve](light * part)) for part in wide)
    return red, green, blue


def drawn(primaries: int, curve: int) -> Image.Image:
    image = quarters()
    meant = dict(zip(QUARTERS, (numbers(colour, primaries, curve) for colour in QUARTERS), strict=True))
    across, down = image.width // 2, image.height // 2
    for place, colour in zip([(0, 0), (across, 0), (0, down), (across, down)], QUARTERS, strict=True):
        image.paste(meant[colour], (*place, place[0] + across, place[1] + down))
    return image


def png(primaries: int, curve: int, image: Image.Image | None = None) -> bytes:
    data = encoded(image or drawn(primaries, curve), "PNG")
    return data[:33] + chunk(b"cICP", bytes([primaries, curve, 0, 1])) + data[33:]


def heic(primaries: int, curve: int) -> bytes:
    buffer = io.BytesIO()
    marks = {"color_primaries": primaries, "transfer_characteristics": curve, "matrix_coefficients": 9}
    file = pillow_heif.from_pillow(drawn(primaries, curve))
    file.save(buffer, quality=95, chroma=444, full_range_flag=1, **marks)
    return buffer.getvalue()


def avif(primaries: int, curve: int) -> bytes:
    data = encoded(drawn(primaries, curve), "AVIF", quality=95)
    at = data.index(b"colrnclx") + 8
    return data[:at] + struct.pack(">HH", primaries, curve) + data[at + 4 :]


def with_cicp_tag(primaries: int, curve: int) -> bytes:
    """A profile of version 4.4: sRGB for old readers, and a tag that declares the meaning of the values."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = int.from_bytes(profile[128:132])
    tag = b"cicp" + bytes(4) + bytes([primaries, curve, 0, 1])
    table = bytearray(profile[132 : 132 + 12 * count])
    for at in range(0, len(table), 12):
        begin = int.from_bytes(table[at + 4 : at + 8]) + 12
        table[at + 4 : at + 8] = struct.pack(">I", begin)
    body = profile[132 + 12 * count :]
    end = 132 + 12 * (count + 1) + len(body)
    table += b"cicp" + struct.pack(">II", end, len(tag))
    whole = profile[:128] + struct.pack(">I", count + 1) + bytes(table) + body + tag
    return struct.pack(">I", len(whole)) + whole[4:]


def named(name: str) -> bytes:
    """sRGB's own profile under another name of four letters."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return profile.replace("sRGB".encode("utf-16-be"), name.encode("utf-16-be")).replace(b"sRGB", name.encode())


MARKED: dict[str, Callable[[], bytes]] = {
    "pq.png": lambda: png(BT2020, PQ),
    "hlg.png": lambda: png(BT2020, HLG),
    "pq-p3.png": lambda: png(P3, PQ),
    "hlg-p3.png": lambda: png(P3, HLG),
    "wide.png": lambda: png(BT2020, BT709),
    "p3.png": lambda: png(P3, SRGB),
    "linear.png": lambda: png(1, LINEAR),
    "pq-transparent.png": lambda: png(BT2020, PQ, drawn(BT2020, PQ).convert("RGBA")),
    "pq-palette.png": lambda: png(BT2020, PQ, drawn(BT2020, PQ).quantize(16)),
    "pq.heic": lambda: heic(BT2020, PQ),
    "hlg.heic": lambda: heic(BT2020, HLG),
    "p3.heic": lambda: heic(P3, SRGB),
    "pq.avif": lambda: avif(BT2020, PQ),
    "hlg.avif": lambda: avif(BT2020, HLG),
    "p3.avif": lambda: avif(P3, SRGB),
    "pq-tag.jpg": lambda: encoded(drawn(BT2020, PQ), "JPEG", quality=95, icc_profile=with_cicp_tag(BT2020, PQ)),
    "hlg-tag.webp": lambda: encoded(drawn(BT2020, HLG), "WEBP", quality=95, icc_profile=with_cicp_tag(BT2020, HLG)),
    "pq-name.jpg": lambda: encoded(drawn(BT2020, PQ), "JPEG", quality=95, icc_profile=named("PQ  ")),
    "hlg-name.png": lambda: encoded(drawn(BT2020, HLG), "PNG", icc_profile=named("HLG ")),
}

AS_THEY_ARE: dict[str, Callable[[], bytes]] = {
    "marked-srgb.png": lambda: png(1, SRGB, quarters()),
    "marked-bt709.png": lambda: png(1, BT709, quarters()),
    "not-marked.png": lambda: png(2, 2, quarters()),
    "mark-cut.png": lambda: encoded(quarters(), "PNG")[:33] + chunk(b"cICP", b"\x09") + encoded(quarters(), "PNG")[33:],
}
