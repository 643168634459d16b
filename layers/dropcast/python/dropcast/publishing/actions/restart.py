"""Starting again what stopped: a next execution goes on from where the row stands.

The row names the execution that may work on it, so the one before can do nothing more, whether it is dead or not: its
next step finds that out, a sender of bytes has lost the epoch once the new one sends.
"""

from dropcast import clock
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.execution.launch import cancel_launch, launch
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.visible_publish import changeable_publish

# Start's task gives up sooner. Before that its init may be under way, and a pull would be taken for lost.
_START_S = 90


@retry_on_conflict()
def restart(publish_id: str, caller: Caller) -> Publish | Problem | Conflict:
    """The publish, with a next execution for it; one that waits for its time goes on waiting.

    Problems: those of `changeable_publish`, publish_starting, not_restartable, nothing_to_watch.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    superseded = _supersede(publish)
    if superseded is None:
        return CONFLICT
    if isinstance(superseded, Publish):
        cancel_launch(publish)
        launch(superseded)
    return superseded


def _supersede(publish: Publish) -> Publish | Problem | None:
    now = clock.now()
    match publish.state:
        case State.STARTING if now - publish.history[-1].at < _START_S:
            return problem("publish_starting")
        case State.QUEUED | State.HELD | State.STARTING | State.UPLOADING | State.PROCESSING:
            return publish_store.supersede(publish, due=max(now, publish.due_at), code="restarted")
        case State.UNKNOWN if publish.tiktok_publish_id is None:
            return problem("nothing_to_watch")
        case State.UNKNOWN:
            return publish_store.supersede(
                publish, due=now, code="restarted", to=State.PROCESSING, processing_since=now, error=None
            )
        case _:
            return problem("not_restartable", state=publish.state.value)
