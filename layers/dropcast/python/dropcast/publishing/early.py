"""What can be said of a request at once: whether it may be posted at all and, of one for later, whether its media can.

Nobody is to wait a year for a refusal that was plain on the first day. When its time comes all is looked at again.
"""

from dropcast import clock
from dropcast.errors import Problem
from dropcast.publishing import source_store
from dropcast.publishing.account_check import account_refusal
from dropcast.publishing.beginning import is_for_later
from dropcast.publishing.models import AnySource, Photo, Photos, Publish, PulledUrl, Source
from dropcast.publishing.request import PublishRequest
from dropcast.publishing.source_check import source_refusals
from dropcast.publishing.timing import time_refusal
from dropcast.publishing.video_check import pin_video


def request_refusal(request: PublishRequest) -> Problem | None:
    """Why this account may not post this then, told without reading any of the media.

    Problems: what `time_refusal`, `source_refusals` and `account_refusal` find.
    """
    return (
        time_refusal(request.publish_at_s, clock.now())
        or next(filter(None, source_refusals(request)), None)
        or account_refusal(request.account_id, request.mode)
    )


def looked_at(publish: Publish) -> Publish | Problem:
    """A publish for later with its media looked into and pinned, or why they cannot be posted; any other as it is."""
    if not is_for_later(publish):
        return publish
    source = _seen(publish)
    if isinstance(source, Problem):
        return source
    return publish.model_copy(update={"source": source})


def _seen(publish: Publish) -> AnySource | Problem:
    match publish.source:
        case Source() as video:
            return pin_video(video, publish.asked_options)
        case Photos(items=items):
            return _pinned(items)
        case PulledUrl() as url:
            return url


def _pinned(items: tuple[Photo, ...]) -> Photos | Problem:
    """The pictures' versions; what is in them is looked at when they are made ready."""
    pinned: list[Photo] = []
    for item in items:
        found = source_store.head(item)
        if isinstance(found, Problem):
            return found
        pinned.append(item.model_copy(update={"version_id": found.version_id or item.version_id}))
    return Photos(items=tuple(pinned))
