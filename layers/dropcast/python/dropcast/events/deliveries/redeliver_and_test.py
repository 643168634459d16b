"""Redeliveries that a person requests, and test deliveries."""

from collections.abc import Sequence
from dataclasses import dataclass

from dropcast.errors.problem import Problem, problem
from dropcast.events.deliveries import delivery_store
from dropcast.events.deliveries.delivery_log import event_ids_of
from dropcast.events.deliveries.delivery_queue import Try, send
from dropcast.events.endpoints import endpoint_store
from dropcast.events.outbox.outbox import new_event

MAX_DELIVERIES = 1000


@dataclass(frozen=True)
class Span:
    """The deliveries of the events that were made at `since` or later, and before `until` (seconds since the epoch).

    `state`, if given, selects the deliveries in this state.
    """

    since: int
    until: int
    state: delivery_store.DeliveryState | None = None


def redeliver(endpoint_id: str, what: Sequence[str] | Span) -> int | Problem:
    """Queue deliveries to the endpoint again and end its pause. Returns how many were queued.

    `what` is a list of event ids, or a span. The ids may also name events that the endpoint's filter excluded. A span
    contains only events that passed the filter.
    Problems: `not_found`, `endpoint_disabled`, `event_not_kept`, `too_many_deliveries`, `invalid_request` (the span
    ends before it starts).
    """
    if isinstance(what, Span) and what.since > what.until:
        return problem("invalid_request", reason="since must be before until, and in the past")
    endpoint = _enabled(endpoint_id)
    if isinstance(endpoint, Problem):
        return endpoint
    event_ids = _of_span(endpoint_id, what) if isinstance(what, Span) else _named(endpoint_id, what)
    if isinstance(event_ids, Problem):
        return event_ids
    endpoint_store.end_pause(endpoint)
    asked = [event_id for event_id in event_ids if delivery_store.ask_again(endpoint_id, event_id)]
    send([Try(endpoint_id, event_id) for event_id in asked])
    return len(asked)


def send_test_event(endpoint_id: str) -> str | Problem:
    """Queue the event `webhook_endpoint.test` for this endpoint only. Returns the id of the event.

    Problems: `not_found`, `endpoint_disabled`.
    """
    endpoint = _enabled(endpoint_id)
    if isinstance(endpoint, Problem):
        return endpoint
    event = new_event("webhook_endpoint.test", {"endpoint_id": endpoint_id})
    delivery_store.put_event(event.event_id, event.name, event.body)
    delivery_store.put_delivery(endpoint_id, event.event_id, event.name)
    endpoint_store.end_pause(endpoint)
    send([Try(endpoint_id, event.event_id)])
    return event.event_id


def _enabled(endpoint_id: str) -> endpoint_store.Endpoint | Problem:
    endpoint = endpoint_store.get_endpoint(endpoint_id)
    if endpoint is None:
        return problem("not_found", what="webhook endpoint")
    return endpoint if endpoint.status == "enabled" else problem("endpoint_disabled")


def _of_span(endpoint_id: str, span: Span) -> list[str] | Problem:
    found = event_ids_of(endpoint_id, span.since, span.until, span.state, limit=MAX_DELIVERIES + 1)
    return problem("too_many_deliveries", limit=MAX_DELIVERIES) if len(found) > MAX_DELIVERIES else found


def _named(endpoint_id: str, event_ids: Sequence[str]) -> list[str] | Problem:
    names = {event_id: delivery_store.event_name(event_id) for event_id in dict.fromkeys(event_ids)}
    for event_id, name in names.items():
        if name is None:
            return problem("event_not_kept", event_id=event_id)
        delivery_store.put_delivery(endpoint_id, event_id, name)
    return list(names)
