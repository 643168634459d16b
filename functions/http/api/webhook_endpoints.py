"""/v1/webhook-endpoints: webhook endpoints and their deliveries."""

from collections.abc import Callable
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from dropcast import clock
from dropcast.errors.problem import Problem
from dropcast.events.deliveries import redeliver_and_test
from dropcast.events.deliveries.delivery_log import deliveries
from dropcast.events.deliveries.delivery_store import DeliveryState
from dropcast.events.deliveries.signed_message import signed_message
from dropcast.events.endpoints import endpoints
from dropcast.events.endpoints.endpoint_requests import EndpointChange, EndpointRequest
from dropcast.events.endpoints.endpoint_store import all_endpoints
from dropcast.idempotency import Claim
from dropcast.log import logger
from dropcast.timestamp import Timestamp, to_epoch_seconds

from .answers import Answer, Id, Outcome, caller, documented, operators, refused, view, view_or_refusal
from .create_once import IdempotencyKey, create_once
from .webhook_views import (
    DeletedEndpointView,
    DeliveriesView,
    EndpointsView,
    EndpointView,
    NewSecretView,
    RedeliverRequest,
    RequeuedView,
    TestEventView,
    WebhookMessageView,
    deliveries_view,
    endpoint_view,
    message_view,
    new_secret_view,
)

router = APIGatewayHttpRouter()

_ALL = "/v1/webhook-endpoints"
_ONE = f"{_ALL}/<endpoint_id>"


@router.post(
    _ALL,
    middlewares=operators("admin"),
    responses=documented(
        201,
        "The endpoint and its secret, shown only once",
        NewSecretView,
        "endpoint_url_refused",
        "idempotency_conflict",
        "not_found",
        "secret_was_shown",
        "too_many_endpoints",
        "unknown_event",
    ),
)
def make_webhook_endpoint(request: EndpointRequest, idempotency_key: IdempotencyKey = None) -> Answer:
    """Create a webhook endpoint: an https address that receives events. The answer contains the endpoint's secret, with
    which Dropcast signs the events.

    A repeated request with the same Idempotency-Key creates no second endpoint and does not show the secret again
    (`secret_was_shown`).
    """

    def make(claim: Claim) -> Answer | Problem:
        made = endpoints.create(request.url, request.events, request.description, claim.made)
        if isinstance(made, Problem):
            return made
        _log("webhook_endpoint.created", claim.made)
        return view(201, new_secret_view(*made))

    return create_once(idempotency_key, "whe", make)


@router.get(_ALL, middlewares=operators("read"), responses=documented(200, "All endpoints", EndpointsView, "not_found"))
def list_webhook_endpoints() -> Answer:
    """List all webhook endpoints, oldest first. There are at most 50."""
    return view(200, EndpointsView(items=[endpoint_view(one) for one in all_endpoints()]))


@router.get(_ONE, middlewares=operators("read"), responses=documented(200, "The endpoint", EndpointView, "not_found"))
def show_webhook_endpoint(endpoint_id: Id) -> Answer:
    """Show one webhook endpoint and whether it is failing."""
    return view_or_refusal(200, endpoints.get(endpoint_id), endpoint_view)


@router.patch(
    _ONE,
    middlewares=operators("admin"),
    responses=documented(
        200,
        "The changed endpoint",
        EndpointView,
        "endpoint_contended",
        "endpoint_url_refused",
        "not_found",
        "unknown_event",
    ),
)
def change_webhook_endpoint(endpoint_id: Id, request: EndpointChange) -> Answer:
    """Change the given fields. `status: enabled` resumes deliveries to a disabled endpoint."""
    changed = endpoints.change(
        endpoint_id,
        url=request.url,
        events=request.events,
        description=request.description,
        status=request.status,
    )
    return _logged("webhook_endpoint.changed", endpoint_id, 200, changed, endpoint_view)


@router.delete(
    _ONE,
    middlewares=operators("admin"),
    responses=documented(200, "The endpoint is deleted", DeletedEndpointView, "not_found"),
)
def delete_webhook_endpoint(endpoint_id: Id) -> Answer:
    """Delete a webhook endpoint. Dropcast makes no further attempts for its pending deliveries."""
    if why := endpoints.delete(endpoint_id):
        return refused(why)
    _log("webhook_endpoint.deleted", endpoint_id)
    return view(200, DeletedEndpointView(endpoint_id=endpoint_id))


