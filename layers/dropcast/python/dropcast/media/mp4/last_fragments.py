"""Finds where the last fragments of an MP4 begin: from the file's indexes, or by a search in its last bytes."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dropcast.media.mp4.boxes import Box, boxes, content, number
from dropcast.media.mp4.tracks import TrackHeader
from dropcast.media.range_reader import Reader

TAILS = (128 * 1024, 512 * 1024, 1408 * 1024)
"""How many of the file's last bytes are searched, in this order."""

_INDEX_MAX = 1024 * 1024
_PLACES_MAX = 16


@dataclass(frozen=True)
class Place:
    """A fragment that begins at byte `begin`. `times`: the time of each track there, in ticks, if an index
    states it.
    """

    begin: int
    times: dict[int, int] = field(default_factory=dict[int, int])


def places_by_mfra(reader: Reader, size: int) -> Iterator[Place]:
    """Where each track's last fragment begins, from the index at the end of the file (`mfra`).

    Yields only two of these places: the one nearest the end of the file, then the one nearest the start.
    """
    reader.seek(max(0, size - 16))
    mfro = reader.read(16)
    length = number(mfro, 12)
    if mfro[4:8] != b"mfro" or not 24 <= length <= min(size, _INDEX_MAX):
        return
    begin = size - length + 8
    entries = [_last_entry(content(reader, box, _INDEX_MAX)) for box in boxes(reader, begin, size - 16)]
    offsets = {offset for _, _, offset in entries if offset}
    for place in sorted({max(offsets), min(offsets)}, reverse=True) if offsets else ():
        yield Place(place, {track: time for track, time, offset in entries if offset == place})


def places_by_sidx(reader: Reader, start: list[Box], size: int, tracks: dict[int, TrackHeader]) -> Iterator[Place]:
    """Where the last part begins, from each index at the start of the file (`sidx`).

    Each index divides the file into parts. Skips indexes with fewer than two parts.
    """
    for box in (box for box in start if box.kind == b"sidx"):
        sidx = content(reader, box, _INDEX_MAX)
        wide = 8 if sidx[:1] == b"\1" else 4
        at = 16 + 2 * wide
        count = min(number(sidx, at - 2, 2), (len(sidx) - at) // 12)
        parts = [(number(sidx, at + 12 * part) & 0x7FFFFFFF, number(sidx, at + 12 * part + 4)) for part in range(count)]
        begin = box.end + number(sidx, 12 + wide, wide) + sum(length for length, _ in parts[:-1])
        if count > 1 and begin < size:
            ticks = number(sidx, 12, wide) + sum(ticks for _, ticks in parts[:-1])
            yield Place(begin, _scaled(number(sidx, 4), ticks, number(sidx, 8), tracks))


def places_by_search(reader: Reader, first: int, size: int, length: int) -> Iterator[Place]:
    """Places in the last `length` bytes that look like the beginning of a fragment.

    The first fragment of the file is at `first`.
    """
    begin = max(first, size - length)
    reader.seek(begin)
    tail = reader.read(size - begin)
    at, found = tail.find(b"mfhd"), 0
    while at >= 0 and found < _PLACES_MAX:
        if at >= 12 and tail[at - 8 : at - 4] == b"moof":
            found += 1
            yield Place(begin + at - 12)
        at = tail.find(b"mfhd", at + 1)


def _last_entry(tfra: bytes) -> tuple[int, int, int]:
    """The track's id, and the time (in ticks) and the offset of its last fragment, from the track's index."""
    wide = 8 if tfra[:1] == b"\1" else 4
    lengths = number(tfra, 8)
    stride = 2 * wide + 3 + sum(lengths >> shift & 3 for shift in (0, 2, 4))
    count = min(number(tfra, 12), (len(tfra) - 16) // stride)
    at = 16 + (count - 1) * stride
    return (number(tfra, 4), number(tfra, at, wide), number(tfra, at + wide, wide)) if count > 0 else (0, 0, 0)


def _scaled(track_id: int, ticks: int, timescale: int, tracks: dict[int, TrackHeader]) -> dict[int, int]:
    track = tracks.get(track_id)
    return {track_id: ticks * track.timescale // timescale} if track and timescale else {}
