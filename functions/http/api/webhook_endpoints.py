"""/v1/webhook-endpoints: webhook endpoints and their deliveries."""

from typing import Annotated, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast import clock
from dropcast.errors.problem import Problem
from dropcast.events.deliveries import redeliver_and_test
from dropcast.events.deliveries.delivery_log import deliveries
from dropcast.events.deliveries.delivery_store import DeliveryState
from dropcast.events.deliveries.redeliver_and_test import Span
from dropcast.events.endpoints import endpoints
from dropcast.idempotency import Claim
from dropcast.timestamp import Timestamp, to_epoch_seconds

from .answers import Id, caller, documented, operators, refused, view
from .create_once import IdempotencyKey, create_once
from .webhook_views import (
    DeletedEndpointView,
    DeliveriesView,
    EndpointChange,
    EndpointRequest,
    EndpointsView,
    EndpointView,
    NewSecretView,
    RedeliverRequest,
    RequeuedView,
    TestEventView,
    deliveries_view,
    endpoint_view,
    new_secret_view,
)

_logger = Logger(child=True)
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
def make_webhook_endpoint(request: EndpointRequest, idempotency_key: IdempotencyKey = None) -> Response[Any]:
    """Create a webhook endpoint: an https address that receives events signed with the secret in the answer. A repeated
    request with the same Idempotency-Key creates no second endpoint and does not show the secret again
    (`secret_was_shown`)."""

    def make(claim: Claim) -> Response[Any] | Problem:
        made = endpoints.create(request.url, request.events, request.description, claim.made)
        if isinstance(made, Problem):
            return made
        _log("webhook_endpoint.created", claim.made)
        return view(201, new_secret_view(*made))

    return create_once(idempotency_key, "whe", make)


@router.get(_ALL, middlewares=operators("read"), responses=documented(200, "All endpoints", EndpointsView, "not_found"))
def list_webhook_endpoints() -> Response[Any]:
    """List all webhook endpoints, oldest first. There are at most 50."""
    return view(200, EndpointsView(items=[endpoint_view(one) for one in endpoints.all_endpoints()]))


@router.get(_ONE, middlewares=operators("read"), responses=documented(200, "The endpoint", EndpointView, "not_found"))
def show_webhook_endpoint(endpoint_id: Id) -> Response[Any]:
    """Show one webhook endpoint and whether it is failing."""
    found = endpoints.get(endpoint_id)
    return refused(found) if isinstance(found, Problem) else view(200, endpoint_view(found))


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
def change_webhook_endpoint(endpoint_id: Id, request: EndpointChange) -> Response[Any]:
    """Change the given fields. `status: enabled` resumes deliveries to a disabled endpoint."""
    changed = endpoints.change(
        endpoint_id,
        url=request.url,
        events=request.events,
        description=request.description,
        status=request.status,
    )
    if isinstance(changed, Problem):
        return refused(changed)
    _log("webhook_endpoint.changed", endpoint_id)
    return view(200, endpoint_view(changed))


@router.delete(
    _ONE,
    middlewares=operators("admin"),
    responses=documented(200, "The endpoint is deleted", DeletedEndpointView, "not_found"),
)
def delete_webhook_endpoint(endpoint_id: Id) -> Response[Any]:
    """Delete a webhook endpoint. Its pending deliveries are dropped."""
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
def rotate_webhook_secret(endpoint_id: Id) -> Response[Any]:
    """Create a new secret for the endpoint. For 24 hours events are signed with the previous secret too."""
    rotated = endpoints.rotate(endpoint_id)
    if isinstance(rotated, Problem):
        return refused(rotated)
    _log("webhook_secret.rotated", endpoint_id)
    return view(200, new_secret_view(*rotated))


@router.post(
    f"{_ONE}/test",
    middlewares=operators("admin"),
    responses=documented(202, "The test event is queued", TestEventView, "endpoint_disabled", "not_found"),
)
def send_test_event(endpoint_id: Id) -> Response[Any]:
    """Send the event `webhook_endpoint.test` to this endpoint only. Its deliveries show the result."""
    event_id = redeliver_and_test.send_test_event(endpoint_id)
    return refused(event_id) if isinstance(event_id, Problem) else view(202, TestEventView(event_id=event_id))


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
def redeliver(endpoint_id: Id, request: RedeliverRequest) -> Response[Any]:
    """Deliver one event again, or all events for this endpoint in a time range. The events keep their ids."""
    until = clock.now() + 1 if request.until is None else to_epoch_seconds(request.until)
    what = (
        [request.event_id]
        if request.event_id
        else Span(to_epoch_seconds(request.since) or 0, until or 0, request.state)
    )
    queued = redeliver_and_test.redeliver(endpoint_id, what)
    if isinstance(queued, Problem):
        return refused(queued)
    _log("deliveries.requeued", endpoint_id)
    return view(202, RequeuedView(queued=queued))


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
) -> Response[Any]:
    """List the deliveries to this endpoint in the last 31 days with its answers, newest first."""
    found = endpoints.get(endpoint_id)
    if isinstance(found, Problem):
        return refused(found)
    page = deliveries(
        endpoint_id, state=state, since=to_epoch_seconds(since), until=to_epoch_seconds(until), after=after, limit=limit
    )
    return refused(page) if isinstance(page, Problem) else view(200, deliveries_view(page))


def _log(event: str, endpoint_id: str) -> None:
    _logger.info(event, endpoint_id=endpoint_id, by_key_id=caller().key_id)
