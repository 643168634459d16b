"""A person's word on a publish of which nobody knows whether TikTok posted it."""

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

_RESOLVED_CODES = ("said_posted", "said_not_posted")


@retry_on_conflict()
def resolve(
    publish_id: str, caller: Caller, word: Resolution, post_id: str | None = None
) -> Publish | Problem | Conflict:
    """The publish, ended as the person says; or still `unknown`, with what a new look found.

    `post_id` is TikTok's id of the post, where the person knows it. The same word twice changes nothing.
    Problems: those of `changeable_publish`, not_unknown.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    if publish.state is not State.UNKNOWN:
        needless = not _was_unknown(publish) or not _has_stated_outcome(publish, word)
        return problem("not_unknown", state=publish.state.value) if needless else publish
    if word == "check_again":
        return recheck_now(publish)
    return _end_as_stated(publish, word, post_id) or CONFLICT


def _was_unknown(publish: Publish) -> bool:
    """By its history: a long one has lost lines, and a person's word is told of an unknown one alone."""
    return any(moment.state is State.UNKNOWN or moment.code in _RESOLVED_CODES for moment in publish.history)


def _has_stated_outcome(publish: Publish, word: Resolution) -> bool:
    """Whether the publish stands where the word would bring it."""
    match word:
        case "posted":
            return publish.state is State.PUBLISHED
        case "not_posted":
            return publish.state is State.FAILED
        case "check_again":
            return publish.state in (State.PUBLISHED, State.FAILED, State.CANCELLED, State.IN_INBOX)


def _end_as_stated(publish: Publish, word: Literal["posted", "not_posted"], post_id: str | None) -> Publish | None:
    if word == "not_posted":
        return end_publish(publish, Ending(State.FAILED, problem("said_not_posted")))
    ids = {*publish.post_ids, post_id} if post_id else publish.post_ids
    return end_publish(publish, Ending(State.PUBLISHED, said="said_posted"), post_ids=sorted(ids))
