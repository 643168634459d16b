"""Trying again by a person's word: a new publish of what was asked for, linked to the old one, and one at a time."""

from dropcast import dynamo
from dropcast.caller import Caller
from dropcast.errors import Problem, problem
from dropcast.publishing import publish_store
from dropcast.publishing.asked_again import asked_again
from dropcast.publishing.asked_source import as_accepted
from dropcast.publishing.beginning import begin
from dropcast.publishing.early import checked_account, looked_at
from dropcast.publishing.intake import asked_publish
from dropcast.publishing.models import Publish
from dropcast.publishing.transitions import State
from dropcast.publishing.visible_publish import changeable_publish, visible_publish

_RACES_MAX = 5


def retry(publish_id: str, caller: Caller) -> Publish | Problem:
    """The new publish, which begins at once; asked again, the same one.

    It posts the same objects: one that was replaced since fails as source_changed.
    Problems: those of `changeable_publish`, not_retryable, say_whether_posted (resolve it first), nothing_to_repeat and
    what `checked_account` and `looked_at` find.
    """
    for _ in range(_RACES_MAX):
        publish = changeable_publish(publish_id, caller)
        if isinstance(publish, Problem):
            return publish
        if publish.retried_as is not None:
            return visible_publish(publish.retried_as, caller)
        refusal = _refusal(publish)
        again = refusal or _again(publish, caller)
        if isinstance(again, Problem):
            return again
        link = publish_store.retried_write(publish, again.publish_id)
        if dynamo.write_all([publish_store.put_write(again, unstarted=True), link]):
            begin(again)
            return again
    raise RuntimeError(f"publish {publish_id} kept changing")


def _refusal(publish: Publish) -> Problem | None:
    match publish.state:
        case State.FAILED | State.CANCELLED:
            return None
        case State.UNKNOWN:
            return problem("say_whether_posted")
        case _:
            return problem("not_retryable", state=publish.state.value)


def _again(publish: Publish, caller: Caller) -> Publish | Problem:
    request = asked_again(publish, {})
    if isinstance(request, Problem):
        return request
    account = checked_account(request, caller, source_is_new=False)
    if isinstance(account, Problem):
        return account
    again = asked_publish(request, user_id=account.user_id, retry_of=publish.publish_id)
    return looked_at(again.model_copy(update={"source": as_accepted(publish.source)}))
