"""What is asked of webhook endpoints, and how they and their deliveries are shown."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from dropcast.clock import iso
from dropcast.events.deliveries.delivery_log import DeliveryPage
from dropcast.events.deliveries.delivery_store import Attempt, Delivery, DeliveryState
from dropcast.events.endpoints.endpoint_store import Endpoint, Status, Why
from dropcast.events.outbound.outbound_post import MAX_URL_LENGTH
from dropcast.origins import origin_text
from dropcast.publishing.model.request import Timestamp

from .answers import caller

Url = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_URL_LENGTH,
        description="https with a valid certificate, on the public internet; redirects are not followed.",
    ),
]
Events = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(
        min_length=1,
        max_length=64,
        description="Names of events (docs/events.md), `publish.*` for all of a kind, `*` for all.",
    ),
]
Description = Annotated[str, Field(max_length=200, description="For people, to recognise it by.")]


class EndpointRequest(BaseModel):
    """A new webhook endpoint."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://hooks.example/dropcast", "events": ["publish.*"]}]},
    )

    url: Url
    events: Events = ["*"]
    description: Description = ""


class EndpointChange(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"status": "enabled"}]})

    url: Url | None = None
    events: Events | None = None
    description: Description | None = None
    status: Status | None = None


class RedeliverRequest(BaseModel):
    """One event by its id, whether the filter lets it through or not; or those made from `since` on and before `until`
    (now, where it is left out), of one state or of any."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"since": "2027-01-31T00:00:00Z", "state": "failed"}]},
    )

    event_id: str | None = Field(default=None, min_length=1, max_length=64)
    since: Timestamp | None = None
    until: Timestamp | None = None
    state: DeliveryState | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        span = self.since or self.until or self.state
        if bool(self.event_id) == bool(span) or (span and not self.since):
            raise ValueError("name event_id alone, or since")
        return self


class EndpointView(BaseModel):
    """A webhook endpoint. `url` is its origin alone for keys without the scope admin: the rest may hold a secret.

    While it fails, `failing_since` is when that began, `failures` how often it was tried, and nothing is sent before
    `paused_until`. The secret before the last rotation signs until `previous_secret_until`.
    """

    endpoint_id: str
    url: str
    events: list[str]
    description: str
    status: Status
    disabled_why: Why | None
    created_at: str
    failing_since: str | None
    failures: int
    paused_until: str | None
    previous_secret_until: str | None


class NewSecretView(EndpointView):
    """An endpoint whose secret was just made; it is shown only now. Standard Webhooks libraries take it as it is."""

    secret: str


class EndpointsView(BaseModel):
    """All webhook endpoints."""

    items: list[EndpointView]


class DeletedEndpointView(BaseModel):
    """What is no more."""

    endpoint_id: str
    deleted: Literal[True] = True


class TestEventView(BaseModel):
    """The test event's id, which is its webhook-id."""

    event_id: str


class RequeuedView(BaseModel):
    """How many events will be delivered again."""

    queued: int


class AttemptView(BaseModel):
    """One try: the answer's status and first characters, or in `error` why there was none.

    `answer` is empty for keys without the scope admin: a receiver may quote the secret path of its URL.
    """

    at: str
    status: int | None
    error: str | None
    answer: str
    took_ms: int


class DeliveryView(BaseModel):
    """One event on its way to the endpoint: its latest 20 tries, and `next_at`, while pending, when the next one is."""

    event_id: str
    event: str
    state: DeliveryState
    tries: int
    next_at: str | None
    attempts: list[AttemptView]


class DeliveriesView(BaseModel):
    """A page of deliveries, newest event first. It may be short, or empty, and yet have a next one."""

    items: list[DeliveryView]
    next: str | None


def endpoint_view(endpoint: Endpoint) -> EndpointView:
    return EndpointView(
        endpoint_id=endpoint.endpoint_id,
        url=endpoint.url if caller().may("admin") else origin_text(endpoint.url),
        events=list(endpoint.events),
        description=endpoint.description,
        status=endpoint.status,
        disabled_why=endpoint.disabled_why,
        created_at=iso(endpoint.created_at),
        failing_since=_time(endpoint.failing_since),
        failures=endpoint.failures,
        paused_until=_time(endpoint.paused_until),
        previous_secret_until=_time(endpoint.previous_until),
    )


def new_secret_view(endpoint: Endpoint, secret: SecretStr) -> NewSecretView:
    return NewSecretView(**endpoint_view(endpoint).model_dump(), secret=secret.get_secret_value())


def deliveries_view(page: DeliveryPage) -> DeliveriesView:
    return DeliveriesView(items=[_delivery_view(one) for one in page.deliveries], next=page.next)


def _delivery_view(delivery: Delivery) -> DeliveryView:
    return DeliveryView(
        event_id=delivery.event_id,
        event=delivery.name,
        state=delivery.state,
        tries=delivery.tries,
        next_at=_time(delivery.next_at),
        attempts=[_attempt_view(one) for one in delivery.attempts],
    )


def _attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        at=iso(attempt.at),
        status=attempt.status,
        error=attempt.error,
        answer=attempt.answer if caller().may("admin") else "",
        took_ms=attempt.took_ms,
    )


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)
