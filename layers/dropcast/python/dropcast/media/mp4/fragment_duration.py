"""The duration of a fragmented MP4. The first and last fragments usually suffice; otherwise all fragments are read."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dropcast.media.mp4.boxes import Box, boxes, content
from dropcast.media.mp4.fragment_headers import Run, runs
from dropcast.media.mp4.fragment_sample_times import Timeline, lay_out, ticks_of
from dropcast.media.mp4.last_fragments import TAILS, Place, places_by_mfra, places_by_search, places_by_sidx
from dropcast.media.mp4.tracks import TrackHeader, read_tracks
from dropcast.media.range_reader import BoundedReader, Reader

_BOXES_BEFORE_FRAGMENTS = 64
_HEAD = 128 * 1024
_MOOF_MAX = 1024 * 1024
_WALK_MAX = 4096
_WALKED_BYTES_MAX = 8 * 1024 * 1024
_READ_MAX = 16 * 1024 * 1024
# The maximum numbers of boxes: for a scan from a place near the end, and for a scan of the whole file. Each box may
# cost a read.
_HOPS_MAX = 64
_ALL_HOPS_MAX = 256
# A measured rate close to one of these rates is replaced by that rate, because durations in whole ticks are not exact
# enough.
_RATES_MILLI = (23_976, 24_000, 25_000, 29_970, 30_000, 50_000, 59_940, 60_000)
_NEAR = 0.003


@dataclass(frozen=True)
class Fragments:
    """What `read_fragments` finds in a file.

    `head_end`: the byte up to which MediaInfo needs to read the file. `cut_short`: the file ends within its last box.
    The duration (ms) and the frame rate (frames per 1000 s) are None if unknown. The rate is also None if it changes.
    """

    head_end: int
    cut_short: bool
    duration_ms: int | None
    frame_rate_milli: int | None


@dataclass(frozen=True)
class _Stretch:
    """Consecutive fragments. `end`: the end of the last box of this part of the file, even if it is no fragment."""

    found: list[Run]
    end: int


def read_fragments(reader: Reader, size: int) -> Fragments | None:
    """Read the fragments of the file of `size` bytes. None if the file has no fragments. Raises exceptions of
    `reader`.
    """
    start = list(_up_to_first_fragment(reader, size))
    moov = next((box for box in start if box.kind == b"moov"), None)
    if moov is None or start[-1].kind != b"moof":
        return None
    tracks = {track_id: track for track_id, track in read_tracks(reader, moov).items() if track.timescale}
    return _FragmentScan(reader, size, start, tracks).run()


def _up_to_first_fragment(reader: Reader, size: int) -> Iterator[Box]:
    for box in islice(boxes(reader, 0, size), _BOXES_BEFORE_FRAGMENTS):
        yield box
        if box.kind == b"moof":
            return


class _FragmentScan:
    """Scans a file. `start` holds the file's boxes up to the first fragment."""

    def __init__(self, reader: Reader, size: int, start: list[Box], tracks: dict[int, TrackHeader]) -> None:
        self.reader = BoundedReader(reader, size, _READ_MAX)
        self.size = size
        self.start = start
        self.first = start[-1].begin
        self.tracks = tracks
        self.bases = {track_id: track.base_ticks for track_id, track in tracks.items()}
        self.head_end = min(size, max(start[-1].end, self.first + _HEAD))
        self.reached = 0

    def run(self) -> Fragments:
        """Compute the result from the first and the last fragments, or from all if no last ones give a plausible
        end (`_is_sure`).
        """
        head = lay_out(self._stretch(self.first, self.head_end).found, self.bases)
        tail = next((each for each in self._tails() if _is_sure(head, each)), None) or self._whole()
        duration_ms = _duration_ms(head, tail, self.tracks) if tail else None
        rate = _frame_rate_milli(head, tail, self.tracks) if tail else None
        return Fragments(self.head_end, self.reached > self.size, duration_ms, rate)

    def _stretch(self, begin: int, end: int, hops: int = _HOPS_MAX) -> _Stretch:
        """The fragments between `begin` and `end`."""
        most = _WALK_MAX if end - begin <= _WALKED_BYTES_MAX else hops
        way = list(islice(boxes(self.reader, begin, end), most))
        moofs = (box for box in way if box.kind == b"moof" and box.end <= end)
        found = [run for box in moofs for run in runs(content(self.reader, box, _MOOF_MAX), self.tracks)]
        return _Stretch(found, way[-1].end if way else begin)

    def _tails(self) -> Iterator[Timeline]:
        """The last fragments, as found from several places. The places late in the file come first."""
        by_sidx = places_by_sidx(self.reader, self.start, self.size, self.tracks)
        for place in (*places_by_mfra(self.reader, self.size), *by_sidx):
            yield from self._from(place)
        for length in TAILS:
            places = places_by_search(self.reader, self.first, self.size, length)
            yield from next((found for place in places if (found := self._from(place))), list[Timeline]())
            if self.first >= self.size - length:
                return

    def _whole(self) -> Timeline | None:
        """All fragments. None if a scan with few reads does not reach the end of the file."""
        return next(iter(self._from(Place(self.first, self.bases), _ALL_HOPS_MAX)), None)

    def _from(self, place: Place, hops: int = _HOPS_MAX) -> list[Timeline]:
        """The fragments from `place` on, if they reach the end of the file."""
        stretch = self._stretch(place.begin, self.size, hops)
        if not stretch.found or stretch.end < self.size:
            return []
        self.reached = max(self.reached, stretch.end)
        return [lay_out(stretch.found, place.times)]


