"""Repairs pictures whose damage is not in their pixels: broken texts, wrong checksums, a missing end marker.

Viewers open such pictures, but strict decoders refuse them. The removed parts contain no pixels and do not affect
colours.
"""

import io
import random
import zlib
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from PIL import Image, ImageChops

from dropcast.media.picture.turn_and_shrink import target
from dropcast.media.range_reader import Reader

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_PIXELS = (b"IHDR", b"PLTE", b"IDAT")
# Chunks that affect how the pixels are shown. They are kept if they are intact.
_PNG_COLOURS = (b"tRNS", b"iCCP", b"cICP", b"eXIf")
_PNG_CHUNKS_MAX = 100_000
_KEPT_MAX = 16 * 1024 * 1024

_END_MARK = b"\xff\xd9"
_SEGMENTS_MAX = 1000
_SCAN = 0xDA
# Markers without content: TEM, RST, SOI.
_BARE = (0x01, *range(0xD0, 0xD9))
_FILLER = bytes(random.Random(0).randrange(0xFF) for _ in range(4096))  # noqa: S311 (noise, no secret)

_WEBP_PIXELS = (b"VP8 ", b"VP8L", b"ALPH")
_WEBP_ICC_FLAG, _WEBP_ALPHA_FLAG = 0x20, 0x10


def without_damage(data: bytes) -> bytes | None:
    """The picture without its damaged parts. None if the format cannot be repaired, or if pixels are missing."""
    reader = io.BytesIO(data)
    match data[:4]:
        case b"\x89PNG":
            return b"".join(_png(reader, len(data)))
        case b"RIFF":
            return _webp(data)
        case start if start[:2] == b"\xff\xd8":
            cleaned = b"".join(_jpeg_header(reader, len(data))) + reader.read().rstrip(b"\xff") + _END_MARK
            return cleaned if _has_all_pixels(cleaned) else None
        case _:
            return None


def header_without_damage(reader: Reader, size: int) -> bytes | None:
    """The part of a PNG or JPEG before its pixels, without damaged parts.

    For a WebP it is the first picture, because the decoder needs the pixels too. None for other formats. Raises
    exceptions of `reader`.
    """
    reader.seek(0)
    start = reader.read(8)
    if start == _PNG:
        return b"".join(_png(reader, size, with_pixels=False))
    if start[:4] == b"RIFF":
        return _webp(start + reader.read(size))
    return b"".join(_jpeg_header(reader, size)) if start[:2] == b"\xff\xd8" else None


def lacks_end_mark(jpeg: bytes) -> bool:
    """Whether the JPEG lacks the end marker after the last scan. Only some decoders accept such a file."""
    return jpeg.rfind(_END_MARK) < jpeg.rfind(b"\xff\xda")


def png_chunks(reader: Reader, size: int) -> Iterator[tuple[bytes, int, int]]:
    """The chunks of a PNG: the kind of each, and where its content begins and ends in the file."""
    at = len(_PNG)
    while at + 8 <= size:
        reader.seek(at)
        header = reader.read(8)
        length, kind = int.from_bytes(header[:4]), header[4:]
        if not kind.isalpha():
            return
        yield kind, at + 8, at + 8 + length
        at += 12 + length


def _png(reader: Reader, size: int, *, with_pixels: bool = True) -> Iterator[bytes]:
    yield _PNG
    for kind, begin, end in islice(png_chunks(reader, size), _PNG_CHUNKS_MAX):
        if kind == b"IDAT" and not with_pixels:
            yield bytes(4) + kind
            return
        if kind in _PNG_PIXELS or (kind in _PNG_COLOURS and end - begin <= _KEPT_MAX):
            reader.seek(begin - 8)
            chunk = reader.read(end - begin + 12)
            if kind in _PNG_PIXELS or _is_whole(kind, chunk):
                yield chunk
    yield bytes(4) + b"IEND" + zlib.crc32(b"IEND").to_bytes(4)


def _is_whole(kind: bytes, chunk: bytes) -> bool:
    if zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:]):
        return False
    if kind != b"iCCP":
        return True
    unpacking = zlib.decompressobj()
    with suppress(zlib.error):
        unpacking.decompress(chunk[8:-4].partition(b"\0")[2][1:], _KEPT_MAX)
    return unpacking.eof


def _jpeg_header(reader: Reader, size: int) -> Iterator[bytes]:
    """The segments up to the first scan, and the header of that scan. Leaves `reader` at the end of this header."""
    yield b"\xff\xd8"
    at = 2
    for _ in range(_SEGMENTS_MAX):
        reader.seek(at)
        head = reader.read(4)
        if len(head) < 4 or at >= size:
            return
        if head[0] != 0xFF or head[1] == 0xFF or head[1] in _BARE:
            at += 1 if head[0] != 0xFF or head[1] == 0xFF else 2
            continue
        length = max(2, int.from_bytes(head[2:]))
        content = reader.read(length - 2)
        if _shapes_pixels(head[1], content):
            yield head + content
        if head[1] == _SCAN:
            return
        at += 2 + length


def _shapes_pixels(marker: int, content: bytes) -> bool:
    """Whether the segment is needed to decode or show the pixels. Comments and manufacturers' data are not."""
    match marker:
        case 0xE1:
            return content.startswith(b"Exif\0\0")
        case 0xE2:
            return content.startswith(b"ICC_PROFILE\0")
        case 0xE0 | 0xEE:
            return content.startswith((b"JFIF\0", b"Adobe"))
        case _:
            return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _has_all_pixels(jpeg: bytes) -> bool:
    """Whether the scans are complete, so that no byte after them changes a pixel."""
    ended = _decoded(jpeg)
    return ImageChops.difference(ended, _decoded(jpeg[:-2] + _FILLER + _END_MARK)).getbbox() is None


def _decoded(jpeg: bytes) -> Image.Image:
    with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as image:
        image.draft(None, target(image.size))  # pyright: ignore[reportArgumentType] # None keeps the mode
        return image.convert("RGB")


def _webp(data: bytes) -> bytes | None:
    """The first picture of a WebP, without the other chunks. None if there is no complete picture."""
    chunks = list(_webp_chunks(data))
    kept = [(kind, content) for kind, content in chunks if kind in (*_WEBP_PIXELS, b"ICCP")]
    kinds = {kind for kind, _ in kept}
    extended = next((content for kind, content in chunks if kind == b"VP8X" and len(content) == 10), None)
    if data[8:12] != b"WEBP" or not kinds & {b"VP8 ", b"VP8L"}:
        return None
    if extended is not None:
        flags = extended[0] & _WEBP_ALPHA_FLAG | (_WEBP_ICC_FLAG if b"ICCP" in kinds else 0)
        kept.insert(0, (b"VP8X", bytes([flags]) + extended[1:]))
    body = b"".join(
        kind + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2) for kind, content in kept
    )
    return b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The complete chunks of a WebP."""
    at = 12
    while at + 8 <= len(data):
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > len(data):
            return
        yield data[at : at + 4], data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
