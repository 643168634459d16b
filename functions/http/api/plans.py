"""/v1/plans: actions that are checked first, then carried out once."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Body
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.comments.write_comment import Sent
from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim
from dropcast.log import logger
from dropcast.publishing.intake.dry_run import DryRun
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.plans import plan_store
from dropcast.publishing.plans.execute_plan import Executed, execute
from dropcast.publishing.plans.make_plan import plan_comment, plan_publish, plan_retry
from dropcast.publishing.plans.plan import Plan, PlannedComment

from .answers import Answer, Id, answered, caller, documented, needs, refused, replayed, view, view_or_refusal
from .comment_views import SentCommentView
from .create_once import IdempotencyKey, create_once
from .dry_run_views import ReportView
from .dry_runs import report_view
from .error_code_groups import EXECUTES_PLAN, PLANS
from .plan_views import ExecuteRequest, PlanRequest, StoredPlanView, plan_view, refused_plan_view
from .publish_views import PublishView, publish_view

router = APIGatewayHttpRouter()

_NOTHING_APPROVED = ExecuteRequest()


@router.post(
    "/v1/plans",
    middlewares=needs("publish", "draft"),
    responses=documented(201, "The plan is stored", StoredPlanView, *PLANS)
    | answered(200, "The action has problems, which the report names. Nothing is stored", StoredPlanView),
)
def make_plan(request: PlanRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Check an action and store it as a plan, which can be executed once.

    The check of a publish is the same as in /v1/preflight, and counts toward the same limit. A key with the scope
    `draft` may plan a direct post, but only a person can publish it, at `console_url`. A comment needs the scope
    `publish`. The same Idempotency-Key with the same body returns the same plan.
    """

    def make(claim: Claim) -> Answer | Problem:
        earlier = None if claim.first else plan_store.get(claim.made)
        if earlier is not None:
            return view(201, plan_view(earlier, caller()))
        planned = _planned(request, claim.made)
        if not isinstance(planned, Plan):
            return planned
        logger.info("plan.made", plan_id=planned.plan_id, account_id=planned.account_id, key_id=planned.key_id)
        return view(201, plan_view(planned, caller()))

    return create_once(idempotency_key, "pln", make)


@router.get(
    "/v1/plans/<plan_id>",
    middlewares=needs("read", "publish", "draft"),
    responses=documented(200, "The plan", StoredPlanView, "not_found"),
)
def show_plan(plan_id: Id) -> Answer:
    """Show a plan that this API key made. Plans are kept for 24 hours."""
    return view_or_refusal(200, plan_store.own_plan(plan_id, caller()), lambda plan: plan_view(plan, caller()))


@router.post(
    "/v1/plans/<plan_id>/execute",
    middlewares=needs("publish", "draft"),
    responses=documented(202, "The publish", PublishView, *EXECUTES_PLAN)
    | answered(201, "The comment is posted", SentCommentView),
)
def execute_plan(plan_id: Id, request: Annotated[ExecuteRequest, Body()] = _NOTHING_APPROVED) -> Answer:
    """Execute a plan within 15 minutes after this API key made it.

    Dropcast first checks that nothing has changed since the plan was made: the account, the objects in S3, and what
    TikTok lets the creator post. The answer is 202 with the publish, or 201 with the comment. A comment needs
    `approved_by`. For 24 hours a repeated request returns the same publish or comment.
    """
    done = execute(plan_id, caller(), request.approved_by)
    if isinstance(done, Problem):
        return refused(done)
    answer = view(202, publish_view(done.outcome)) if isinstance(done.outcome, Publish) else _sent(done)
    if done.outcome.replayed:
        return replayed(answer)
    logger.info(
        "plan.executed",
        plan_id=plan_id,
        account_id=done.plan.account_id,
        action=done.plan.content.action,
        approved_by=request.approved_by,
        key_id=caller().key_id,
    )
    return answer


def _planned(request: PlanRequest, plan_id: str) -> Plan | Answer | Problem:
    """The stored plan, or the answer with the report of a publish that has problems."""
    if request.publish is not None:
        return _planned_publish(request.publish, plan_id)
    if request.publish_id is not None:
        return plan_retry(request.publish_id, caller(), plan_id)
    comment = PlannedComment(video_id=request.video_id or "", reply_to=request.comment_id, text=request.text or "")
    return plan_comment(request.account_id or "", comment, caller(), plan_id)


def _planned_publish(request: PublishRequest, plan_id: str) -> Plan | Answer | Problem:
    def report(found: DryRun) -> ReportView:
        return report_view(request.way(), found)

    planned = plan_publish(request, caller(), plan_id, lambda found: report(found).model_dump_json())
    return view(200, refused_plan_view(request, report(planned))) if isinstance(planned, DryRun) else planned


def _sent(done: Executed) -> Answer:
    assert isinstance(done.outcome, Sent)
    video_id = done.plan.content.video_id if isinstance(done.plan.content, PlannedComment) else ""
    return view(
        201,
        SentCommentView(comment_id=done.outcome.comment_id, video_id=video_id, looked_up=done.outcome.looked_up),
    )
