"""How long a fragmented MP4 lasts, learnt from its first and its last fragments instead of from all of them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dropcast.media.boxes import Box, boxes, content, number
from dropcast.media.moof import Run, TrackHeader, runs, track_headers
from dropcast.media.ranges import Reader

_BOXES_BEFORE_FRAGMENTS = 16
_HEAD = 128 * 1024
_TAILS = (128 * 1024, 512 * 1024, 1408 * 1024)
_MOOV_MAX = 4 * 1024 * 1024
_MOOF_MAX = 1024 * 1024
_MFRA_MAX = 1024 * 1024
_WALK_MAX = 4096
# Where each box may cost a read of its own.
_HOPS_MAX = 64
_PLACES_MAX = 16
# A rate is one of these where it comes this near: durations in whole ticks do not say it more exactly.
_RATES_MILLI = (23_976, 24_000, 25_000, 29_970, 30_000, 50_000, 59_940, 60_000)
_NEAR = 0.003


@dataclass(frozen=True)
class Fragments:
    """What the fragments tell. `head_end` is where a look at the file's kind may end, in bytes. The duration (ms) and
    the frame rate (frames in 1000 s) are None where they are not told, or where the rate changes."""

    head_end: int
    cut_short: bool
    duration_ms: int | None
    frame_rate_milli: int | None


@dataclass(frozen=True)
class _Stretch:
    """Some fragments that follow one another, and where the last box begun among them ends."""

    found: list[Run]
    end: int


def fragments(reader: Reader, size: int) -> Fragments | None:
    """What the fragments of the file of `size` bytes tell, or None where it has none. What `reader` raises comes
    through."""
    start = list(_up_to_first_fragment(reader, size))
    moov = next((box for box in start if box.kind == b"moov"), None)
    if moov is None or start[-1].kind != b"moof":
        return None
    tracks = track_headers(content(reader, moov, _MOOV_MAX))
    first = start[-1]
    head_end = min(size, max(first.end, first.begin + _HEAD))
    head = _stretch(reader, first.begin, head_end, tracks)
    tail = _last_fragments(reader, start, size, tracks)
    if tail is None:
        return Fragments(head_end, cut_short=False, duration_ms=None, frame_rate_milli=None)
    duration_ms = _duration_ms(head.found, tail.found, tracks)
    return Fragments(head_end, tail.end > size, duration_ms, _frame_rate_milli(head.found, tail.found, tracks))


def _up_to_first_fragment(reader: Reader, size: int) -> Iterator[Box]:
    for box in islice(boxes(reader, 0, size), _BOXES_BEFORE_FRAGMENTS):
        yield box
        if box.kind == b"moof":
            return


def _stretch(reader: Reader, begin: int, end: int, tracks: dict[int, TrackHeader]) -> _Stretch:
    """The fragments between `begin` and `end`."""
    most = _WALK_MAX if end - begin <= _TAILS[-1] else _HOPS_MAX
    way = list(islice(boxes(reader, begin, end), most))
    moofs = (box for box in way if box.kind == b"moof" and box.end <= end)
    found = [run for box in moofs for run in runs(content(reader, box, _MOOF_MAX), tracks)]
    return _Stretch(found, way[-1].end if way else begin)


def _last_fragments(reader: Reader, start: list[Box], size: int, tracks: dict[int, TrackHeader]) -> _Stretch | None:
    """The fragments from some place near the end on, by the first way that leads to any."""
    places = (_by_mfra(reader, size), _by_sidx(reader, start, size), _by_search(reader, start[-1].begin, size))
    for place in (place for way in places for place in islice(way, _PLACES_MAX)):
        stretch = _stretch(reader, place, size, tracks)
        if stretch.found and stretch.end >= size:
            return stretch
    return _by_hops(reader, start[-1].begin, size, tracks)


def _by_mfra(reader: Reader, size: int) -> Iterator[int]:
    """Where the last fragment begins that the index at the end (`mfra`) names."""
    reader.seek(max(0, size - 16))
    mfro = reader.read(16)
    length = number(mfro, 12)
    if mfro[4:8] != b"mfro" or not 24 <= length <= min(size, _MFRA_MAX):
        return
    index = Box(b"mfra", size - length, size - length + 8, size)
    entries = [_last_offset(content(reader, box, _MFRA_MAX)) for box in boxes(reader, index.body, size - 16)]
    if any(entries):
        yield max(entries)


def _last_offset(tfra: bytes) -> int:
    wide = 8 if tfra[:1] == b"\1" else 4
    lengths = number(tfra, 8)
    stride = 2 * wide + 3 + sum(lengths >> shift & 3 for shift in (0, 2, 4))
    count = min(number(tfra, 12), (len(tfra) - 16) // stride)
    return number(tfra, 16 + (count - 1) * stride + wide, wide) if count > 0 else 0


def _by_sidx(reader: Reader, start: list[Box], size: int) -> Iterator[int]:
    """Where the last part begins that the index at the start (`sidx`) names, if it names them all."""
    for box in (box for box in start if box.kind == b"sidx"):
        sidx = content(reader, box, _MOOF_MAX)
        wide = 8 if sidx[:1] == b"\1" else 4
        at = 12 + 2 * wide
        count = min(number(sidx, at + 2, 2), (len(sidx) - at - 4) // 12)
        sizes = [number(sidx, at + 4 + 12 * part) & 0x7FFFFFFF for part in range(count)]
        begin = box.end + number(sidx, at - wide, wide) + sum(sizes[:-1])
        if count > 1 and begin < size:
            yield begin


def _by_search(reader: Reader, first: int, size: int) -> Iterator[int]:
    """Where a fragment begins in the last bytes of the file: longer and longer ends of it are searched."""
    for length in _TAILS:
        begin = max(first, size - length)
        reader.seek(begin)
        tail = reader.read(size - begin)
        at = tail.find(b"mfhd")
        while at >= 0:
            if at >= 12 and tail[at - 8 : at - 4] == b"moof":
                yield begin + at - 12
            at = tail.find(b"mfhd", at + 1)
        if begin == first:
            return


def _by_hops(reader: Reader, first: int, size: int, tracks: dict[int, TrackHeader]) -> _Stretch | None:
    """From fragment to fragment, where they are few and large."""
    way = list(islice(boxes(reader, first, size), _HOPS_MAX))
    last = next((box for box in reversed(way) if box.kind == b"moof"), None)
    if last is None or way[-1].end < size:
        return None
    return _stretch(reader, last.begin, size, tracks)


def _duration_ms(head: list[Run], tail: list[Run], tracks: dict[int, TrackHeader]) -> int | None:
    """How long the pictures last; where the last fragments hold none, how long what they hold lasts."""
    lasting = {
        run.track_id: (run.end - _begin(head, tracks[run.track_id])) for run in sorted(tail, key=lambda r: r.end)
    }
    pictures = [track for track in lasting if tracks[track].is_video] or list(lasting)
    longest = max((lasting[track] * 1000 / tracks[track].timescale for track in pictures), default=0)
    return max(0, round(longest)) or None


def _begin(head: list[Run], track: TrackHeader) -> int:
    """When the first fragment of `track` begins, less what lies before it: a recording's clock may have run before."""
    return max(0, min((run.begin for run in head if run.track_id == track.track_id), default=0) - track.base_ticks)


def _frame_rate_milli(head: list[Run], tail: list[Run], tracks: dict[int, TrackHeader]) -> int | None:
    first, last = _steady_rate(head, tracks), _steady_rate(tail, tracks)
    if first is None or last is None or abs(first - last) > first * 0.01:
        return None
    rate = round(first)
    nearest = min(_RATES_MILLI, key=lambda known: abs(known - rate))
    return nearest if abs(nearest - rate) <= nearest * _NEAR else rate


def _steady_rate(found: list[Run], tracks: dict[int, TrackHeader]) -> float | None:
    """Pictures in 1000 seconds if nearly all last as long as one another, give or take a tick."""
    pictures = [run for run in found if tracks[run.track_id].is_video]
    ticks = sum((run.ticks for run in pictures), Counter[int]())
    if not ticks:
        return None
    usual = ticks.most_common(1)[0][0]
    steady = {length: samples for length, samples in ticks.items() if abs(length - usual) <= 1}
    total = sum(length * samples for length, samples in steady.items())
    if not total or sum(steady.values()) < 0.8 * ticks.total():
        return None
    return sum(steady.values()) * tracks[pictures[0].track_id].timescale * 1000 / total
