"""Settle: brings a publish to rest (RESTING in states.py) in one idempotent transition.

The same write stores the publish's event.

The workflow's last step, the recovery of a dead execution and a late webhook all use this module.
"""

from dataclasses import dataclass

from dropcast import clock
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.errors.problem import Problem, problem
from dropcast.events.models import EventName
from dropcast.publishing.admission import budget_slots
from dropcast.publishing.admission.hold import hold_for_next_execution
from dropcast.publishing.model.fit_row_size import bounded_error, bounded_post_ids
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING, State, may_follow
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import Fact, post_ids, verdict
from dropcast.publishing.outcome.recheck_schedule import next_recheck
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.publish_rows import Changes

_DIED = StepResult(Outcome.DIED)
_ENDS = (Outcome.REFUSED, Outcome.UNKNOWN, Outcome.VERDICT, Outcome.SETTLED)
_EVENTS: dict[State, EventName] = {
    State.PUBLISHED: "publish.published",
    State.FAILED: "publish.failed",
    State.UNKNOWN: "publish.unknown",
    State.CANCELLED: "publish.cancelled",
    State.IN_INBOX: "publish.in_inbox",
}


@dataclass(frozen=True)
class Ending:
    """The state in which a publish ends and, unless it succeeded, its error.

    by_tiktok: TikTok reported this state. said: the code of the resolution by which a person ended the publish. It goes
    into the history.
    """

    state: State
    error: Problem | None = None
    by_tiktok: bool = False
    said: str | None = None


@retry_on_conflict()
def settle(publish_id: str, step: StepResult, execution: str | None = None) -> Publish | Conflict:
    """Bring the publish to rest. TikTok's facts decide first, then `step`, then the publish's progress.

    A second call changes nothing. If a newer execution than `execution` may work on the publish, only TikTok's facts
    count. After a write the function returns CONFLICT, and the decorator calls it again. So it reads the facts again.
    Otherwise no execution would see a fact that arrived meanwhile.
    """
    publish = _read_and_fence(publish_id, execution)
    facts = fact_store.facts_of(publish.tiktok_publish_id) if publish.tiktok_publish_id else []
    counted = step if _is_current(publish, execution) else StepResult(Outcome.SETTLED)
    return CONFLICT if _bring_to_rest(publish, facts, counted) else publish


def finish(publish_id: str, step: StepResult, execution: str) -> Publish:
    """The last step of `execution`: bring its publish to rest, or hold it for the next execution.

    If the outcome of `step` does not end a publish, a later step has failed. A publish whose init has not been sent is
    then held, and the next execution tries again.
    """
    if step.outcome not in _ENDS and (held := hold_for_next_execution(publish_id, execution)) is not None:
        return held
    publish = settle(publish_id, step, execution)
    return publish if publish.state in RESTING else settle(publish_id, _DIED, execution)


def recover(publish_id: str, execution: str, *, aborted: bool) -> Publish:
    """Hold or settle a publish whose `execution` ended without settling it.

    `aborted`: the execution was stopped, and did not fail.
    """
    held = None if aborted else hold_for_next_execution(publish_id, execution)
    return held or settle_execution(publish_id, execution)


def settle_execution(publish_id: str, execution: str) -> Publish:
    """Settle the publish whose `execution` died.

    If a newer execution may work on the publish, only TikTok's facts count.
    """
    return settle(publish_id, _DIED, execution)


@retry_on_conflict()
def fail_waiting(publish_id: str, why: Problem) -> bool | Conflict:
    """Fail a publish whose init has not been sent. False if the init was sent meanwhile. The publish then continues."""
    publish = publish_store.get(publish_id)
    if publish is None or publish.state not in (State.QUEUED, State.HELD):
        return False
    return CONFLICT if end_publish(publish, Ending(State.FAILED, why)) is None else True


def end_publish(publish: Publish, ending: Ending, *, post_ids: list[str] | None = None) -> Publish | None:
    """Bring the publish to rest and store its event in one write. None if another caller moved the publish first."""
    ended = publish.model_copy(
        update={"state": ending.state, "post_ids": publish.post_ids if post_ids is None else post_ids, "looks": 0}
    )
    recheck_at = next_recheck(ended, clock.now())
    changes: Changes = {
        "error": ending.error and bounded_error(ending.error),
        "post_ids": ended.post_ids,
        "looks": 0,
        "recheck_at": recheck_at,
        "unstarted_at": recheck_at,
        "upload_url_sealed": None,
        "task_token": None,
        "not_before": None,
    }
    if ended.state in (State.PUBLISHED, State.IN_INBOX):
        changes["bytes_sent"] = ended.bytes_total
    code = ending.said or (ending.error.code if ending.error else None)
    moved = publish_store.move(publish, ending.state, code=code, event=_EVENTS[ending.state], **changes)
    if moved is not None:
        budget_slots.release(moved, by_tiktok=ending.by_tiktok)
    return moved


def _read_and_fence(publish_id: str, execution: str | None) -> Publish:
    """Read the row of a publish. For an upload, first take the epoch (the fencing token), so that no uploader
    begins a chunk after the read.

    How an upload ends depends on how many of its chunks were begun. LookupError: there is no such publish.
    """
    publish = publish_store.get(publish_id)
    if publish is None:
        raise LookupError(f"no publish {publish_id}")
    if publish.state is State.UPLOADING and _is_current(publish, execution):
        return publish_store.take_epoch(publish) or _read_and_fence(publish_id, execution)
    return publish


def _is_current(publish: Publish, execution: str | None) -> bool:
    return execution in (None, publish.execution)


def _bring_to_rest(publish: Publish, facts: list[Fact], step: StepResult) -> bool:
    """Write the ending and the post ids that follow from `facts` and `step`.

    False if there was nothing to write.
    """
    ids = bounded_post_ids(publish.post_ids, post_ids(facts))
    ending = ending_of(publish, facts, step)
    if ending is not None and may_follow(publish.state, ending.state):
        end_publish(publish, ending, post_ids=ids)
        return True
    if ids == publish.post_ids:
        return False
    publish_store.attach_post_ids(publish, ids)
    return True


def ending_of(publish: Publish, facts: list[Fact], step: StepResult) -> Ending | None:
    """How `publish` ends. Pure.

    TikTok's verdict comes first, then the step's outcome. If there is neither, the execution died, and the publish's
    progress decides. None if TikTok's facts contain no verdict, and either the publish is at rest or the outcome of
    `step` is `settled`.
    """
    by_facts = verdict(facts)
    if by_facts is not None:
        return Ending(by_facts.state, by_facts.error, by_tiktok=True)
    if publish.state in RESTING or step.outcome is Outcome.SETTLED:
        return None
    match step.outcome:
        case Outcome.REFUSED:
            return Ending(State.FAILED, step.error or problem("internal_error"))
        case Outcome.UNKNOWN:
            return Ending(State.UNKNOWN, step.error or problem("verdict_missing"))
        case _:
            return _ending_by_progress(publish)


def _ending_by_progress(publish: Publish) -> Ending:
    match publish.state:
        case State.QUEUED | State.HELD:
            return Ending(State.FAILED, problem("workflow_died"))
        case State.STARTING if publish.via == "pull":
            return Ending(State.UNKNOWN, problem("pull_init_lost"))
        case State.STARTING:
            return Ending(State.FAILED, problem("init_lost"))
        case State.UPLOADING if publish.chunks_begun < publish.plan.count:
            return Ending(State.FAILED, problem("upload_failed"))
        case _:
            return Ending(State.UNKNOWN, problem("verdict_missing"))
