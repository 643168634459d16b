"""Reads code points (ITU-T H.273, CICP). They define a picture's colours unless an ICC profile overrides them.

HEIC and AVIF store them in a `colr` box, PNG in a `cICP` chunk, and some ICC profiles in a `cicp` tag.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from PIL import Image, ImageCms

from dropcast.media.mp4.boxes import Box, boxes, content
from dropcast.media.picture.repair_damage import png_chunks
from dropcast.media.range_reader import Reader

BT709, BT2020, DCI_P3, DISPLAY_P3 = 1, 9, 11, 12
GAMMA_22, GAMMA_28, LINEAR, SRGB, PQ, DCI, HLG = 4, 5, 8, 13, 16, 17, 18

_WIDE = (BT2020, DCI_P3, DISPLAY_P3)
_OTHER_CURVES = (GAMMA_22, GAMMA_28, LINEAR, PQ, DCI, HLG)
_HDR = (PQ, HLG)
_CHUNKS_MAX = 64
_META_MAX = 256 * 1024


@dataclass(frozen=True)
class ColourMark:
    """The code points for a picture's primaries and transfer curve."""

    primaries: int
    curve: int

    @property
    def is_hdr(self) -> bool:
        """Whether the transfer curve is an HDR curve, which contains light brighter than the white of a page."""
        return self.curve in _HDR

    @property
    def is_srgb(self) -> bool:
        """Whether viewers show these colours as sRGB."""
        return self.primaries not in _WIDE and self.curve not in _OTHER_CURVES


def colour_mark(image: Image.Image, reader: Reader, size: int) -> ColourMark | None:
    """The mark of `image`, which was opened from `reader`. None if there is no mark or the mark means sRGB.

    Also None if a profile overrides the mark. A PNG's mark and an HDR mark are never overridden. The position of
    `reader` stays unchanged.
    """
    at = reader.tell()
    marks = [_in_profile(image.info.get("icc_profile") or b""), _in_file(image, reader, size)]
    reader.seek(at)
    profiled = bool(image.info.get("icc_profile")) and image.format != "PNG"
    found = (mark for mark in marks if mark is not None and (mark.is_hdr or not profiled))
    mark = next(found, None)
    return None if mark is None or mark.is_srgb else mark


def _in_file(image: Image.Image, reader: Reader, size: int) -> ColourMark | None:
    match image.format:
        case "PNG":
            return _in_png(reader, size)
        case "HEIF":
            nclx: Any = image.info.get("nclx_profile")
            return ColourMark(nclx["color_primaries"], nclx["transfer_characteristics"]) if nclx else None
        case "AVIF":
            return _in_avif(reader, size)
        case _:
            return None


def _in_png(reader: Reader, size: int) -> ColourMark | None:
    for kind, begin, end in islice(png_chunks(reader, size), _CHUNKS_MAX):
        if kind == b"cICP" and end - begin == 4 and end <= size:
            reader.seek(begin)
            primaries, curve = reader.read(2)
            return ColourMark(primaries, curve)
        if kind == b"IDAT":
            return None
    return None


def _in_avif(reader: Reader, size: int) -> ColourMark | None:
    top = islice(boxes(reader, 0, size), _CHUNKS_MAX)
    meta = next((content(reader, box, _META_MAX) for box in top if box.kind == b"meta"), b"")
    for colr in _inside(meta, Box(b"meta", 0, 4, len(meta)), b"iprp", b"ipco", b"colr"):
        codes = meta[colr.body : colr.end]
        if codes[:4] == b"nclx" and len(codes) >= 8:
            return ColourMark(int.from_bytes(codes[4:6]), int.from_bytes(codes[6:8]))
    return None


def _inside(data: bytes, outer: Box, kind: bytes, *deeper: bytes) -> Iterator[Box]:
    for box in boxes(io.BytesIO(data), outer.body, min(outer.end, len(data))):
        if box.kind == kind and deeper:
            yield from _inside(data, box, *deeper)
        elif box.kind == kind:
            yield box


def _in_profile(profile: bytes) -> ColourMark | None:
    """The mark in a profile of version 4.4. For older profiles, the HDR mark that the profile's name shows, or None."""
    count = int.from_bytes(profile[128:132])
    for at in range(132, min(132 + 12 * count, len(profile)), 12):
        if profile[at : at + 4] == b"cicp":
            begin = int.from_bytes(profile[at + 4 : at + 8])
            codes = profile[begin + 8 : begin + 10]
            return ColourMark(codes[0], codes[1]) if len(codes) == 2 else None
    return _by_name(profile) if profile else None


def _by_name(profile: bytes) -> ColourMark | None:
    try:
        cms: Any = ImageCms
        name = str(cms.getProfileDescription(cms.getOpenProfile(io.BytesIO(profile)))).upper()
    except (ImageCms.PyCMSError, OSError):
        return None
    curve = PQ if "PQ" in name or "2084" in name else HLG if "HLG" in name else None
    return None if curve is None else ColourMark(DISPLAY_P3 if "P3" in name else BT2020, curve)
