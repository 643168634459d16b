"""The header of a fragment (a `moof` box, ISO 14496-12 section 8.8): its samples by track, and their times."""

from collections import Counter
from dataclasses import dataclass

from dropcast.media.mp4.boxes import children, number
from dropcast.media.mp4.tracks import TrackHeader, sane_ticks

_BASE_DATA_OFFSET, _DESCRIPTION_INDEX, _DEFAULT_DURATION = 0x1, 0x2, 0x8
_DATA_OFFSET, _FIRST_FLAGS, _DURATION = 0x1, 0x4, 0x100
_FIELDS_OF_A_SAMPLE = (0x100, 0x200, 0x400, 0x800)
_TFXD = bytes.fromhex("6d1d9b0542d544e680e2141daff757b2")


@dataclass(frozen=True)
class Run:
    """Samples of one track in one fragment.

    `begin`: when they begin, in ticks, or None if the fragment does not state it. `ticks`: the number of samples by
    their duration in ticks.
    """

    track_id: int
    begin: int | None
    ticks: Counter[int]

    @property
    def length(self) -> int:
        """The total duration in ticks."""
        return sum(ticks * samples for ticks, samples in self.ticks.items())


def runs(moof: bytes, tracks: dict[int, TrackHeader]) -> list[Run]:
    """The samples of `tracks` in the content of a `moof` box."""
    found = [_run(traf, tracks) for traf in children(moof, b"traf")]
    return [run for run in found if run is not None]


def _run(traf: bytes, tracks: dict[int, TrackHeader]) -> Run | None:
    header = next(children(traf, b"tfhd"), b"")
    track = tracks.get(number(header, 4))
    if track is None:
        return None
    flags, at = number(header, 1, 3), 8
    at += 8 if flags & _BASE_DATA_OFFSET else 0
    at += 4 if flags & _DESCRIPTION_INDEX else 0
    default = number(header, at) if flags & _DEFAULT_DURATION else track.default_ticks
    ticks: Counter[int] = Counter()
    for trun in children(traf, b"trun"):
        ticks.update(_sample_ticks(trun, sane_ticks(default)))
    return Run(track.track_id, _begin(traf), ticks)


def _begin(traf: bytes) -> int | None:
    """The time in `tfdt`, or in the box that Smooth Streaming writes in its place. None if there is neither. A 64-bit
    time may be negative.
    """
    time = next(children(traf, b"tfdt"), b"")
    smooth = (content[16:] for content in children(traf, b"uuid") if content[:16] == _TFXD)
    time = time or next(smooth, b"")
    if time[:1] != b"\1":
        return number(time, 4) if time else None
    begin = number(time, 4, 8)
    return begin if begin < 1 << 63 else begin - (1 << 64)


def _sample_ticks(trun: bytes, default: int) -> Counter[int]:
    flags, samples = number(trun, 1, 3), number(trun, 4)
    at = 8 + (4 if flags & _DATA_OFFSET else 0) + (4 if flags & _FIRST_FLAGS else 0)
    stride = 4 * sum(bool(flags & field) for field in _FIELDS_OF_A_SAMPLE)
    if stride:
        samples = min(samples, max(0, len(trun) - at) // stride)
    if not flags & _DURATION:
        return Counter({default: samples})
    return Counter(sane_ticks(number(trun, place)) for place in range(at, at + samples * stride, stride))