def _is_sure(head: Timeline, tail: Timeline) -> bool:
    """Whether the end of each track in `tail` is known and plausible.

    False if the fragments' times run backwards, or if the file stores one track after the other.
    """
    together = head.tracks <= tail.tracks or tail.tracks <= head.tracks
    later = all(end >= head.ends.get(track, end) for track, end in tail.ends.items())
    return together and tail.is_known and head.is_steady and tail.is_steady and later


def _duration_ms(head: Timeline, tail: Timeline, tracks: dict[int, TrackHeader]) -> int | None:
    """The duration of the longest video or sound track, in milliseconds. None if it is 0."""
    begins = {track: _begin(begin, tracks[track]) for track, begin in head.begins.items()}
    earliest = min(begins.values(), default=0)
    ends = head.ends | tail.ends
    media = [track for track in ends if tracks[track].is_media] or list(ends)
    lasting = (ends[track] / tracks[track].timescale - begins.get(track, earliest) for track in media)
    return max(0, round(1000 * max(lasting, default=0))) or None


def _begin(begin: int, track: TrackHeader) -> float:
    """When the first fragment of `track` begins, in seconds, minus the duration of the samples in the `moov`.

    This is more than 0 if the clock of the recording started before the file.
    """
    return (begin if begin < 0 else max(0, begin - track.base_ticks)) / track.timescale


def _frame_rate_milli(head: Timeline, tail: Timeline, tracks: dict[int, TrackHeader]) -> int | None:
    first, last = _steady_rate(head, tracks), _steady_rate(tail, tracks)
    if first is None or last is None or abs(first - last) > first * 0.01:
        return None
    rate = round(first)
    nearest = min(_RATES_MILLI, key=lambda known: abs(known - rate))
    return nearest if abs(nearest - rate) <= nearest * _NEAR else rate


def _steady_rate(timeline: Timeline, tracks: dict[int, TrackHeader]) -> float | None:
    """Pictures per 1000 seconds, if nearly all pictures have the same duration, else None. Differences of
    one tick are ignored.
    """
    pictures = {track for track in timeline.tracks if tracks[track].is_video}
    ticks = ticks_of(timeline, pictures)
    if not ticks:
        return None
    usual = ticks.most_common(1)[0][0]
    steady = {length: samples for length, samples in ticks.items() if abs(length - usual) <= 1}
    total = sum(length * samples for length, samples in steady.items())
    if not total or sum(steady.values()) < 0.8 * ticks.total():
        return None
    return sum(steady.values()) * tracks[min(pictures)].timescale * 1000 / total
