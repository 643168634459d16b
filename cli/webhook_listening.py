"""Listens to an endpoint: polls its delivery log, verifies the webhook of each new delivery, and forwards it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import httpx

from cli.api import PAGE
from cli.output import print_note
from cli.wrong_input import WrongInputError
from dropcast import clock
from dropcast_client import (
    Dropcast,
    RateLimitedError,
    TikTokFailedError,
    UnansweredError,
    UnavailableError,
    UnexpectedAnswerError,
    WebhookRefusedError,
    verify_webhook,
)
from dropcast_client.models.webhook_endpoints import DeliveryView, WebhookMessageView

Signature = Literal["verified", "unverified", "refused"]

_POLL_S = 2.0
# A delivery enters the log after its event was created: usually within seconds, after an outage within minutes.
_LATE_S = 600
_RECEIVER_S = 10
_LAST_PORT = 65535
_PASSING = (RateLimitedError, TikTokFailedError, UnansweredError, UnavailableError, UnexpectedAnswerError)


@dataclass(frozen=True)
class Forwarded:
    """The receiver's answer: its status, or the error if there was no answer."""

    status: int | None
    error: str | None


@dataclass(frozen=True)
class Webhook:
    """A webhook in the log. If its signature is refused, it has the reason but no body, and is not forwarded."""

    event_id: str
    event: str
    signature: Signature
    reason: str | None = None
    body: Any = None
    forwarded: Forwarded | None = None


@dataclass(frozen=True)
class Listener:
    """Reads the webhooks of one endpoint. secret, forward_to: "" if not used."""

    api: Dropcast
    endpoint_id: str
    secret: str
    forward_to: str

    def listen(self, show: Callable[[Webhook], None]) -> None:
        """Show each new webhook in the log once, until Ctrl-C. An outage of the API delays the webhooks."""
        since = _late()
        seen = {one.event_id for one in self._logged(since)}
        print_note(f"Listening to {self.endpoint_id}. Press Ctrl-C to stop.")
        answers = True
        while True:
            clock.sleep(_POLL_S)
            next_since = _late()
            try:
                for delivery in self._logged(since):
                    if delivery.event_id not in seen:
                        show(self._read(delivery))
                        seen.add(delivery.event_id)
            except _PASSING as error:
                if answers:
                    print_note(f"{error} Trying again.")
                answers = False
                continue
            since, answers = next_since, True

    def _logged(self, since: datetime) -> list[DeliveryView]:
        """The deliveries of events that were created from `since` on, oldest first."""
        found = self.api.each(self.api.list_webhook_deliveries, self.endpoint_id, since=since, limit=PAGE)
        return list(found)[::-1]

    def _read(self, delivery: DeliveryView) -> Webhook:
        message = self.api.show_webhook_message(self.endpoint_id, delivery.event_id)
        about = delivery.event_id, delivery.event
        if self.secret and (reason := _complaint(message, self.secret)):
            return Webhook(*about, "refused", reason)
        signature: Signature = "verified" if self.secret else "unverified"
        forwarded = _forward(message, self.forward_to) if self.forward_to else None
        return Webhook(*about, signature, body=json.loads(message.body), forwarded=forwarded)


def check_receiver(url: str) -> None:
    """Raise WrongInputError unless `url` is the http or https address of a receiver."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        parts = httpx.URL("")
    if parts.scheme not in ("http", "https") or not parts.host or (parts.port or 0) > _LAST_PORT:
        raise WrongInputError(
            "--forward-to is not an address.", "Write it in full, such as http://127.0.0.1:8000/dropcast."
        )


def _complaint(message: WebhookMessageView, secret: str) -> str | None:
    try:
        verify_webhook(message.body.encode(), message.headers, secret)
    except WebhookRefusedError as error:
        return error.message
    return None


def _forward(message: WebhookMessageView, url: str) -> Forwarded:
    """POST the webhook to `url` as Dropcast does: without a proxy and without following a redirect."""
    headers = {"content-type": "application/json", **message.headers}
    try:
        with httpx.stream(
            "POST", url, content=message.body.encode(), headers=headers, timeout=_RECEIVER_S, trust_env=False
        ) as answer:
            return Forwarded(answer.status_code, None)
    except httpx.HTTPError as error:
        return Forwarded(None, str(error) or type(error).__name__)


def _late() -> datetime:
    return datetime.fromtimestamp(clock.now() - _LATE_S, UTC)
