"""Executes the plan of a publish."""

from collections.abc import Callable

from dropcast import clock
from dropcast.accounts.creator import fetch_creator_info
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.intake.accept import accept_one
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.plans.changes import (
    account_change,
    as_change,
    creator_change,
    pin_as_planned,
    stale_refusal,
)
from dropcast.publishing.plans.plan import Plan, PlannedPublish, may_execute
from dropcast.publishing.plans.plan_link import plan_url
from dropcast.publishing.plans.plan_store import plan_entry
from dropcast.publishing.plans.planned_request import planned_request


def execute_publish(plan: Plan, content: PlannedPublish, caller: Caller) -> Publish | Problem:
    """Create the publish and spend the plan, in one transaction, unless something has changed.

    Problems: plan_needs_person, plan_changed, plan_expired, request_in_flight, and the temporary ones of
    `fetch_creator_info`. None of them spends the plan.
    """
    if not may_execute(plan, caller):
        return problem("plan_needs_person", plan_id=plan.plan_id, console_url=plan_url(plan.plan_id))
    change = _account_or_creator_change(plan, content, caller)
    if change is not None:
        return change
    request = planned_request(plan)
    if (late := time_refusal(request.publish_at_s, clock.now())) is not None:
        return as_change(late, otherwise="publish_at")
    done = accept_one(request, caller, _pin_in_time(plan), plan_entry(plan))
    return as_change(done, otherwise="source") if isinstance(done, Problem) else done


def _account_or_creator_change(plan: Plan, content: PlannedPublish, caller: Caller) -> Problem | None:
    account = postable_account(plan.account_id, content.mode, caller)
    if (change := account_change(plan.account, account)) is not None or content.creator is None:
        return change
    creator = fetch_creator_info(plan.account_id, caller)
    if isinstance(creator, Problem):
        return as_change(creator, otherwise="account_id")
    return creator_change(content.creator, creator)


def _pin_in_time(plan: Plan) -> Callable[[Publish], Publish | Problem]:
    """A function like that of `pin_as_planned`. It returns plan_expired if the plan expired during the checks.

    Meanwhile another call may have returned plan_expired, and its caller may have made a new plan.
    """
    pin = pin_as_planned(plan)

    def pin_in_time(publish: Publish) -> Publish | Problem:
        pinned = pin(publish)
        return stale_refusal(plan) or pinned

    return pin_in_time
