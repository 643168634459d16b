"""/console/health: the checks that the deployment can make of itself, each with its result in words and the fix.

The page makes at most ten AWS calls, two of them for the session. A key that is bound to a user sees only the result of
/v1/health.
"""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.health.finding import Status, urgency, worst
from dropcast.health.run_checks import run_checks

from .account_views import Tone
from .answers import page, partial
from .request_session import caller
from .signed_in import signed_in

router = APIGatewayHttpRouter()

_STATUS: dict[Status, tuple[str, Tone]] = {
    "ok": ("OK", "done"),
    "look": ("Take a look", "waits"),
    "act": ("Act now", "failed"),
}
# Pages of the console with more about a check.
_PAGES = {
    "webhook_endpoints": "/console/webhooks",
    "deliveries": "/console/webhooks",
    "trend_sources": "/console/trends#sources",
}


@router.get("/console/health", middlewares=signed_in("read"))
def show_health() -> Response[str]:
    """The page with the list of checks."""
    return page("health.html", **_values())


@router.get("/console/health/list", middlewares=signed_in("read"))
def show_list() -> Response[str]:
    """Only the list of checks, without the rest of the page. The page requests it every 30 seconds."""
    return partial("health.html", "list", **_values())


def _values() -> dict[str, Any]:
    found = sorted(run_checks(caller()), key=lambda one: urgency(one[1].status))
    statuses: list[Status] = [finding.status for _, finding in found]
    return {
        "found": [(check, finding, *_STATUS[finding.status]) for check, finding in found],
        "worst": worst(statuses),
        "counts": {status: statuses.count(status) for status in _STATUS},
        "pages": _PAGES,
        "is_bound": caller().user_id is not None,
        "checked_at": clock.now(),
    }
