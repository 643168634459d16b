"""Prepare: makes all checks that need no call to TikTok."""

from dropcast.errors.problem import Problem
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.model.publish import Photos, Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.sources.video_preflight import pin_video
from dropcast.publishing.store import publish_store


def prepare(publish_id: str, execution: str) -> StepResult:
    """Check the row, the account and the video that was pinned when Dropcast accepted the publish.

    Outcomes: ready, pictures (they must be prepared first), refused, settled. A video at the caller's own URL is not
    checked, because only TikTok reads it.
    """
    publish = publish_store.begin(publish_id, execution)
    if publish is None:
        return StepResult(Outcome.SETTLED)
    if publish.state not in (State.QUEUED, State.HELD):
        return StepResult(Outcome.READY)
    account = postable_account(publish.account_id, publish.mode)
    if isinstance(account, Problem):
        return StepResult(Outcome.REFUSED, error=account)
    match publish.source:
        case Source() as video:
            return _check_video(publish, video)
        case Photos():
            return StepResult(Outcome.PICTURES)
        case _:
            return StepResult(Outcome.READY)


def _check_video(publish: Publish, video: Source) -> StepResult:
    pinned = pin_video(video, publish.asked_options)
    if isinstance(pinned, Problem):
        return StepResult(Outcome.REFUSED, error=pinned)
    return StepResult(Outcome.SETTLED if publish_store.record_source(publish, pinned) is None else Outcome.READY)
