"""The form of a webhook endpoint: reads what the browser sent, and shows what is stored. It makes no calls."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from pydantic import ValidationError

from dropcast.errors.problem import Problem
from dropcast.events.endpoints.endpoint_requests import EndpointChange, EndpointRequest
from dropcast.events.endpoints.endpoint_store import Endpoint

from .field_problems import FieldProblems, problems_by_field

Fields = Mapping[str, Sequence[str]]
Request = TypeVar("Request", EndpointRequest, EndpointChange)

NEW: Fields = {"events": ["*"]}
"""The fields of the form for a new endpoint."""
_FIELD_OF_CODE = {"endpoint_url_refused": "url", "unknown_event": "events"}


def read_endpoint_form(typed: Fields, model: type[Request]) -> Request | FieldProblems:
    """The form as a request of /v1/webhook-endpoints, or the form's problems."""
    texts = {name: typed.get(name, [""])[-1].strip() for name in ("url", "description")}
    try:
        return model.model_validate({**texts, "events": list(typed.get("events", []))})
    except ValidationError as error:
        return problems_by_field(error)


def stored_fields(endpoint: Endpoint) -> Fields:
    """The form's fields for a stored endpoint."""
    return {"url": [endpoint.url], "description": [endpoint.description], "events": endpoint.events}


def field_of(why: Problem) -> FieldProblems | None:
    """`why` as the problem of a field. None if it concerns the whole form."""
    field = _FIELD_OF_CODE.get(why.code)
    return {field: (why,)} if field else None
