"""Resolves an `unknown` publish: a person states whether TikTok posted it, or asks for a recheck."""

from typing import Literal

from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.recheck import recheck_now
from dropcast.publishing.outcome.settle import Ending, end_publish
from dropcast.publishing.store.visible_publish import changeable_publish

Resolution = Literal["posted", "not_posted", "check_again"]

POST_ID_PATTERN = "^[0-9]{1,20}$"
"""The pattern of TikTok's post ids."""

_RESOLVED_CODES = ("said_posted", "said_not_posted")


def resolve_refusal(publish: Publish) -> Problem | None:
    """The reason why a publish in this state cannot be resolved (not_unknown), or None if it can."""
    return None if publish.state is State.UNKNOWN else problem("not_unknown", state=publish.state.value)


@retry_on_conflict()
def resolve(
    publish_id: str, caller: Caller, resolution: Resolution, post_id: str | None = None
) -> Publish | Problem | Conflict:
    """End the publish as `resolution` states, or recheck it now.

    After a recheck the publish may stay `unknown` with new evidence. A repeated resolution changes nothing.
    post_id: TikTok's id of the post, if the person knows it.
    Problems: as for `changeable_publish` and `resolve_refusal`.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    refusal = resolve_refusal(publish)
    if refusal is not None:
        is_repeat = _was_unknown(publish) and _has_stated_outcome(publish, resolution)
        return publish if is_repeat else refusal
    if resolution == "check_again":
        return recheck_now(publish)
    return _end_as_stated(publish, resolution, post_id) or CONFLICT


def _was_unknown(publish: Publish) -> bool:
    """Whether the history shows that the publish was `unknown`.

    Dropcast removes lines from a long history, perhaps also the line with that state. So a line with the code of a
    resolution is a proof too.
    """
    return any(moment.state is State.UNKNOWN or moment.code in _RESOLVED_CODES for moment in publish.history)


def _has_stated_outcome(publish: Publish, resolution: Resolution) -> bool:
    """Whether the publish is already in the state to which `resolution` leads."""
    match resolution:
        case "posted":
            return publish.state is State.PUBLISHED
        case "not_posted":
            return publish.state is State.FAILED
        case "check_again":
            return publish.state in (State.PUBLISHED, State.FAILED, State.CANCELLED, State.IN_INBOX)


def _end_as_stated(
    publish: Publish, resolution: Literal["posted", "not_posted"], post_id: str | None
) -> Publish | None:
    if resolution == "not_posted":
        return end_publish(publish, Ending(State.FAILED, problem("said_not_posted")))
    ids = {*publish.post_ids, post_id} if post_id else publish.post_ids
    return end_publish(publish, Ending(State.PUBLISHED, said="said_posted"), post_ids=sorted(ids))
