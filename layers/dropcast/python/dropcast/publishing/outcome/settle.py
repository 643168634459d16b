"""Settle: one idempotent transition to how it ended, with the event in the same write.

The workflow's last step, an execution that died and a webhook that comes late all end here.
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
    """How a publish ended and, where it did not end well, why.

    `by_tiktok`: TikTok itself said so. `said`: what a person said that made it end so, for the history.
    """

    state: State
    error: Problem | None = None
    by_tiktok: bool = False
    said: str | None = None


@retry_on_conflict()
def settle(publish_id: str, step: StepResult, execution: str | None = None) -> Publish | Conflict:
    """Bring the publish to rest by what TikTok said, else by what `step` says, else by how far it got.

    Run twice, it changes nothing the second time. If `execution` is named and a newer one may work on the publish by
    now, what TikTok said counts alone. It looks again after it wrote: a fact that came in between found nobody waiting.
    """
    publish = _read_and_fence(publish_id, execution)
    facts = fact_store.facts_of(publish.tiktok_publish_id) if publish.tiktok_publish_id else []
    counted = step if _is_current(publish, execution) else StepResult(Outcome.SETTLED)
    return CONFLICT if _bring_to_rest(publish, facts, counted) else publish


def finish(publish_id: str, step: StepResult, execution: str) -> Publish:
    """The last step of `execution`: it leaves no publish of its own without anything that moves it on.

    A `step` that says nothing of an end is the answer before a step that failed for good: what TikTok was not asked for
    yet is held, and a next execution tries again.
    """
    if step.outcome not in _ENDS and (held := hold_for_next_execution(publish_id, execution)) is not None:
        return held
    publish = settle(publish_id, step, execution)
    return publish if publish.state in RESTING else settle(publish_id, _DIED, execution)


def recover(publish_id: str, execution: str, *, aborted: bool) -> Publish:
    """Move the publish on whose `execution` is over without having settled it; a person `aborted` it, or it failed."""
    held = None if aborted else hold_for_next_execution(publish_id, execution)
    return held or settle_execution(publish_id, execution)


def settle_execution(publish_id: str, execution: str) -> Publish:
    """Settle the publish whose `execution` died; one that a newer execution may work on stays as it is."""
    return settle(publish_id, _DIED, execution)


@retry_on_conflict()
def fail_waiting(publish_id: str, why: Problem) -> bool | Conflict:
    """Fail a publish for which TikTok was not asked yet; False, and it goes on, if it has come further."""
    publish = publish_store.get(publish_id)
    if publish is None or publish.state not in (State.QUEUED, State.HELD):
        return False
    return CONFLICT if end_publish(publish, Ending(State.FAILED, why)) is None else True


def end_publish(publish: Publish, ending: Ending, *, post_ids: list[str] | None = None) -> Publish | None:
    """Bring the publish to rest and store its event in one write. None if another caller moved it first."""
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
    """The row. Of an upload only after nobody can begin a further chunk: how many were begun tells how it ends."""
    publish = publish_store.get(publish_id)
    if publish is None:
        raise LookupError(f"no publish {publish_id}")
    if publish.state is State.UPLOADING and _is_current(publish, execution):
        return publish_store.take_epoch(publish) or _read_and_fence(publish_id, execution)
    return publish


def _is_current(publish: Publish, execution: str | None) -> bool:
    return execution in (None, publish.execution)


def _bring_to_rest(publish: Publish, facts: list[Fact], step: StepResult) -> bool:
    """Write what `facts` and `step` say of the publish. False if the row says it already, and nothing was written."""
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
    """How `publish` ends. Pure. None if it rests already and TikTok has said nothing that moves it.

    TikTok's word comes first, then the step's; else it died somewhere, and how far it had come tells what can be said.
    """
    said = verdict(facts)
    if said is not None:
        return Ending(said.state, said.error, by_tiktok=True)
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
