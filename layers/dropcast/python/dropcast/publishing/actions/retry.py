"""Trying again by a person's word: a new publish of what was asked for, linked to the old one, and one at a time."""

from dropcast.aws import dynamo
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.execution.launch import launch
from dropcast.publishing.intake.accept import publish_from_request
from dropcast.publishing.intake.early_checks import check_account, pin_publish
from dropcast.publishing.intake.rebuild_request import rebuild_request
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.sources.source_from_request import as_accepted
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.visible_publish import changeable_publish, visible_publish


@retry_on_conflict()
def retry(publish_id: str, caller: Caller) -> Publish | Problem | Conflict:
    """The new publish, which begins at once; asked again, the same one.

    It posts the same objects: one that was replaced since fails as source_changed.
    Problems: those of `changeable_publish`, not_retryable, say_whether_posted (resolve it first), nothing_to_repeat and
    what `checked_account` and `looked_at` find.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    if publish.retried_as is not None:
        return visible_publish(publish.retried_as, caller)
    refusal = _refusal(publish)
    again = refusal or _build_retry(publish, caller)
    if isinstance(again, Problem):
        return again
    link = publish_store.retried_write(publish, again.publish_id)
    if not dynamo.write_all([publish_store.put_write(again, unstarted=True), link]):
        return CONFLICT
    launch(again)
    return again


def _refusal(publish: Publish) -> Problem | None:
    match publish.state:
        case State.FAILED | State.CANCELLED:
            return None
        case State.UNKNOWN:
            return problem("say_whether_posted")
        case _:
            return problem("not_retryable", state=publish.state.value)


def _build_retry(publish: Publish, caller: Caller) -> Publish | Problem:
    request = rebuild_request(publish, {})
    if isinstance(request, Problem):
        return request
    account = check_account(request, caller, source_is_new=False)
    if isinstance(account, Problem):
        return account
    again = publish_from_request(request, user_id=account.user_id, retry_of=publish.publish_id)
    return pin_publish(again.model_copy(update={"source": as_accepted(publish.source)}))
