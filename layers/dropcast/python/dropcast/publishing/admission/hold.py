"""Holds a publish until the time of its budget slot, or until the next try after a failure.

A wait for a slot has no limit. After a failure Dropcast tries again for three days, at growing intervals. Then the
publish fails.
"""

from dropcast import clock
from dropcast.aws.retry_on_conflict import CONFLICT, Conflict, retry_on_conflict
from dropcast.budgets.ledger import Wait
from dropcast.errors.problem import Next, Problem
from dropcast.publishing.admission import budget_slots
from dropcast.publishing.model.publish import NON_ERROR_CODES, Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.store import publish_store

_EXECUTIONS_LOST_MAX = 15
_FAILS_MAX_S = 72 * 3600
_PAUSE_MIN_S = 30
_PAUSE_MAX_S = 3600
# Step Functions ends an execution after a year.
_ONE_EXECUTION_MAX_S = 300 * 24 * 3600


def wait_for_slot(publish: Publish, slot: Wait) -> StepResult:
    """Hold the publish until the time of its budget slot. The publish keeps the slot however long this takes."""
    code = slot.why or ("budget_exhausted" if slot.short else "behind_others")
    if slot.until - clock.now() > _ONE_EXECUTION_MAX_S:
        return _hand_over(publish, slot.until, code)
    return _hold(publish, slot.until, code, failing_since=None)


def wait_for_turn(publish: Publish, seconds: int) -> StepResult:
    """Hold the publish for `seconds`, because too many transfers run.

    This may happen hundreds of times in a row. So only the first time adds a line to the history.
    """
    until, code = clock.now() + seconds, "transfers_busy"
    budget_slots.put_off(publish, until)
    if publish.history and publish.history[-1].code == code:
        return StepResult(Outcome.HELD, not_before=until, why=code)
    return _hold(publish, until, code, failing_since=None)


def hold_or_refuse(publish: Publish, why: Problem, call: budget_slots.Call | None = None) -> StepResult:
    """Hold the publish until its next try if a retry may help, otherwise end it. `call`: the call that TikTok refused.

    After three days of failed tries the publish ends too. The three days begin again if the publish waited for a slot,
    or was edited or rescheduled.
    """
    since = clock.now() if publish.failing_since is None else publish.failing_since
    failing = clock.now() - since
    if why.next not in (Next.WAIT, Next.RETRY) or failing > _FAILS_MAX_S:
        budget_slots.leave_queue(publish, *budget_slots.calls_up_to(call))
        return StepResult(Outcome.REFUSED, error=why)
    until = clock.now() + _pause_s(failing)
    slot = budget_slots.record_failed_try(publish, why.code, call, until)
    return _hold(publish, until if slot is None else slot.until, why.code, failing_since=since)


@retry_on_conflict()
def hold_for_next_execution(publish_id: str, execution: str) -> Publish | Conflict | None:
    """Hold the publish for the next execution, because `execution` gave up before its init.

    The sweep starts the next execution. None if the init may have been sent, if another execution may work on the
    publish, or if too many executions gave up. LookupError: there is no such publish.
    """
    publish = publish_store.owned(publish_id, execution)
    if publish is None or publish.state not in (State.QUEUED, State.HELD):
        return None
    if publish.executions_lost >= _EXECUTIONS_LOST_MAX:
        return None
    return _supersede_as_held(publish) or CONFLICT


def _supersede_as_held(publish: Publish) -> Publish | None:
    now = clock.now()
    since = now if publish.failing_since is None else publish.failing_since
    until = max(now + _pause_s(now - since), publish.due_at)
    moved = publish_store.supersede(
        publish,
        due=until,
        code="internal_error",
        to=State.HELD,
        event=None if _was_held(publish) else "publish.held",
        not_before=until,
        failing_since=since,
        executions_lost=publish.executions_lost + 1,
    )
    if moved is not None:
        budget_slots.record_failed_try(moved, "internal_error", None, until)
    return moved


def _hold(publish: Publish, until: int, code: str, *, failing_since: int | None) -> StepResult:
    moved = publish_store.move(
        publish,
        State.HELD,
        code=code,
        event=None if _was_held(publish) else "publish.held",
        not_before=until,
        open_id=publish.open_id,
        failing_since=failing_since,
    )
    if moved is None:
        budget_slots.yield_slot(publish)
        return StepResult(Outcome.SETTLED)
    return StepResult(Outcome.HELD, not_before=until, why=code)


def _hand_over(publish: Publish, until: int, code: str) -> StepResult:
    """Let the sweep start the next execution at `until` (seconds since the epoch). The present execution ends."""
    moved = publish_store.supersede(
        publish,
        due=until,
        code=code,
        to=State.HELD,
        event=None if _was_held(publish) else "publish.held",
        not_before=until,
        open_id=publish.open_id,
        failing_since=None,
    )
    if moved is None:
        budget_slots.yield_slot(publish)
    return StepResult(Outcome.SETTLED)


def _was_held(publish: Publish) -> bool:
    return any(line.state is State.HELD and line.code not in NON_ERROR_CODES for line in publish.history)


def _pause_s(failing: int) -> int:
    """Seconds until the next try.

    `failing` is the time in seconds since the first failure. The pause grows with it, because every try adds a line to
    the history.
    """
    return max(_PAUSE_MIN_S, min(failing // 4, _PAUSE_MAX_S))
