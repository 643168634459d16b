"""Restarts a publish that stopped: a new execution continues from the state in the row.

The row names the only execution that may work on the publish. The previous execution stops at its next step, because
the row no longer names that execution. The previous uploader loses its right to send (the epoch) as soon as the new
uploader begins.
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

# For this many seconds a `starting` publish cannot be restarted, because its init may still be running. A restart would
# then record the init of a pull as lost. The task of the step Start times out earlier.
_START_S = 90


def restart_refusal(publish: Publish) -> Problem | None:
    """The reason why a publish in this state cannot be restarted now, or None if it can.

    Problems: publish_starting, not_restartable, nothing_to_watch.
    """
    match publish.state:
        case State.STARTING if clock.now() - publish.history[-1].at < _START_S:
            return problem("publish_starting")
        case State.QUEUED | State.HELD | State.STARTING | State.UPLOADING | State.PROCESSING:
            return None
        case State.UNKNOWN:
            return problem("nothing_to_watch") if publish.tiktok_publish_id is None else None
        case _:
            return problem("not_restartable", state=publish.state.value)


@retry_on_conflict()
def restart(publish_id: str, caller: Caller) -> Publish | Problem | Conflict:
    """Start a new execution for the publish and return it. A scheduled publish still waits for its time.

    Problems: as for `changeable_publish` and `restart_refusal`.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    refusal = restart_refusal(publish)
    if refusal is not None:
        return refusal
    superseded = _supersede(publish)
    if superseded is None:
        return CONFLICT
    cancel_launch(publish)
    launch(superseded)
    return superseded


def _supersede(publish: Publish) -> Publish | None:
    now = clock.now()
    if publish.state is State.UNKNOWN:
        return publish_store.supersede(
            publish, due=now, code="restarted", to=State.PROCESSING, processing_since=now, error=None
        )
    return publish_store.supersede(publish, due=max(now, publish.due_at), code="restarted")
