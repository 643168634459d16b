"""One fragment's header (a `moof` box, ISO 14496-12 section 8.8): which samples of which track, and when."""

from collections import Counter
from dataclasses import dataclass

from dropcast.media.boxes import children, number

_BASE_DATA_OFFSET, _DESCRIPTION_INDEX, _DEFAULT_DURATION = 0x1, 0x2, 0x8
_DATA_OFFSET, _FIRST_FLAGS, _DURATION = 0x1, 0x4, 0x100
_FIELDS_OF_A_SAMPLE = (0x100, 0x200, 0x400, 0x800)


@dataclass(frozen=True)
class TrackHeader:
    """A track as the `moov` box tells it. Times are in ticks, `timescale` of them a second; `base_ticks` lie in the
    `moov` itself, before the first fragment."""

    track_id: int
    is_video: bool
    timescale: int
    base_ticks: int
    default_ticks: int


@dataclass(frozen=True)
class Run:
    """Samples of one track in one fragment: when they begin, in ticks, and how many samples last how many ticks."""

    track_id: int
    begin: int
    ticks: Counter[int]

    @property
    def end(self) -> int:
        """When they end, in ticks."""
        return self.begin + sum(ticks * samples for ticks, samples in self.ticks.items())


def track_headers(moov: bytes) -> dict[int, TrackHeader]:
    """The tracks that the content of a `moov` box describes, by their ids."""
    defaults = {number(trex, 4): number(trex, 12) for trex in children(moov, b"mvex", b"trex")}
    tracks = [_track_header(trak, defaults) for trak in children(moov, b"trak")]
    return {track.track_id: track for track in tracks if track.timescale}


def runs(moof: bytes, tracks: dict[int, TrackHeader]) -> list[Run]:
    """What the content of a `moof` box holds of `tracks`; only of those whose time it tells."""
    found = [_run(traf, tracks) for traf in children(moof, b"traf")]
    return [run for run in found if run is not None]


def _track_header(trak: bytes, defaults: dict[int, int]) -> TrackHeader:
    header = next(children(trak, b"tkhd"), b"")
    media = next(children(trak, b"mdia", b"mdhd"), b"")
    handler = next(children(trak, b"mdia", b"hdlr"), b"")
    track_id = number(header, 20 if header[:1] == b"\1" else 12)
    timescale, base = (
        (number(media, 20), number(media, 24, 8))
        if media[:1] == b"\1"
        else (
            number(media, 12),
            number(media, 16),
        )
    )
    return TrackHeader(track_id, handler[8:12] == b"vide", timescale, base, defaults.get(track_id, 0))


def _run(traf: bytes, tracks: dict[int, TrackHeader]) -> Run | None:
    header, time = next(children(traf, b"tfhd"), b""), next(children(traf, b"tfdt"), b"")
    track = tracks.get(number(header, 4))
    if track is None or not time:
        return None
    flags, at = number(header, 1, 3), 8
    at += 8 if flags & _BASE_DATA_OFFSET else 0
    at += 4 if flags & _DESCRIPTION_INDEX else 0
    default = number(header, at) if flags & _DEFAULT_DURATION else track.default_ticks
    ticks: Counter[int] = Counter()
    for trun in children(traf, b"trun"):
        ticks.update(_sample_ticks(trun, default))
    return Run(track.track_id, number(time, 4, 8 if time[:1] == b"\1" else 4), ticks)


def _sample_ticks(trun: bytes, default: int) -> Counter[int]:
    flags, samples = number(trun, 1, 3), number(trun, 4)
    if not flags & _DURATION:
        return Counter({default: samples})
    at = 8 + (4 if flags & _DATA_OFFSET else 0) + (4 if flags & _FIRST_FLAGS else 0)
    stride = 4 * sum(bool(flags & field) for field in _FIELDS_OF_A_SAMPLE)
    end = min(at + samples * stride, len(trun))
    return Counter(number(trun, place) for place in range(at, end, stride))
