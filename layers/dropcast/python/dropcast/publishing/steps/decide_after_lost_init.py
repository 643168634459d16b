"""Decide: decides whether Start may call init again, after Start died or got no answer to its init.

TikTok cannot post an upload without all of its bytes. So an upload gets one new init (protocol section 3.6), after a
pause in which TikTok may recover. A pull gets no new init, because TikTok may already be posting it.
"""

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.admission.hold import hold_or_refuse
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.store import publish_store

_NEXT_INIT_S = 30


def decide(publish_id: str, execution: str, step: StepResult) -> StepResult:
    """Decide how the publish continues. `step` is the result of the previous step.

    Outcomes: start (continue from the stored row), held (try again later), refused (no post can result), unknown,
    settled.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None:
        return StepResult(Outcome.SETTLED)
    log_id = step.log_id
    match publish.state:
        case State.STARTING if publish.via == "pull":
            return StepResult(Outcome.UNKNOWN, error=problem("pull_init_lost", log_id=log_id))
        case State.STARTING:
            return _allow_one_new_init(publish, problem("init_lost", log_id=log_id))
        case State.UPLOADING if step.dead and publish.chunks_begun <= 1 and publish.bytes_sent == 0:
            return _allow_one_new_init(publish, problem("upload_url_expired"))
        case State.QUEUED | State.HELD:
            return hold_or_refuse(publish, problem("internal_error"))
        case State.UPLOADING | State.PROCESSING:
            return StepResult(Outcome.START)
        case _:
            return StepResult(Outcome.SETTLED)


def _allow_one_new_init(publish: Publish, why: Problem) -> StepResult:
    if publish.inits_lost:
        return StepResult(Outcome.REFUSED, error=why)
    until = clock.now() + _NEXT_INIT_S
    moved = publish_store.move(
        publish,
        State.QUEUED,
        code=why.code,
        inits_lost=1,
        epoch=publish.epoch + 1,
        chunks_begun=0,
        not_before=until,
        upload_url_sealed=None,
        tiktok_publish_id=None,
    )
    return StepResult(Outcome.SETTLED) if moved is None else StepResult(Outcome.HELD, not_before=until, why=why.code)
