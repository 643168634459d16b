"""Makes one delivery of an event for each endpoint that subscribes to it. A repeated call has the same result."""

from collections.abc import Sequence

from dropcast import clock
from dropcast.events.deliveries.delivery_queue import Try, send
from dropcast.events.deliveries.delivery_store import Attempt, put_delivery, put_event
from dropcast.events.endpoints.endpoint_store import Endpoint


def fan_out(event_id: str, name: str, body: str, endpoints: Sequence[Endpoint]) -> int:
    """Store the event and queue its deliveries. Returns how many were queued.

    `body` is the event's text, which is the signed body of its webhooks.
    endpoints: all endpoints. The caller reads them after the event arrived, so that every endpoint that is older than
    the event is included. A disabled endpoint gets a failed delivery, which can be redelivered.
    """
    if not endpoints:
        return 0
    wanted = [endpoint for endpoint in endpoints if endpoint.wants(name)]
    put_event(event_id, name, body)
    for endpoint in wanted:
        missed = None if endpoint.status == "enabled" else Attempt(at=clock.now(), error="endpoint_disabled")
        put_delivery(endpoint.endpoint_id, event_id, name, missed)
    tries = [Try(endpoint.endpoint_id, event_id) for endpoint in wanted if endpoint.status == "enabled"]
    send(tries)
    return len(tries)
