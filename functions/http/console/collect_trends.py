"""/console/trends/collect: asks what a collection of all lists may cost, then queues it as POST /v1/trends/collect."""

import re

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import idempotency, ids
from dropcast.browser_requests import form_of
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.settings import listed, settings
from dropcast.trends import collection_plan, run_queue
from dropcast.trends.sources.request_and_unit_limits_store import units_used

from .answers import page, redirect
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_KEY = re.compile(r"[\w-]{20,40}", re.ASCII)


@router.get("/console/trends/collect", middlewares=signed_in("admin"))
def confirm_collection() -> Response[str]:
    """Ask before the sources are called."""
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
        idempotency_key=ids.new_secret(16),
    )


@router.post("/console/trends/collect", middlewares=signed_in("admin"))
def collect_trends() -> Response[str]:
    """Queue every list. The form's own idempotency key makes a second press the same run."""
    if not collection_plan.planned_queries():
        return refused(problem("trends_not_configured"))
    key = form_of(BaseRouter.current_event.raw_event).get("idempotency_key", "")
    if not _KEY.fullmatch(key):
        return refused(problem("form_expired"))
    name = f"console-run#{caller().key_id}#{key}"
    claim = idempotency.claim(name, "", ids.new_id("run"))
    if isinstance(claim, Problem):
        return refused(claim)
    if not claim.noted:
        run_queue.begin_run(claim.made)
        idempotency.note_made(name, claim)
        logger.info("trends.queued", run_id=claim.made, by_key_id=caller().key_id)
    return redirect("/console/trends?queued=1")