@router.post(
    f"{_ONE}/rotate-secret",
    middlewares=operators("admin"),
    responses=documented(
        200, "The endpoint and its new secret, shown only once", NewSecretView, "endpoint_contended", "not_found"
    ),
)
def rotate_webhook_secret(endpoint_id: Id) -> Answer:
    """Create a new secret for the endpoint. For 24 hours Dropcast signs events with the previous secret too."""
    rotated = endpoints.rotate(endpoint_id)
    return _logged("webhook_secret.rotated", endpoint_id, 200, rotated, lambda made: new_secret_view(*made))


@router.post(
    f"{_ONE}/test",
    middlewares=operators("admin"),
    responses=documented(202, "The test event is queued", TestEventView, "endpoint_disabled", "not_found"),
)
def send_test_event(endpoint_id: Id) -> Answer:
    """Send the event `webhook_endpoint.test` to this endpoint only. The endpoint's deliveries show the result."""
    return view_or_refusal(
        202, redeliver_and_test.send_test_event(endpoint_id), lambda event_id: TestEventView(event_id=event_id)
    )


@router.post(
    f"{_ONE}/redeliver",
    middlewares=operators("admin"),
    responses=documented(
        202,
        "The deliveries are queued",
        RequeuedView,
        "endpoint_disabled",
        "event_not_kept",
        "not_found",
        "too_many_deliveries",
    ),
)
def redeliver(endpoint_id: Id, request: RedeliverRequest) -> Answer:
    """Deliver one event again, or all events for this endpoint in a time range. The events keep their ids."""
    until = clock.now() + 1 if request.until is None else to_epoch_seconds(request.until)
    what = (
        [request.event_id]
        if request.event_id
        else redeliver_and_test.Span(to_epoch_seconds(request.since) or 0, until or 0, request.state)
    )
    queued = redeliver_and_test.redeliver(endpoint_id, what)
    return _logged("deliveries.requeued", endpoint_id, 202, queued, lambda queued: RequeuedView(queued=queued))


@router.get(
    f"{_ONE}/deliveries",
    middlewares=operators("read"),
    responses=documented(200, "A page of deliveries", DeliveriesView, "not_found"),
)
def list_webhook_deliveries(
    endpoint_id: Id,
    state: Annotated[DeliveryState | None, Query()] = None,
    since: Annotated[Timestamp | None, Query(description="Only events created at or after this time.")] = None,
    until: Annotated[Timestamp | None, Query(description="Only events created before this time.")] = None,
    after: Annotated[str | None, Query(alias="next", min_length=1, max_length=100)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> Answer:
    """List the deliveries to this endpoint in the last 31 days, newest first, with the endpoint's answers."""
    found = endpoints.get(endpoint_id)
    if isinstance(found, Problem):
        return refused(found)
    page = deliveries(
        endpoint_id, state=state, since=to_epoch_seconds(since), until=to_epoch_seconds(until), after=after, limit=limit
    )
    return view_or_refusal(200, page, deliveries_view)


@router.get(
    f"{_ONE}/deliveries/<event_id>/message",
    middlewares=operators("admin"),
    responses=documented(200, "The webhook, signed now", WebhookMessageView, "event_not_kept", "not_found"),
)
def show_webhook_message(endpoint_id: Id, event_id: Id) -> Answer:
    """Show the webhook of a delivery: the body that Dropcast sends, and headers with a fresh signature. This request
    sends nothing to the endpoint. The delivery may be in any state, and the endpoint may be disabled.
    """
    return view_or_refusal(200, signed_message(endpoint_id, event_id), message_view)


def _logged(
    event: str, endpoint_id: str, status: int, outcome: Outcome | Problem, to_view: Callable[[Outcome], BaseModel]
) -> Answer:
    """Log the event unless `outcome` is a Problem, and return the answer."""
    if not isinstance(outcome, Problem):
        _log(event, endpoint_id)
    return view_or_refusal(status, outcome, to_view)


def _log(event: str, endpoint_id: str) -> None:
    logger.info(event, endpoint_id=endpoint_id, by_key_id=caller().key_id)
