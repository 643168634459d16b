"""Retries an ended publish: creates a new publish from the same request and links the two publishes.

A publish has at most one retry.
"""

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


def retry_refusal(publish: Publish) -> Problem | None:
    """The reason why a publish in this state cannot be retried, or None if it can.

    Problems: not_retryable, say_whether_posted (resolve the publish first).
    """
    match publish.state:
        case State.FAILED | State.CANCELLED:
            return None
        case State.UNKNOWN:
            return problem("say_whether_posted")
        case _:
            return problem("not_retryable", state=publish.state.value)


@retry_on_conflict()
def retry(publish_id: str, caller: Caller) -> Publish | Problem | Conflict:
    """Retry the publish: create a new publish, which starts at once. A repeated call returns the same new publish.

    The new publish posts the same objects. If an object was replaced meanwhile, the problem is source_changed.
    Problems: as for `changeable_publish`, `retry_refusal`, `rebuild_request`, `check_account` and `pin_publish`.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    if publish.retried_as is not None:
        return visible_publish(publish.retried_as, caller)
    new = retry_refusal(publish) or build_retry(publish, caller)
    if isinstance(new, Problem):
        return new
    link = publish_store.retried_write(publish, new.publish_id)
    if not dynamo.write_all([publish_store.put_write(new, unstarted=True), link]):
        return CONFLICT
    launch(new)
    return new


def build_retry(publish: Publish, caller: Caller) -> Publish | Problem:
    """The retry of `publish`, not stored yet. Problems: as for `rebuild_request`, `check_account` and `pin_publish`."""
    request = rebuild_request(publish, {})
    if isinstance(request, Problem):
        return request
    account = check_account(request, caller, source_is_new=False)
    if isinstance(account, Problem):
        return account
    # The retry posts the same media with the same options, so the person's consent to the first publish covers it.
    new = publish_from_request(request, publish.consent, user_id=account.user_id, retry_of=publish.publish_id)
    return pin_publish(new.model_copy(update={"source": as_accepted(publish.source)}))
