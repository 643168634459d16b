"""/v1/plans: actions that are checked first, then carried out once."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import Problem
from dropcast.idempotency import Claim
from dropcast.log import logger
from dropcast.publishing.intake.dry_run import DryRun
from dropcast.publishing.plans.execute_plan import execute
from dropcast.publishing.plans.make_plan import plan_publish
from dropcast.publishing.plans.plan_store import own_plan

from .answers import Answer, Id, answered, caller, documented, needs, refused, replayed, view, view_or_refusal
from .create_once import IdempotencyKey, create_once
from .dry_run_views import ReportView
from .dry_runs import report_view
from .error_code_groups import EXECUTES_PLAN, PLANS
from .plan_views import PlanRequest, StoredPlanView, plan_view, refused_plan_view
from .publish_views import PublishView, publish_view

router = APIGatewayHttpRouter()


@router.post(
    "/v1/plans",
    middlewares=needs("publish", "draft"),
    responses=documented(201, "The plan is stored", StoredPlanView, *PLANS)
    | answered(200, "The action has problems, which the report names. Nothing is stored", StoredPlanView),
)
def make_plan(request: PlanRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Check an action and store it as a plan, which can be executed once.

    The check is that of /v1/preflight, and counts as one. A key with the scope draft may plan a direct post, but only a
    person can publish it, by `console_url`. The same Idempotency-Key with the same body returns the same plan.
    """

    def to_json(found: DryRun) -> str:
        return _report(request, found).model_dump_json()

    def make(claim: Claim) -> Answer | Problem:
        planned = plan_publish(request.publish, caller(), claim, to_json)
        if isinstance(planned, Problem):
            return planned
        if isinstance(planned, DryRun):
            return view(200, refused_plan_view(request.publish, _report(request, planned)))
        logger.info("plan.made", plan_id=planned.plan_id, account_id=planned.account_id, key_id=planned.key_id)
        return view(201, plan_view(planned, caller()))

    return create_once(idempotency_key, "pln", make)


@router.get(
    "/v1/plans/<plan_id>",
    middlewares=needs("read", "publish", "draft"),
    responses=documented(200, "The plan", StoredPlanView, "not_found"),
)
def show_plan(plan_id: Id) -> Answer:
    """Show a plan that this API key made, for 24 hours."""
    return view_or_refusal(200, own_plan(plan_id, caller()), lambda plan: plan_view(plan, caller()))


@router.post(
    "/v1/plans/<plan_id>/execute",
    middlewares=needs("publish", "draft"),
    responses=documented(202, "The publish", PublishView, *EXECUTES_PLAN),
)
def execute_plan(plan_id: Id) -> Answer:
    """Carry out a plan that this API key made, within 15 minutes.

    Dropcast first checks that nothing has changed since: the account, the objects in S3, and what TikTok lets the
    creator post. A repeated request returns the same publish for 24 hours.
    """
    done = execute(plan_id, caller())
    if isinstance(done, Problem):
        return refused(done)
    answer = view(202, publish_view(done))
    if done.replayed:
        return replayed(answer)
    logger.info("plan.executed", plan_id=plan_id, publish_id=done.publish_id, account_id=done.account_id)
    return answer


def _report(request: PlanRequest, found: DryRun) -> ReportView:
    return report_view(request.publish.way(), found)
