"""Cancels a publish: at once if no post can result, otherwise by asking TikTok (protocol section 3.7)."""

from dropcast.accounts.tiktok_app import tiktok
from dropcast.accounts.tokens.fresh_token import call_with_token
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.execution.launch import cancel_launch
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.settle import Ending, end_publish
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.visible_publish import changeable_publish
from dropcast.tiktok import posting
from dropcast.tiktok.models import CancelAsked
from dropcast.tiktok.problems import to_problem


def cancel_refusal(publish: Publish) -> Problem | None:
    """The reason why a publish in this state cannot be cancelled. None if it can be cancelled or already is.

    Problems: publish_starting, too_late_to_cancel.
    """
    match publish.state:
        case State.QUEUED | State.HELD | State.UPLOADING | State.PROCESSING | State.CANCELLED:
            return None
        case State.STARTING:
            return problem("publish_starting")
        case _:
            return problem("too_late_to_cancel", state=publish.state.value)


@retry_on_conflict()
def cancel(publish_id: str, caller: Caller) -> Publish | Problem | Conflict:
    """Cancel the publish, or ask TikTok to cancel it.

    If TikTok is asked, the publish keeps its state until TikTok's verdict.
    Problems: publish_not_cancellable, the problems of the call to TikTok, and as for `changeable_publish` and
    `cancel_refusal`.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    refusal = cancel_refusal(publish)
    if refusal is not None:
        return refusal
    match publish.state:
        case State.QUEUED | State.HELD:
            ended = end_publish(publish, Ending(State.CANCELLED))
        case State.UPLOADING if not _may_have_last_chunk(publish):
            ended = _cancel_upload(publish)
        case State.CANCELLED:
            return publish
        case _:
            return _ask_tiktok_to_cancel(publish)
    if ended is None:
        return CONFLICT
    cancel_launch(ended)
    return ended


def _may_have_last_chunk(publish: Publish) -> bool:
    return publish.chunks_begun >= publish.plan.count


def _cancel_upload(publish: Publish) -> Publish | None:
    """Take the publish's epoch (the right to send), so that no uploader can begin another chunk. Then end the upload.

    TikTok cannot post without all chunks. None if the last chunk may have been sent, or if another caller has moved the
    publish.
    """
    mine = publish_store.take_epoch(publish)
    if mine is None or _may_have_last_chunk(mine):
        return None
    return end_publish(mine, Ending(State.CANCELLED))


def _ask_tiktok_to_cancel(publish: Publish) -> Publish | Problem | Conflict:
    answer = call_with_token(
        publish.account_id, lambda token: posting.cancel(tiktok(), token, publish.tiktok_publish_id or "")
    )
    match answer:
        case CancelAsked():
            return publish_store.note_cancel(publish) or CONFLICT
        case Problem():
            return answer
        case _:
            return to_problem(answer)
