"""/console/trends/collect: shows what a collection of all lists may cost, then queues it like POST
/v1/trends/collect.
"""

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import Problem, problem
from dropcast.idempotency import Claim
from dropcast.log import logger
from dropcast.settings import listed, settings
from dropcast.trends import collection_plan, run_queue
from dropcast.trends.sources.request_and_unit_limits_store import units_used

from .act_once import act_once, mark_made, new_form_key
from .answers import page, redirect
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()


@router.get("/console/trends/collect", middlewares=signed_in("admin"))
def confirm_collection() -> Response[str]:
    """The page that asks the person to confirm the collection, because its calls to the sources may cost money."""
    lists = collection_plan.planned_queries()
    if not lists:
        return refused(problem("trends_not_configured"))
    has_units = bool(listed(settings().trend_keywords))
    return page(
        "collect_trends.html",
        lists=len(lists),
        requests=settings().trend_requests_per_run,
        units=settings().ensembledata_units_per_day if has_units else 0,
        used=units_used() if has_units else 0,
        once=new_form_key(),
    )


@router.post("/console/trends/collect", middlewares=signed_in("admin"))
def collect_trends() -> Response[str]:
    """Queue a run, like POST /v1/trends/collect. A second press of the same form's button queues no second run."""
    if not collection_plan.planned_queries():
        return refused(problem("trends_not_configured"))
    queued = act_once("run", _begin_run)
    return refused(queued) if isinstance(queued, Problem) else redirect("/console/trends?queued=1")


def _begin_run(claim: Claim) -> str:
    if not claim.noted:
        run_queue.begin_run(claim.made)
        mark_made(claim)
        logger.info("trends.queued", run_id=claim.made, by_key_id=caller().key_id)
    return claim.made
