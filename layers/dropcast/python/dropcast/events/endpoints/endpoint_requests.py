"""The requests that create and change a webhook endpoint, sent by /v1/webhook-endpoints and by the console's forms."""

from typing import Annotated

from pydantic import BaseModel, Field

from dropcast.events.endpoints.endpoint_store import Status
from dropcast.events.outbound.outbound_post import MAX_URL_LENGTH

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_URL_LENGTH,
        description="An https address on the public internet with a valid certificate. Dropcast follows no redirects.",
    ),
]
Events = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(
        min_length=1,
        max_length=64,
        description="Event names (docs/events.md). `publish.*` means all events of the group, `*` all events.",
    ),
]
Description = Annotated[str, Field(max_length=200, description="A description for people.")]


class EndpointRequest(
    BaseModel,
    extra="forbid",
    json_schema_extra={"examples": [{"url": "https://hooks.example/dropcast", "events": ["publish.*"]}]},
):
    """A new webhook endpoint."""

    url: Url
    events: Events = ["*"]
    description: Description = ""


class EndpointChange(BaseModel, extra="forbid", json_schema_extra={"examples": [{"status": "enabled"}]}):
    """The changes to a webhook endpoint. Omitted fields stay the same."""

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    status: Status | None = None
