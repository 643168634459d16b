"""Prepare: everything that can be known without asking TikTok. A refusal here costs TikTok nothing."""

from dropcast.errors import Problem, problem
from dropcast.media.preflight import VideoFacts, preflight
from dropcast.media.ranges import BufferedRanges
from dropcast.publishing import publish_store, source_store
from dropcast.publishing.account_check import account_refusal
from dropcast.publishing.models import Photos, Publish, Source
from dropcast.publishing.steps import Step, pictures, ready, refused, settled
from dropcast.publishing.transitions import State


def prepare(publish_id: str, execution: str) -> Step:
    """Check the row, the account and the video; pin the object's version, ETag and size.

    Answers ready, pictures (they are to be made ready first) or refused. Of a video at its owner's address nothing is
    known: TikTok is the first to look at it.
    """
    publish = publish_store.begin(publish_id, execution)
    if publish is None:
        return settled()
    if publish.state not in (State.QUEUED, State.HELD):
        return ready()
    refusal = account_refusal(publish.account_id, publish.mode)
    if refusal is not None:
        return refused(refusal)
    match publish.source:
        case Source() as video:
            return _video(publish, video)
        case Photos(items=items) if any(item.prepared_key is None for item in items):
            return pictures()
        case _:
            return ready()


def _video(publish: Publish, video: Source) -> Step:
    seen = inspect(video)
    if isinstance(seen, Problem):
        return refused(seen)
    if (publish.asked_options.cover_timestamp_ms or 0) > (seen.duration_ms or 0):
        return refused(problem("cover_outside_video", duration_ms=seen.duration_ms))
    return settled() if publish_store.record_source(publish, seen) is None else ready()


def inspect(source: Source) -> Source | Problem:
    """The video at `source`, pinned and looked into, or why it cannot be posted."""
    found = source_store.head(source)
    if isinstance(found, Problem):
        return found
    pinned = source.model_copy(
        update={"version_id": found.version_id or source.version_id, "etag": found.etag, "size": found.size}
    )
    reader = BufferedRanges(lambda first, last: source_store.read_range(pinned, first, last), found.size)
    match preflight(reader, found.size):
        case VideoFacts() as facts:
            return pinned.model_copy(update={"content_type": facts.content_type, "duration_ms": facts.duration_ms})
        case problems:
            return _together(problems)


def _together(problems: tuple[Problem, ...]) -> Problem:
    """The first problem, naming the others in its details."""
    first, *others = problems
    if not others:
        return first
    return first.model_copy(update={"details": {**first.details, "also": [other.code for other in others]}})
