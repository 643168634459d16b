"""Inspects the video at a source, and finds every reason why it cannot be posted."""

from dataclasses import dataclass

from dropcast.errors.problem import Problem, problem
from dropcast.media.range_reader import BufferedRanges
from dropcast.media.video.preflight import VideoFacts, preflight
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Source, VideoFigures
from dropcast.publishing.sources import s3_object


@dataclass(frozen=True)
class Video:
    """A video that can be posted: its source, pinned to a version and ETag, and its properties."""

    source: Source
    facts: VideoFacts


def pin_video(source: Source, options: PublishOptions) -> Source | Problem:
    """Inspect `source` and return it pinned. If `inspect_video` finds problems, return the first of them.

    The detail `also` of the returned problem has the codes of the other problems.
    """
    video = inspect_video(source, options)
    if isinstance(video, Video):
        return video.source
    first, *others = video
    if not others:
        return first
    return first.model_copy(update={"details": {**first.details, "also": [other.code for other in others]}})


def inspect_video(source: Source, options: PublishOptions, max_ms: int | None = None) -> Video | tuple[Problem, ...]:
    """Inspect the video with a few ranged reads. `max_ms`: the creator's maximum duration, if known.

    Problems: as for `pin` and `preflight`, cover_outside_video, source_changed.
    """
    pinned = s3_object.pin(source)
    if isinstance(pinned, Problem):
        return (pinned,)
    size = pinned.size or 0
    reader = BufferedRanges(lambda first, last: s3_object.read_range(pinned, first, last), size)
    try:
        facts = preflight(reader, size, max_ms)
    except s3_object.SourceRefused as refused:
        return (refused.problem,)
    if not isinstance(facts, VideoFacts):
        return facts
    if (options.cover_timestamp_ms or 0) > facts.duration_ms:
        return (problem("cover_outside_video", duration_ms=facts.duration_ms),)
    found = {"content_type": facts.content_type, "duration_ms": facts.duration_ms, "figures": _figures(facts)}
    return Video(pinned.model_copy(update=found), facts)


def _figures(facts: VideoFacts) -> VideoFigures:
    return VideoFigures(
        container=facts.container,
        codec=facts.video_codec,
        width=facts.shown_width,
        height=facts.shown_height,
        frame_rate_milli=facts.frame_rate_milli,
        has_audio=facts.has_audio,
    )
