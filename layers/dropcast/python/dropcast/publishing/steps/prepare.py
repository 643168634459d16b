"""Prepare: everything that can be known without asking TikTok. A refusal here costs TikTok nothing."""

from dropcast.errors.problem import Problem
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.model.publish import Photos, Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Step, pictures, ready, refused, settled
from dropcast.publishing.sources.video import pin_video
from dropcast.publishing.store import publish_store


def prepare(publish_id: str, execution: str) -> Step:
    """Check the row, the account and the video that was pinned when the publish was accepted.

    Answers ready, pictures (they are to be made ready first) or refused. Of a video at its owner's address nothing is
    known: TikTok is the first to look at it.
    """
    publish = publish_store.begin(publish_id, execution)
    if publish is None:
        return settled()
    if publish.state not in (State.QUEUED, State.HELD):
        return ready()
    account = postable_account(publish.account_id, publish.mode)
    if isinstance(account, Problem):
        return refused(account)
    match publish.source:
        case Source() as video:
            return _video(publish, video)
        case Photos():
            return pictures()
        case _:
            return ready()


def _video(publish: Publish, video: Source) -> Step:
    seen = pin_video(video, publish.asked_options)
    if isinstance(seen, Problem):
        return refused(seen)
    return settled() if publish_store.record_source(publish, seen) is None else ready()
