"""Makes plans: checks an action as if it were carried out now, and stores what was checked."""

from collections.abc import Callable

from dropcast import clock
from dropcast.accounts.account_store import visible_account
from dropcast.accounts.comments.read_and_moderate import get_comment_access
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.actions.retry import retry_refusal
from dropcast.publishing.admission.account_check import postable_account
from dropcast.publishing.intake.dry_run import DryRun, dry_run_with_creator, fetch_creator
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.plans import plan_store
from dropcast.publishing.plans.changes import is_temporary
from dropcast.publishing.plans.execute_retry import checked_retry
from dropcast.publishing.plans.plan import (
    Plan,
    PlannedComment,
    PlannedPublish,
    PlannedRetry,
    account_facts,
    creator_facts,
)
from dropcast.publishing.plans.planned_request import request_to_row, sealed_source_url
from dropcast.publishing.store.visible_publish import changeable_publish
from dropcast.tiktok.models import CreatorInfo


def plan_publish(
    request: PublishRequest, caller: Caller, plan_id: str, to_json: Callable[[DryRun], str]
) -> Plan | DryRun | Problem:
    """Check the request and store its plan as `plan_id`.

    `to_json` makes the report that is stored with the plan. Returns a DryRun and stores nothing if the request has
    problems. Returns a Problem if TikTok did not say what the creator may post now.
    """
    account = postable_account(request.account_id, request.mode, caller)
    creator = None if isinstance(account, Problem) else fetch_creator(request, caller)
    if isinstance(creator, Problem) and is_temporary(creator):
        return creator
    report = dry_run_with_creator(request, caller, creator)
    if report.problems or isinstance(account, Problem) or report.inspected.source is None:
        return report
    plan = Plan(
        plan_id=plan_id,
        key_id=caller.key_id,
        account_id=request.account_id,
        account=account_facts(account),
        created_at=clock.now(),
        content=PlannedPublish(
            mode=request.mode,
            request=request_to_row(request),
            source=report.inspected.source,
            creator=creator_facts(creator) if isinstance(creator, CreatorInfo) else None,
        ),
        source_url_sealed=sealed_source_url(request, plan_id),
        report=to_json(report),
    )
    return _stored(plan)


def plan_retry(publish_id: str, caller: Caller, plan_id: str) -> Plan | Problem:
    """Check the retry of a publish and store its plan as `plan_id`.

    Problems: already_retried, those of `changeable_publish`, `retry_refusal` and `checked_retry`.
    """
    publish = changeable_publish(publish_id, caller)
    if isinstance(publish, Problem):
        return publish
    if publish.retried_as is not None:
        return problem("already_retried", publish_id=publish.retried_as)
    new = retry_refusal(publish) or checked_retry(publish, caller)
    if isinstance(new, Problem):
        return new
    content = PlannedRetry(mode=publish.mode, publish_id=publish_id, revision=publish.revision, source=new.source)
    return _store(publish.account_id, content, caller, plan_id)


def plan_comment(account_id: str, content: PlannedComment, caller: Caller, plan_id: str) -> Plan | Problem:
    """Check that the account can comment now, and store the plan as `plan_id`.

    Does not call TikTok. Problems: scope_missing, those of `get_comment_access`.
    """
    access = caller.refusal("publish") or get_comment_access(account_id, caller)
    return access if isinstance(access, Problem) else _store(account_id, content, caller, plan_id)


def _store(account_id: str, content: PlannedRetry | PlannedComment, caller: Caller, plan_id: str) -> Plan | Problem:
    account = visible_account(account_id, caller)
    if isinstance(account, Problem):
        return account
    return _stored(
        Plan(
            plan_id=plan_id,
            key_id=caller.key_id,
            account_id=account_id,
            account=account_facts(account),
            created_at=clock.now(),
            content=content,
        )
    )


def _stored(plan: Plan) -> Plan:
    """Store the plan. If another request with the same key has stored its plan first, return that plan."""
    return plan if plan_store.put(plan) else plan_store.get(plan.plan_id) or plan
