"""/console/webhooks: the webhook endpoints, like /v1/webhook-endpoints.

An endpoint's secret is shown only once, in the answer to the form that created it.
"""

from typing import get_args

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import SecretStr

from dropcast.browser_requests import fields_of, form_of
from dropcast.errors.problem import Problem, http_status, problem
from dropcast.events.endpoints import endpoints
from dropcast.events.endpoints.endpoint_requests import EndpointChange, EndpointRequest
from dropcast.events.endpoints.endpoint_store import Endpoint, Status, all_endpoints
from dropcast.idempotency import Claim
from dropcast.log import logger

from .act_once import act_once, new_form_key
from .answers import page, redirect
from .endpoint_form import NEW, Fields, field_of, read_endpoint_form, stored_fields
from .field_problems import FORM_FAULT, FieldProblems
from .request_session import caller
from .signed_in import refused, signed_in
from .webhook_page import endpoint_answer
from .webhook_views import shown_endpoint

router = APIGatewayHttpRouter()

_ALL = "/console/webhooks"
_ONE = f"{_ALL}/<endpoint_id>"


@router.get(_ALL, middlewares=signed_in("read", unbound=True))
def show_endpoints() -> Response[str]:
    """The page with the list of endpoints and the form for a new endpoint."""
    return _endpoints_answer(NEW)


@router.post(_ALL, middlewares=signed_in("admin", unbound=True))
def make_endpoint() -> Response[str]:
    """Create an endpoint, like POST /v1/webhook-endpoints, and show its secret once."""
    typed = fields_of(BaseRouter.current_event.raw_event)
    request = read_endpoint_form(typed, EndpointRequest)
    if not isinstance(request, EndpointRequest):
        return _endpoints_answer(typed, problems=request)
    made = act_once("whe", lambda claim: endpoints.create(request.url, request.events, request.description, claim.made))
    if isinstance(made, Problem):
        return _endpoints_answer(typed, why=made)
    endpoint, secret = made
    _log("webhook_endpoint.created", endpoint.endpoint_id)
    return _secret_answer("Webhook endpoint created", endpoint, secret, 201)


@router.get(f"{_ONE}/edit", middlewares=signed_in("admin", unbound=True))
def show_edit(endpoint_id: str) -> Response[str]:
    """The form with the endpoint's URL, events and description."""
    endpoint = endpoints.get(endpoint_id)
    return refused(endpoint) if isinstance(endpoint, Problem) else _edit_answer(endpoint_id, stored_fields(endpoint))


@router.post(f"{_ONE}/edit", middlewares=signed_in("admin", unbound=True))
def edit_endpoint(endpoint_id: str) -> Response[str]:
    """Change the endpoint, like PATCH /v1/webhook-endpoints/{endpoint_id}."""
    typed = fields_of(BaseRouter.current_event.raw_event)
    request = read_endpoint_form(typed, EndpointChange)
    if not isinstance(request, EndpointChange):
        return _edit_answer(endpoint_id, typed, problems=request)
    changed = endpoints.change(endpoint_id, url=request.url, events=request.events, description=request.description)
    if isinstance(changed, Problem):
        return _edit_answer(endpoint_id, typed, why=changed)
    _log("webhook_endpoint.changed", endpoint_id)
    return redirect(f"{_ALL}/{endpoint_id}")


@router.post(f"{_ONE}/status", middlewares=signed_in("admin", unbound=True))
def change_status(endpoint_id: str) -> Response[str]:
    """Enable the endpoint, or disable it."""
    asked = form_of(BaseRouter.current_event.raw_event).get("status")
    status: Status | None = next((one for one in get_args(Status) if one == asked), None)
    changed = endpoints.change(endpoint_id, status=status) if status else problem("form_expired")
    if isinstance(changed, Problem):
        return endpoint_answer(endpoint_id, changed)
    _log("webhook_endpoint.changed", endpoint_id)
    return redirect(f"{_ALL}/{endpoint_id}")


