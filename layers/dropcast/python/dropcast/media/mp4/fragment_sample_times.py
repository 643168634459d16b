"""When the samples of fragments begin and end. Also computes the times that fragments do not state."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dropcast.media.mp4.fragment_headers import Run


@dataclass(frozen=True)
class Span:
    """The beginning and the end, in ticks, of the samples of one track in one fragment."""

    track_id: int
    begin: int
    end: int


@dataclass(frozen=True)
class Timeline:
    """Consecutive fragments. `spans` has the fragments whose time is known.

    `is_steady` is False if a fragment states a time that is not later than the previous time of its track. Such times
    are ignored.
    """

    found: tuple[Run, ...]
    spans: tuple[Span, ...]
    is_steady: bool

    @property
    def tracks(self) -> set[int]:
        """The tracks that have samples in these fragments."""
        return {run.track_id for run in self.found}

    @property
    def ends(self) -> dict[int, int]:
        """The end of each track in ticks. Tracks with an unknown end are left out."""
        return {track: max(span.end for span in self.spans if span.track_id == track) for track in self._known()}

    @property
    def begins(self) -> dict[int, int]:
        """The beginning of each track in ticks. Tracks with an unknown beginning are left out."""
        return {track: min(span.begin for span in self.spans if span.track_id == track) for track in self._known()}

    @property
    def is_known(self) -> bool:
        """Whether the end of each track is known."""
        return self.tracks == self._known()

    def _known(self) -> set[int]:
        return {span.track_id for span in self.spans}


def lay_out(found: Iterable[Run], known: dict[int, int]) -> Timeline:
    """Compute the time of each fragment.

    A fragment without a time continues where the previous fragment of its track ended. If it is the first
    fragment of its track, it begins at the time in `known` (ISO 14496-12 section 8.8.12).
    """
    found = tuple(run for run in found if run.ticks)
    ends, spans, is_steady = dict(known), list[Span](), True
    latest: dict[int, int] = {}
    for run in found:
        begin = run.begin
        if begin is not None and begin <= latest.get(run.track_id, begin - 1):
            begin, is_steady = None, False
        begin = ends.get(run.track_id) if begin is None else begin
        if begin is not None:
            spans.append(Span(run.track_id, begin, begin + run.length))
            ends[run.track_id] = begin + run.length
            latest[run.track_id] = begin
    return Timeline(found, tuple(spans), is_steady)


def ticks_of(timeline: Timeline, tracks: set[int]) -> Counter[int]:
    """How many samples of `tracks` have each duration. The keys are durations in ticks."""
    return sum((run.ticks for run in timeline.found if run.track_id in tracks), Counter[int]())
