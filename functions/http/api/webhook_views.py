"""The API's requests and views of webhook endpoints and deliveries."""

from typing import Literal, Self

from pydantic import BaseModel, Field, SecretStr, model_validator

from dropcast.clock import iso
from dropcast.events.deliveries.delivery_log import DeliveryPage, answer_for
from dropcast.events.deliveries.delivery_store import Attempt, Delivery, DeliveryState
from dropcast.events.deliveries.signed_message import SignedMessage
from dropcast.events.endpoints.endpoint_store import Endpoint, Status, Why
from dropcast.events.endpoints.endpoints import url_for
from dropcast.timestamp import Timestamp

from .answers import caller


class RedeliverRequest(
    BaseModel,
    extra="forbid",
    json_schema_extra={"examples": [{"since": "2027-01-31T00:00:00Z", "state": "failed"}]},
):
    """Either one event by its id, or all events created at or after `since` and before `until` (default: now).

    An event that is named by its id is delivered even if the endpoint does not subscribe to it. `state` limits a range
    to deliveries in that state.
    """

    event_id: str | None = Field(default=None, min_length=1, max_length=64)
    since: Timestamp | None = None
    until: Timestamp | None = None
    state: DeliveryState | None = None

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        span = self.since or self.until or self.state
        if bool(self.event_id) == bool(span) or (span and not self.since):
            raise ValueError("use either event_id alone, or since with optional until and state")
        return self


class EndpointView(BaseModel):
    """A webhook endpoint.

    Keys without the scope admin see only the origin of `url`, because the rest may contain a secret. While the endpoint
    fails, `failing_since` is the time of the first failure and `failures` counts the failed attempts. Dropcast sends
    nothing before `paused_until`. Until `previous_secret_until`, Dropcast signs with the previous secret too.
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
    """An endpoint with its new secret, which the API shows only once. Standard Webhooks libraries accept the secret
    unchanged.
    """

    secret: str


class EndpointsView(BaseModel):
    """All webhook endpoints."""

    items: list[EndpointView]


class DeletedEndpointView(BaseModel):
    """A deleted endpoint."""

    endpoint_id: str
    deleted: Literal[True] = True


class TestEventView(BaseModel):
    """The id of the test event. The webhook has this id in the header webhook-id."""

    event_id: str


class RequeuedView(BaseModel):
    """The number of events that Dropcast will deliver again."""

    queued: int


class AttemptView(BaseModel):
    """One attempt: the status and the first characters of the answer, or the `error` if there was no answer.

    `answer` is empty for keys without the scope admin, because a receiver may quote the secret path of its URL.
    """

    at: str
    status: int | None
    error: str | None
    answer: str
    took_ms: int


class DeliveryView(BaseModel):
    """The delivery of one event, with its latest 20 attempts.

    While the delivery is pending, `next_at` is the time of the next attempt.
    """

    event_id: str
    event: str
    state: DeliveryState
    tries: int
    next_at: str | None
    attempts: list[AttemptView]


class DeliveriesView(BaseModel):
    """A page of deliveries, newest event first. A page may be short or empty although there is a next page."""

    items: list[DeliveryView]
    next: str | None


class WebhookMessageView(BaseModel):
    """A webhook. `headers` has webhook-id, webhook-timestamp and webhook-signature. The signature covers the text in
    `body`.

    Libraries accept the signature for five minutes.
    """

    headers: dict[str, str]
    body: str


def endpoint_view(endpoint: Endpoint) -> EndpointView:
    return EndpointView(
        endpoint_id=endpoint.endpoint_id,
        url=url_for(endpoint, caller()),
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


def message_view(message: SignedMessage) -> WebhookMessageView:
    return WebhookMessageView(headers=message.headers, body=message.body)


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
        answer=answer_for(attempt, caller()),
        took_ms=attempt.took_ms,
    )


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)
