"""Executes a plan for the key that made it: once, in time, and only if nothing that was checked has changed."""

from dropcast import clock
from dropcast.accounts.creator import fetch_creator_info
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.intake.accept import accept_one
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.schedule_rules import time_refusal
from dropcast.publishing.plans import plan_store
from dropcast.publishing.plans.changes import account_change, as_change, creator_change, pin_as_planned
from dropcast.publishing.plans.plan import Plan, may_execute, plan_state
from dropcast.publishing.plans.plan_link import plan_url
from dropcast.publishing.plans.planned_request import planned_request
from dropcast.publishing.store.visible_publish import visible_publish


def execute(plan_id: str, caller: Caller) -> Publish | Problem:
    """Carry out the plan. A repeated call returns the same publish, for as long as the plan is kept.

    Problems: not_found, plan_expired, plan_needs_person, plan_changed, request_in_flight, and the temporary ones of
    `fetch_creator_info`, which leave the plan open.
    """
    plan = plan_store.own_plan(plan_id, caller)
    if isinstance(plan, Problem):
        return plan
    if plan.publish_id is not None:
        return _spent(plan.publish_id, caller)
    if plan_state(plan, clock.now()) == "expired":
        return problem("plan_expired", plan_id=plan_id)
    if not may_execute(plan, caller):
        return problem("plan_needs_person", plan_id=plan_id, console_url=plan_url(plan_id))
    return _publish(plan, caller)


def _spent(publish_id: str, caller: Caller) -> Publish | Problem:
    publish = visible_publish(publish_id, caller)
    return publish if isinstance(publish, Problem) else publish.model_copy(update={"replayed": True})


def _publish(plan: Plan, caller: Caller) -> Publish | Problem:
    refusal = _account_or_creator_change(plan, caller)
    if refusal is not None:
        return refusal
    request = planned_request(plan)
    if (late := time_refusal(request.publish_at_s, clock.now())) is not None:
        return as_change(late, otherwise="publish_at")
    done = accept_one(request, caller, pin_as_planned(plan), plan_store.plan_entry(plan))
    return as_change(done, otherwise="source") if isinstance(done, Problem) else done


def _account_or_creator_change(plan: Plan, caller: Caller) -> Problem | None:
    account = postable_account(plan.account_id, plan.content.mode, caller)
    if isinstance(account, Problem):
        return as_change(account, otherwise="account_id")
    if (change := account_change(plan.account, account)) is not None:
        return change
    if plan.content.creator is None:
        return None
    creator = fetch_creator_info(plan.account_id, caller)
    if isinstance(creator, Problem):
        return as_change(creator, otherwise="account_id")
    return creator_change(plan.content.creator, creator)
