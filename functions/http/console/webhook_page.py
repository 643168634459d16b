"""/console/webhooks/{endpoint_id}: one endpoint with its deliveries, test events and redeliveries.

A request for the page makes four AWS calls, and so does a refresh of the deliveries.
"""

from typing import Any, get_args

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.errors.problem import Problem, http_status
from dropcast.events.deliveries import redeliver_and_test
from dropcast.events.deliveries.delivery_log import deliveries, one_delivery
from dropcast.events.deliveries.delivery_store import DeliveryState
from dropcast.events.endpoints import endpoints
from dropcast.idempotency import Claim
from dropcast.log import logger

from .act_once import act_once, new_form_key
from .answers import page, partial, redirect
from .request_session import caller
from .signed_in import refused, signed_in
from .webhook_views import last_of, shown_delivery, shown_endpoint

router = APIGatewayHttpRouter()

_ONE = "/console/webhooks/<endpoint_id>"
_DELIVERIES_A_PAGE = 50
_CURSOR_MAX = 100


@router.get(_ONE, middlewares=signed_in("read", unbound=True))
def show_endpoint(endpoint_id: str) -> Response[str]:
    """The page of the endpoint."""
    return endpoint_answer(endpoint_id)


@router.get(f"{_ONE}/deliveries", middlewares=signed_in("read", unbound=True))
def show_deliveries(endpoint_id: str) -> Response[str]:
    """The endpoint's state and its deliveries. The page loads them again every five seconds."""
    values = _values(endpoint_id)
    return refused(values) if isinstance(values, Problem) else partial("webhook.html", "deliveries", **values)


@router.get(f"{_ONE}/deliveries/<event_id>", middlewares=signed_in("read", unbound=True))
def show_delivery(endpoint_id: str, event_id: str) -> Response[str]:
    """One delivery with its attempts."""
    return _delivery_answer(endpoint_id, event_id)


@router.get(f"{_ONE}/deliveries/<event_id>/attempts", middlewares=signed_in("read", unbound=True))
def show_attempts(endpoint_id: str, event_id: str) -> Response[str]:
    """The part of a delivery's page that changes. The page loads it again while the delivery is pending."""
    values = _delivery_values(endpoint_id, event_id)
    return refused(values) if isinstance(values, Problem) else partial("delivery.html", "attempts", **values)


@router.post(f"{_ONE}/deliveries/<event_id>/redeliver", middlewares=signed_in("admin", unbound=True))
def redeliver(endpoint_id: str, event_id: str) -> Response[str]:
    """Deliver the event again, like POST /v1/webhook-endpoints/{endpoint_id}/redeliver with the event's id."""

    def queue(claim: Claim) -> int | Problem:
        return redeliver_and_test.redeliver(endpoint_id, [event_id]) if claim.first else 0

    queued = act_once("rdl", queue)
    if isinstance(queued, Problem):
        return _delivery_answer(endpoint_id, event_id, queued)
    if queued:
        logger.info("deliveries.requeued", endpoint_id=endpoint_id, by_key_id=caller().key_id)
    return redirect(f"/console/webhooks/{endpoint_id}/deliveries/{event_id}")


@router.post(f"{_ONE}/test", middlewares=signed_in("admin", unbound=True))
def send_test(endpoint_id: str) -> Response[str]:
    """Send a test event, like POST /v1/webhook-endpoints/{endpoint_id}/test."""

    def send(claim: Claim) -> str | Problem | None:
        return redeliver_and_test.send_test_event(endpoint_id) if claim.first else None

    sent = act_once("tst", send)
    return (
        endpoint_answer(endpoint_id, sent)
        if isinstance(sent, Problem)
        else redirect(f"/console/webhooks/{endpoint_id}")
    )


def endpoint_answer(endpoint_id: str, why: Problem | None = None) -> Response[str]:
    """The page of the endpoint. `why`: the problem after the last button press."""
    values = _values(endpoint_id)
    if isinstance(values, Problem):
        return refused(values)
    query = BaseRouter.current_event.query_string_parameters
    return page(
        "webhook.html",
        http_status(why.code) if why else 200,
        **values,
        problem=why,
        once=new_form_key(),
        was_rotated="rotated" in query,
    )


def _values(endpoint_id: str) -> dict[str, Any] | Problem:
    """What the page shows about the endpoint and about one page of its deliveries."""
    query = BaseRouter.current_event.query_string_parameters
    asked, after = query.get("state"), query.get("next", "")[:_CURSOR_MAX] or None
    state: DeliveryState | None = next((one for one in get_args(DeliveryState) if one == asked), None)
    endpoint = endpoints.get(endpoint_id)
    if isinstance(endpoint, Problem):
        return endpoint
    found = deliveries(endpoint_id, state=state, since=None, until=None, after=after, limit=_DELIVERIES_A_PAGE)
    if isinstance(found, Problem):
        return found
    shown = [shown_delivery(one, caller()) for one in found.deliveries]
    is_newest = state is None and after is None
    return {
        "shown": shown_endpoint(endpoint, caller()),
        "deliveries": shown,
        "last_success": last_of(shown, success=True) if is_newest else None,
        "last_failure": last_of(shown, success=False) if is_newest else None,
        "is_newest": is_newest,
        "state": state,
        "after": after,
        "next_deliveries": found.next,
        "may_not": caller().refusal("admin"),
    }


def _delivery_answer(endpoint_id: str, event_id: str, why: Problem | None = None) -> Response[str]:
    values = _delivery_values(endpoint_id, event_id)
    if isinstance(values, Problem):
        return refused(values)
    return page("delivery.html", http_status(why.code) if why else 200, **values, problem=why, once=new_form_key())


def _delivery_values(endpoint_id: str, event_id: str) -> dict[str, Any] | Problem:
    found = one_delivery(endpoint_id, event_id)
    if isinstance(found, Problem):
        return found
    endpoint, delivery = found
    return {
        "endpoint": shown_endpoint(endpoint, caller()),
        "shown": shown_delivery(delivery, caller()),
        "may_not": caller().refusal("admin"),
    }