@router.get(f"{_ONE}/rotate-secret", middlewares=signed_in("admin", unbound=True))
def confirm_rotate(endpoint_id: str) -> Response[str]:
    """The page that asks the person to confirm that the endpoint gets a new secret."""
    return _question("webhook_rotate.html", endpoint_id)


@router.post(f"{_ONE}/rotate-secret", middlewares=signed_in("admin", unbound=True))
def rotate_secret(endpoint_id: str) -> Response[str]:
    """Create a new secret and show it once. A second press of the same form's button creates no other secret."""

    def rotate(claim: Claim) -> tuple[Endpoint, SecretStr] | Problem | None:
        return endpoints.rotate(endpoint_id) if claim.first else None

    rotated = act_once("whs", rotate)
    if isinstance(rotated, Problem):
        return endpoint_answer(endpoint_id, rotated)
    if rotated is None:
        return redirect(f"{_ALL}/{endpoint_id}?rotated=1")
    _log("webhook_secret.rotated", endpoint_id)
    return _secret_answer("New secret", *rotated, 200)


@router.get(f"{_ONE}/delete", middlewares=signed_in("admin", unbound=True))
def confirm_delete(endpoint_id: str) -> Response[str]:
    """The page that asks the person to confirm the deletion of the endpoint."""
    return _question("webhook_delete.html", endpoint_id)


@router.post(f"{_ONE}/delete", middlewares=signed_in("admin", unbound=True))
def delete_endpoint(endpoint_id: str) -> Response[str]:
    """Delete the endpoint, like DELETE /v1/webhook-endpoints/{endpoint_id}."""
    if why := endpoints.delete(endpoint_id):
        return refused(why)
    _log("webhook_endpoint.deleted", endpoint_id)
    return redirect(_ALL)


def _endpoints_answer(
    typed: Fields, *, problems: FieldProblems | None = None, why: Problem | None = None
) -> Response[str]:
    """The page with the list of endpoints. `typed`: the values of the form. `problems`: the problems of its fields.

    `why`: the reason why no endpoint was created.
    """
    problems = problems or (why and field_of(why)) or {}
    return page(
        "webhooks.html",
        http_status(why.code) if why else FORM_FAULT if problems else 200,
        endpoints=[shown_endpoint(one, caller()) for one in all_endpoints()],
        endpoints_max=endpoints.MAX_ENDPOINTS,
        filters=endpoints.EVENT_FILTERS,
        typed=typed,
        once=new_form_key(),
        problems=problems,
        problem=None if problems else why,
        was_made=why.details["made"] if why and why.code == "secret_was_shown" else None,
        may_not=caller().refusal("admin"),
    )


def _edit_answer(
    endpoint_id: str, typed: Fields, *, problems: FieldProblems | None = None, why: Problem | None = None
) -> Response[str]:
    problems = problems or (why and field_of(why)) or {}
    return page(
        "webhook_edit.html",
        http_status(why.code) if why else FORM_FAULT if problems else 200,
        endpoint_id=endpoint_id,
        filters=endpoints.EVENT_FILTERS,
        typed=typed,
        problems=problems,
        problem=None if problems else why,
    )


def _question(template: str, endpoint_id: str) -> Response[str]:
    endpoint = endpoints.get(endpoint_id)
    if isinstance(endpoint, Problem):
        return refused(endpoint)
    return page(template, shown=shown_endpoint(endpoint, caller()), once=new_form_key())


def _secret_answer(title: str, endpoint: Endpoint, secret: SecretStr, status: int) -> Response[str]:
    shown = shown_endpoint(endpoint, caller())
    return page("webhook_secret.html", status, heading=title, shown=shown, text=secret.get_secret_value())


def _log(event: str, endpoint_id: str) -> None:
    logger.info(event, endpoint_id=endpoint_id, by_key_id=caller().key_id)
