"""Executes a plan once, before it expires, for the key that made it. Refuses if what was checked has changed."""

from dataclasses import dataclass

from dropcast.accounts.comments.write_comment import Sent
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.plans import plan_store
from dropcast.publishing.plans.changes import stale_refusal
from dropcast.publishing.plans.execute_comment import execute_comment
from dropcast.publishing.plans.execute_publish import execute_publish
from dropcast.publishing.plans.execute_retry import execute_retry
from dropcast.publishing.plans.plan import Plan, PlannedComment, PlannedPublish, PlannedRetry
from dropcast.publishing.store.visible_publish import visible_publish


@dataclass(frozen=True)
class Executed:
    """A plan and what it became."""

    plan: Plan
    outcome: Publish | Sent


def execute(plan_id: str, caller: Caller, approved_by: str | None) -> Executed | Problem:
    """Carry out the plan. A repeated call returns the same publish or comment, for as long as the plan is kept.

    `approved_by`: the person who approved a comment.
    Problems: not_found, invalid_request (`approved_by` was given, but the plan is not a comment), plan_expired,
    plan_changed, and as for `execute_publish`, `execute_retry` and `execute_comment`.
    """
    plan = plan_store.own_plan(plan_id, caller)
    if isinstance(plan, Problem):
        return plan
    if approved_by is not None and not isinstance(plan.content, PlannedComment):
        return _approval_refusal()
    outcome = _first_outcome(plan, caller) or _carry_out(plan, caller, approved_by)
    if isinstance(outcome, Problem) and (latest := plan_store.get(plan_id)) is not None:
        # Another call may have carried out the plan meanwhile. After a refusal the caller would make a second plan.
        outcome = _first_outcome(latest, caller) or outcome
    return outcome if isinstance(outcome, Problem) else Executed(plan, outcome)


def _first_outcome(plan: Plan, caller: Caller) -> Publish | Sent | Problem | None:
    """What the plan became. None if it is not spent."""
    if plan.publish_id is not None:
        publish = visible_publish(plan.publish_id, caller)
        return publish if isinstance(publish, Problem) else publish.model_copy(update={"replayed": True})
    return None if plan.comment_id is None else Sent(plan.comment_id, replayed=True)


def _approval_refusal() -> Problem:
    """The refusal of `approved_by` for a plan that is not a comment."""
    reason = "only the plan of a comment can have this field"
    return problem(
        "invalid_request", reason=f"approved_by: {reason}", fields=[{"field": "approved_by", "reason": reason}]
    )


def _carry_out(plan: Plan, caller: Caller, approved_by: str | None) -> Publish | Sent | Problem:
    match plan.content:
        case PlannedPublish() as content:
            return stale_refusal(plan) or execute_publish(plan, content, caller)
        case PlannedRetry() as content:
            return stale_refusal(plan) or execute_retry(plan, content, caller)
        case PlannedComment() as content:
            return execute_comment(plan, content, caller, approved_by)
