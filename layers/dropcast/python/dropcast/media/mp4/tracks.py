"""The tracks of an MP4 or QuickTime file, from the sample tables and edit lists in its `moov` box.

The durations in the headers (mvhd, tkhd, mdhd) are not used: recorders leave them at 0, and editors let them wrap
around. A track ends where its last sample ends (ISO 14496-12 sections 8.6.1.2 and 8.6.6).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dropcast.media.mp4.boxes import Box, boxes, content, number
from dropcast.media.range_reader import Reader

_BOXES_MAX = 64
_TRACKS_MAX = 32
_HEADER_MAX = 128
_TABLE_MAX = 4 * 1024 * 1024
_EDITS_MAX = 64 * 1024
_EMPTY = -1


@dataclass(frozen=True)
class TrackHeader:
    """A track. Times are in ticks, `timescale` per second.

    `base_ticks`: where the last sample in the `moov` itself ends. `default_ticks`: the duration of a fragment's sample
    if the fragment does not state one. `shown_ms`: how long a player shows the track, which is the part of the samples
    that the edit list uses. It is None if the tables do not state it.
    """

    track_id: int
    handler: bytes
    timescale: int
    base_ticks: int
    default_ticks: int
    shown_ms: int | None

    @property
    def is_video(self) -> bool:
        """Whether the track holds pictures."""
        return self.handler == b"vide"

    @property
    def is_media(self) -> bool:
        """Whether the track holds pictures or sound. Chapters, time codes and sensor data have tracks too."""
        return self.handler in (b"vide", b"soun")


@dataclass(frozen=True)
class _Edit:
    """A line of an edit list.

    It has a duration in ticks of the movie (0: to the end of the media), a start in the media, and a mark for a still
    picture.
    """

    ticks: int
    media_time: int
    is_still: bool


def find_moov(reader: Reader, size: int) -> Box | None:
    """The `moov` box of the file of `size` bytes, or None."""
    return next((box for box in islice(boxes(reader, 0, size), _BOXES_MAX) if box.kind == b"moov"), None)


def read_tracks(reader: Reader, moov: Box) -> dict[int, TrackHeader]:
    """The tracks that `moov` describes, by their ids."""
    movie = _content(reader, moov, b"mvhd")
    movie_timescale = number(movie, 20 if movie[:1] == b"\1" else 12)
    extends = (content(reader, trex, _HEADER_MAX) for trex in _inside(reader, moov, b"mvex", b"trex"))
    defaults = {number(trex, 4): number(trex, 12) for trex in extends}
    traks = islice(_inside(reader, moov, b"trak"), _TRACKS_MAX)
    tracks = [_read_track(reader, trak, defaults, movie_timescale) for trak in traks]
    return {track.track_id: track for track in tracks}


def sane_ticks(ticks: int) -> int:
    """The duration of a sample. Some writers store a negative number, which becomes 0."""
    return ticks if ticks < 1 << 31 else 0


def _read_track(reader: Reader, trak: Box, defaults: dict[int, int], movie_timescale: int) -> TrackHeader:
    header = _content(reader, trak, b"tkhd")
    media = _content(reader, trak, b"mdia", b"mdhd")
    handler = _content(reader, trak, b"mdia", b"hdlr")[8:12]
    track_id = number(header, 20 if header[:1] == b"\1" else 12)
    timescale = number(media, 20 if media[:1] == b"\1" else 12)
    table = next(_inside(reader, trak, b"mdia", b"minf", b"stbl"), None)
    ticks = _last_tick(reader, table) if table else None
    shown = None
    if table and ticks is not None and timescale:
        edits = list(_edits(_content(reader, trak, b"edts", b"elst", most=_EDITS_MAX)))
        shown = round(1000 * _shown_seconds(edits, movie_timescale, ticks, _delay(reader, table), timescale))
    return TrackHeader(track_id, handler, timescale, ticks or 0, defaults.get(track_id, 0), shown)


def _last_tick(reader: Reader, table: Box) -> int | None:
    """Where the last sample ends. None if the tables do not state it.

    If the table of times is too short, its last duration applies to the remaining samples.
    """
    times = _content(reader, table, b"stts", most=_TABLE_MAX)
    lines = list(struct.iter_unpack(">II", times[8 : 8 + min(number(times, 4), (len(times) - 8) // 8) * 8]))
    samples = _samples(reader, table)
    left = sum(count for count, _ in lines) if samples is None else samples
    if left and (not lines or len(times) == _TABLE_MAX):
        return None
    ticks = 0
    for count, each in lines:
        ticks += min(count, left) * sane_ticks(each)
        left -= min(count, left)
    return ticks + (left * sane_ticks(lines[-1][1]) if lines else 0)


def _samples(reader: Reader, table: Box) -> int | None:
    """How many samples the table of sizes lists. None if there is no such table."""
    for kind, bits in ((b"stsz", 32), (b"stz2", 4)):
        box = next(_inside(reader, table, kind), None)
        if box is not None:
            sizes = content(reader, box, 12)
            all_the_same = kind == b"stsz" and number(sizes, 4) > 0
            listed = (box.end - box.body - 12) * 8 // bits
            return number(sizes, 8) if all_the_same else max(0, min(number(sizes, 8), listed))
    return None


def _delay(reader: Reader, table: Box) -> int:
    """How many ticks pass between decoding and showing the first picture. The end of the track has this delay too."""
    offsets = _content(reader, table, b"ctts", most=16)
    first = number(offsets, 12)
    return first if first < 1 << 31 else 0


def _edits(elst: bytes) -> Iterator[_Edit]:
    line = struct.Struct(">QqhH" if elst[:1] == b"\1" else ">IihH")
    unknown = 1 << (63 if elst[:1] == b"\1" else 31)
    count = min(number(elst, 4), max(0, len(elst) - 8) // line.size)
    for ticks, media_time, rate, _ in line.iter_unpack(elst[8 : 8 + count * line.size]):
        yield _Edit(ticks if ticks < unknown else 0, media_time, rate == 0)


def _shown_seconds(edits: list[_Edit], movie_timescale: int, ticks: int, delay: int, timescale: int) -> float:
    """How long media of `ticks` ticks is shown, in seconds. An edit list is ignored if none of its lines shows
    media.
    """
    if not movie_timescale or all(edit.media_time < 0 for edit in edits):
        return ticks / timescale
    return sum(_edit_seconds(edit, movie_timescale, (ticks + delay) / timescale, timescale) for edit in edits)


def _edit_seconds(edit: _Edit, movie_timescale: int, media_end: float, timescale: int) -> float:
    asked = edit.ticks / movie_timescale
    left = max(0.0, media_end - edit.media_time / timescale)
    if edit.media_time <= _EMPTY or (edit.is_still and left):
        return asked
    return min(asked or left, left)


def _inside(reader: Reader, outer: Box, *path: bytes) -> Iterator[Box]:
    """The boxes at `path` within `outer`."""
    kind, *deeper = path
    for box in boxes(reader, outer.body, outer.end):
        if box.kind == kind and deeper:
            yield from _inside(reader, box, *deeper)
        elif box.kind == kind:
            yield box


def _content(reader: Reader, outer: Box, *path: bytes, most: int = _HEADER_MAX) -> bytes:
    """The content of the first box at `path` within `outer`. Empty if there is no such box."""
    box = next(_inside(reader, outer, *path), None)
    return content(reader, box, most) if box else b""
