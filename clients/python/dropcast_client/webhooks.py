"""Verifies webhooks by the Standard Webhooks scheme, and reads the events in them."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from standardwebhooks import Webhook, WebhookVerificationError

from dropcast_client.errors import WebhookRefusedError
from dropcast_client.model_bases import Answer
from dropcast_client.models.events import Event


class OtherEvent(Answer):
    """An event with a name that this version does not know."""

    event_id: str
    event: str
    at: datetime
    sequence: int | None
    data: dict[str, Any]


@cache
def _known() -> TypeAdapter[Event]:
    return TypeAdapter(Annotated[Event, Field(discriminator="event")])


def verify_webhook(body: bytes, headers: Mapping[str, str], secret: str) -> Event | OtherEvent:
    """The event in a webhook that was signed with `secret` (`whsec_…`) within the last five minutes.

    `body` is the body as received, before parsing. Raises WebhookRefusedError.
    """
    try:
        Webhook(secret).verify(body, dict(headers))
    except (WebhookVerificationError, ValueError) as error:
        raise WebhookRefusedError(f"The webhook is refused: {error}.", "Check the endpoint's secret.") from None
    try:
        return _known().validate_json(body)
    except ValidationError:
        return _other(body)


def _other(body: bytes) -> OtherEvent:
    try:
        return OtherEvent.model_validate_json(body)
    except ValidationError:
        words = "The webhook is refused: its body is not an event of Dropcast.", "Check the endpoint's URL."
        raise WebhookRefusedError(*words) from None
