"""Writes a playable video of any size: the sample, padded with a box that players skip."""

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

SAMPLE = Path(__file__).resolve().parent.parent / "tests" / "media" / "sample.mp4"
_BOX_HEADER_BYTES = 8


def padded_video(path: Path, size: int) -> str:
    """Write a playable MP4 of exactly `size` bytes to `path`. Return its SHA-256 in hex.

    `size` is at least the sample's size plus 8 bytes. The padding varies, so that swapped chunks change the hash.
    """
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for piece in _pieces(size):
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def _pieces(size: int) -> Iterator[bytes]:
    sample = SAMPLE.read_bytes()
    padding = size - len(sample)
    if padding < _BOX_HEADER_BYTES:
        raise ValueError(f"a padded video has at least {len(sample) + _BOX_HEADER_BYTES} bytes")
    yield sample
    yield struct.pack(">I4s", padding, b"free")
    left, number = padding - _BOX_HEADER_BYTES, 0
    while left:
        piece = hashlib.sha256(number.to_bytes(8, "big")).digest() * 2048
        yield piece[:left]
        left, number = left - min(left, len(piece)), number + 1
