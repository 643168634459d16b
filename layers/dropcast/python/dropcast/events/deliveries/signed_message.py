"""The webhook of one delivery, for a person who reads webhooks without a server at the endpoint's URL."""

from dataclasses import dataclass

from dropcast import clock
from dropcast.errors.problem import Problem, problem
from dropcast.events.deliveries.delivery_store import find
from dropcast.events.endpoints.endpoint_secrets import secrets_of
from dropcast.events.outbound.signing import signed_headers


@dataclass(frozen=True)
class SignedMessage:
    """The body of a webhook, and its headers, which hold its id, its time and the signatures of the body."""

    headers: dict[str, str]
    body: str


def signed_message(endpoint_id: str, event_id: str) -> SignedMessage | Problem:
    """The webhook that an attempt of this delivery would send now.

    The states of the delivery and endpoint do not matter.
    Problems: `not_found`, `event_not_kept`.
    """
    found = find(endpoint_id, event_id)
    if found.endpoint is None or found.delivery is None:
        return problem("not_found", what="delivery")
    if found.body is None:
        return problem("event_not_kept", event_id=event_id)
    headers = signed_headers(secrets_of(found.endpoint), event_id, clock.now(), found.body.encode())
    return SignedMessage(headers, found.body)
