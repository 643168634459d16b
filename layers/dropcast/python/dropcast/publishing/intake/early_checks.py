"""Checks a request on arrival: whether the account may post it, and whether the request's objects in S3 exist.

The video of a scheduled publish is also inspected. The step Prepare repeats all checks when the publish is due.
"""

from concurrent.futures import ThreadPoolExecutor

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.execution.launch import is_for_later
from dropcast.publishing.intake.source_authorization import source_refusals
from dropcast.publishing.model.publish import AnySource, Photo, Photos, Publish, PulledUrl, Source
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.sources import s3_object

# The SDK keeps at most this many connections open.
_CONNECTIONS = 10


def check_account(request: PublishRequest, caller: Caller, *, source_is_new: bool) -> Account | Problem:
    """The account, if the request may be posted to it at the requested time. Reads no media.

    A source that is not new was accepted with an earlier request, perhaps from a caller with more rights. So it is
    checked with the rights of SYSTEM. Problems: as for `time_refusal`, `source_refusals` and `postable_account`.
    """
    return (
        time_refusal(request.publish_at_s, clock.now())
        or next(filter(None, source_refusals(request, caller if source_is_new else SYSTEM)), None)
        or postable_account(request.account_id, request.mode, caller)
    )


def pin_publish(publish: Publish) -> Publish | Problem:
    """Pin the publish's objects in S3, so that exactly these versions are posted. Also inspect a scheduled video.

    Problems: as for `s3_object.pin`, and for a scheduled video as for `pin_video`.
    """
    source = _pin_source(publish)
    if isinstance(source, Problem):
        return source
    return publish.model_copy(update={"source": source})


def _pin_source(publish: Publish) -> AnySource | Problem:
    match publish.source:
        case Source() as video if is_for_later(publish):
            from dropcast.publishing.sources.video_preflight import pin_video  # slow to import, and rarely used

            return pin_video(video, publish.asked_options)
        case Source() as video:
            return s3_object.pin(video)
        case Photos(items=items):
            return _pin_photos(items)
        case PulledUrl() as url:
            return url


def _pin_photos(items: tuple[Photo, ...]) -> Photos | Problem:
    """Pin the pictures by version and ETag. Their contents are checked when they are prepared."""
    with ThreadPoolExecutor(min(len(items), _CONNECTIONS)) as pool:
        pinned = list(pool.map(s3_object.pin, items))
    for one in pinned:
        if isinstance(one, Problem):
            return one
    return Photos(items=tuple(one for one in pinned if isinstance(one, Photo)))
