"""Makes damaged pictures that viewers still open, and pictures that lack pixels."""

import struct
import zlib
from collections.abc import Callable

from PIL import PngImagePlugin

from tests.media.pictures import encoded, frames, made, quarters


def chunk(kind: bytes, content: bytes, *, crc: int | None = None) -> bytes:
    right = zlib.crc32(kind + content) if crc is None else crc
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", right)


def with_chunk(more: bytes, before: bytes = b"IDAT", name: str = "plain.png") -> bytes:
    data = made(name)
    at = data.index(before) - 4
    return data[:at] + more + data[at:]


def wrong_crc(kind: bytes, data: bytes) -> bytes:
    at = data.index(kind) - 4
    end = at + 8 + struct.unpack(">I", data[at : at + 4])[0]
    return data[:end] + b"\xde\xad\xbe\xef" + data[end + 4 :]


def packed(megabytes: int) -> bytes:
    return zlib.compress(bytes(megabytes << 20))


def text(megabytes: int, zipped: bool) -> bytes:
    """A text chunk as Pillow writes it."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "a" * (megabytes << 20), zip=zipped)
    return encoded(quarters(), "PNG", pnginfo=info)


def with_segment(marker: int, content: bytes, length: int | None = None) -> bytes:
    data = made("plain.jpg")
    return data[:2] + bytes([0xFF, marker]) + struct.pack(">H", length or 2 + len(content)) + content + data[2:]


def webp_with(kind: bytes, content: bytes, cut: int = 0, riff: int = 0) -> bytes:
    data = encoded(quarters(), "WEBP", exif=b"Exif\0\0" + bytes(100))
    data += kind + struct.pack("<I", len(content)) + content
    data = data[: len(data) - cut]
    return data[:4] + struct.pack("<I", len(data) - 8 + cut + riff) + data[8:]


def broken_exif() -> bytes:
    return with_segment(0xE1, b"Exif\0\0MM\0\x2a\0\0\0\x08\xff\xff" + b"\x01\x12\0\3" * 4)


def no_end_mark(name: str) -> bytes:
    return made(name)[:-2]


REPAIRED: dict[str, Callable[[], bytes]] = {
    "text-2-mb-packed.png": lambda: text(2, zipped=True),
    "text-2-mb.png": lambda: text(2, zipped=False),
    "text-40-mb-packed.png": lambda: text(40, zipped=True),
    "text-of-other-kind-100-mb.png": lambda: with_chunk(chunk(b"iTXt", b"a\0\1\0\0\0" + packed(100))),
    "many-texts.png": lambda: with_chunk(b"".join(chunk(b"zTXt", b"a\0\0" + packed(9)) for _ in range(12))),
    "text-wrong-crc.png": lambda: with_chunk(chunk(b"tEXt", b"a\0b", crc=1)),
    "packed-text-wrong-crc.png": lambda: with_chunk(chunk(b"zTXt", b"a\0\0" + packed(1), crc=1)),
    "text-behind-wrong-crc.png": lambda: with_chunk(chunk(b"tEXt", b"a\0b", crc=1), before=b"IEND"),
    "packed-text-broken.png": lambda: with_chunk(chunk(b"zTXt", b"a\0\0no zlib")),
    "packed-text-of-unknown-method.png": lambda: with_chunk(chunk(b"zTXt", b"a\0\7" + packed(1))),
    "text-cut.png": lambda: with_chunk(chunk(b"iTXt", b"a\0")),
    "time-wrong-crc.png": lambda: with_chunk(chunk(b"tIME", bytes(7), crc=1)),
    "own-chunk-wrong-crc.png": lambda: with_chunk(chunk(b"maKe", b"private", crc=1)),
    "profile-wrong-crc.png": lambda: with_chunk(chunk(b"iCCP", b"a\0\0" + packed(1), crc=1)),
    "profile-100-mb.png": lambda: with_chunk(chunk(b"iCCP", b"a\0\0" + packed(100))),
    "profile-broken.png": lambda: with_chunk(chunk(b"iCCP", b"a\0\0no zlib")),
    "resolution-cut.png": lambda: with_chunk(chunk(b"pHYs", b"\0")),
    "gamma-cut.png": lambda: with_chunk(chunk(b"gAMA", b"\0")),
    "exif-broken.png": lambda: with_chunk(chunk(b"eXIf", b"MM\0\x2a\0\0\xff\xff")),
    "animation-broken.png": lambda: with_chunk(chunk(b"acTL", b"\0")),
    "frame-broken.png": lambda: with_chunk(chunk(b"acTL", bytes(7) + b"\2" + bytes(4)) + chunk(b"fcTL", b"\0")),
    "no-end-chunk.png": lambda: made("plain.png")[:-12],
    "junk-behind.png": lambda: made("plain.png") + b"junk" * 100,
    "no-end-mark.jpg": lambda: no_end_mark("plain.jpg"),
    "no-end-mark-progressive.jpg": lambda: no_end_mark("progressive.jpg"),
    "no-end-mark-large.jpg": lambda: no_end_mark("large.jpg"),
    "no-end-mark-cmyk.jpg": lambda: no_end_mark("cmyk.jpg"),
    "no-end-mark-turned.jpg": lambda: no_end_mark("orientation-6.jpg"),
    "exif-broken.jpg": broken_exif,
    "pictures-of-many-broken.jpg": lambda: with_segment(0xE2, b"MPF\0MM\0\x2a\xff\xff\xff\xff"),
    "maker-notes-broken.jpg": lambda: with_segment(0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\xff\xff\xff\xff"),
    "comment-of-nothing.jpg": lambda: with_segment(0xFE, b""),
    "profile-in-parts-that-miss.jpg": lambda: with_segment(0xE2, b"ICC_PROFILE\0\2\3" + bytes(50)),
    "junk-behind.jpg": lambda: made("plain.jpg") + b"junk" * 100,
    "junk-between-segments.jpg": lambda: made("plain.jpg")[:2] + bytes(9) + made("plain.jpg")[2:],
    "exif-cut.webp": lambda: webp_with(b"XMP ", bytes(300), cut=200),
    "length-too-small.webp": lambda: webp_with(b"XMP ", bytes(300), riff=-20),
    "length-too-large.webp": lambda: webp_with(b"XMP ", bytes(300), riff=5000),
    "no-trailer.gif": lambda: encoded(quarters(), "GIF")[:-1],
    "later-frames-missing.gif": lambda: frames("GIF")[:-40],
}
"""Each picture shows the four quarters of `pictures.quarters`."""

LACKING: dict[str, Callable[[], bytes]] = {
    "scan-cut-by-2.jpg": lambda: made("plain.jpg")[:-4],
    "scan-cut.jpg": lambda: made("plain.jpg")[: len(made("plain.jpg")) * 3 // 4],
    "scan-cut-progressive.jpg": lambda: made("progressive.jpg")[: len(made("progressive.jpg")) // 2],
    "no-scan.jpg": lambda: made("plain.jpg")[: made("plain.jpg").index(b"\xff\xda")] + b"\xff\xd9",
    "header-alone.jpg": lambda: made("plain.jpg")[:20],
    "header-alone.png": lambda: made("plain.png")[:33],
    "header-wrong-crc.png": lambda: wrong_crc(b"IHDR", made("plain.png")),
    "palette-wrong-crc.png": lambda: wrong_crc(b"PLTE", made("palette.png")),
    "pixels-cut.webp": lambda: made("plain.webp")[: len(made("plain.webp")) // 2],
}
