"""Shows webhook endpoints and deliveries on pages: their state in words, and only what the key may see."""

from collections.abc import Sequence
from dataclasses import dataclass

from dropcast import ids
from dropcast.caller import Caller
from dropcast.events.deliveries.delivery_log import answer_for
from dropcast.events.deliveries.delivery_store import Attempt, Delivery, DeliveryState
from dropcast.events.endpoints.endpoint_store import Endpoint, Why
from dropcast.events.endpoints.endpoints import url_for

from .account_views import Tone

_DISABLED: dict[Why, str] = {
    "by_request": "A person disabled it.",
    "gone": "It answered 410, which asks for no more events.",
    "failing": "Deliveries to it failed for a day.",
}
_OUTCOMES: dict[DeliveryState, tuple[str, Tone]] = {
    "pending": ("Pending", "waits"),
    "delivered": ("Delivered", "done"),
    "failed": ("Failed", "failed"),
}
ERRORS = {
    "refused_address": "its address is not on the public internet",
    "unresolved": "its host name has no address",
    "unreachable": "its host did not accept a connection",
    "tls": "its certificate is not valid",
    "timeout": "it did not answer in time",
    "broken": "the connection broke before the answer",
    "endpoint_deleted": "the endpoint was deleted",
    "endpoint_disabled": "the endpoint was disabled",
    "endpoint_failing": "the endpoint kept failing for a day",
    "event_not_kept": "the event is no longer stored",
}
"""Why an attempt got no answer, by the attempt's `error`."""


@dataclass(frozen=True)
class ShownEndpoint:
    """An endpoint on a page. `url`: the whole URL if the key has the scope admin, otherwise only its origin.

    `why`: why the endpoint is disabled, or None if it is not.
    """

    endpoint: Endpoint
    url: str
    status: str
    tone: Tone
    why: str | None


@dataclass(frozen=True)
class ShownAttempt:
    """One call to an endpoint, in words. `answer` is empty for keys without the scope admin."""

    at: int
    outcome: str
    is_success: bool
    took_ms: int
    answer: str


@dataclass(frozen=True)
class ShownDelivery:
    """A delivery on a page. `made_at`: the time of the event (seconds since the epoch). `attempts`: newest first."""

    delivery: Delivery
    made_at: int
    outcome: str
    tone: Tone
    attempts: tuple[ShownAttempt, ...]


def shown_endpoint(endpoint: Endpoint, caller: Caller) -> ShownEndpoint:
    """The endpoint as a page shows it."""
    url = url_for(endpoint, caller)
    if endpoint.status == "disabled":
        why = _DISABLED[endpoint.disabled_why or "by_request"]
        return ShownEndpoint(endpoint, url, "Disabled", "failed", why)
    if endpoint.failing_since is not None:
        return ShownEndpoint(endpoint, url, "Failing", "waits", None)
    return ShownEndpoint(endpoint, url, "Enabled", "done", None)


def shown_delivery(delivery: Delivery, caller: Caller) -> ShownDelivery:
    """The delivery as a page shows it."""
    outcome, tone = _OUTCOMES[delivery.state]
    attempts = tuple(_shown_attempt(one, caller) for one in reversed(delivery.attempts))
    return ShownDelivery(delivery, ids.made_at(delivery.event_id), outcome, tone, attempts)


def last_of(deliveries: Sequence[ShownDelivery], *, success: bool) -> int | None:
    """The time of the last attempt that succeeded, or with `success=False` that failed. None if there is none."""
    times = [one.at for shown in deliveries for one in shown.attempts if one.is_success == success]
    return max(times, default=None)


def _shown_attempt(attempt: Attempt, caller: Caller) -> ShownAttempt:
    is_success = attempt.status is not None and 200 <= attempt.status < 300
    error = ERRORS.get(attempt.error or "", attempt.error)
    outcome = f"it answered {attempt.status}" if error is None else error
    return ShownAttempt(attempt.at, outcome, is_success, attempt.took_ms, answer_for(attempt, caller))
