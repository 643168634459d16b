"""Prepare: everything that can be known without asking TikTok. A refusal here costs TikTok nothing."""

from dropcast.errors.problem import Problem
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.model.publish import Photos, Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.sources.video_preflight import pin_video
from dropcast.publishing.store import publish_store


def prepare(publish_id: str, execution: str) -> StepResult:
    """Check the row, the account and the video that was pinned when the publish was accepted.

    Answers ready, pictures (they are to be made ready first) or refused. Of a video at its owner's address nothing is
    known: TikTok is the first to look at it.
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
    seen = pin_video(video, publish.asked_options)
    if isinstance(seen, Problem):
        return StepResult(Outcome.REFUSED, error=seen)
    return StepResult(Outcome.SETTLED if publish_store.record_source(publish, seen) is None else Outcome.READY)
