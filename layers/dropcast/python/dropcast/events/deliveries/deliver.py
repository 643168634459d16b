"""One delivery: calls the endpoint and stores the outcome.

If the outcome cannot be stored, the call is repeated with the same event id. While an endpoint fails, only one delivery
at a time calls it. All other deliveries to it are postponed, so that they do not delay other endpoints. If an endpoint
does not answer within three seconds, its deliveries move to the slow queue, whose workers wait ten seconds.
"""

from typing import Literal

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.events.deliveries import delivery_store
from dropcast.events.deliveries.delivery_queue import MAX_DELAY_S, Try, send, send_patient
from dropcast.events.deliveries.delivery_store import Attempt, Delivery, DeliveryChange
from dropcast.events.endpoints.backoff import (
    DAY_S,
    PROBE_S,
    SLOW_S,
    is_lost_cause,
    pause_after,
    put_off_until,
    wait_after,
)
from dropcast.events.endpoints.endpoint_secrets import secrets_of
from dropcast.events.endpoints.endpoint_store import (
    Endpoint,
    Why,
    begin_probe,
    disable_write,
    note_failure,
    note_recovery,
    note_slow,
)
from dropcast.events.outbound.outbound_post import NoAnswer, ReceiverAnswer, post
from dropcast.events.outbound.signing import signed_headers
from dropcast.events.outbox.outbox import event_write
from dropcast.url_origins import origin_text

Outcome = Literal["delivered", "to_retry", "put_off", "failed", "handed_over", "nothing_to_do"]

_CALL_S = 10
_QUICK_S = 3
_GONE = 410
# The clocks of two machines differ by at most this many seconds.
_EARLY_S = 2


def deliver(wanted: Try) -> Outcome:
    """Call the endpoint if the delivery is due. If this process dies, requeue_due.py queues the delivery again."""
    found, now = delivery_store.find(wanted.endpoint_id, wanted.event_id), clock.now()
    delivery, endpoint = found.delivery, found.endpoint
    if delivery is None or delivery.state != "pending" or (delivery.next_at or 0) > now + _EARLY_S:
        return "nothing_to_do"
    if endpoint is None:
        return _give_up(delivery, "endpoint_deleted")
    if endpoint.status == "disabled":
        return _give_up(delivery, "endpoint_disabled")
    if found.body is None:
        return _give_up(delivery, "event_not_kept")
    if (endpoint.paused_until or 0) > now:
        return _put_off(delivery, endpoint.paused_until or 0, now)
    if not wanted.patient and (endpoint.failures or (endpoint.slow_until or 0) > now):
        return _hand_over(wanted)
    if endpoint.failures and not begin_probe(endpoint, now + PROBE_S):
        return _put_off(delivery, now + PROBE_S, now)
    answer = _call(endpoint, delivery.event_id, found.body, now, _CALL_S if wanted.patient else _QUICK_S)
    if answer == NoAnswer("timeout", answer.took_ms) and not wanted.patient:
        note_slow(endpoint, now + SLOW_S)
        return _hand_over(wanted)
    return _conclude(delivery, endpoint, answer, now)


def _conclude(delivery: Delivery, endpoint: Endpoint, answer: ReceiverAnswer | NoAnswer, now: int) -> Outcome:
    match answer:
        case ReceiverAnswer(status=status) if 200 <= status < 300:
            return _succeed(delivery, endpoint, _attempt(now, answer))
        case ReceiverAnswer(status=status, retry_after=retry_after) if status != _GONE:
            return _fail(delivery, endpoint, _attempt(now, answer), retry_after)
        case NoAnswer():
            return _fail(delivery, endpoint, _attempt(now, answer), None)
        case _:
            _disable(endpoint, "gone", now)
            return _end_as_failed(delivery, _attempt(now, answer))


def _hand_over(wanted: Try) -> Outcome:
    """Move the delivery to the slow queue."""
    send_patient(wanted)
    return "handed_over"


def _call(endpoint: Endpoint, event_id: str, body: str, now: int, seconds: int) -> ReceiverAnswer | NoAnswer:
    text = body.encode()
    headers = signed_headers(secrets_of(endpoint), event_id, now, text)
    return post(endpoint.url, headers, text, seconds=seconds)


def _attempt(at: int, answer: ReceiverAnswer | NoAnswer) -> Attempt:
    match answer:
        case ReceiverAnswer(status=status, text=text, took_ms=took_ms):
            return Attempt(at, status=status, answer=text, took_ms=took_ms)
        case NoAnswer(reason=reason, took_ms=took_ms):
            return Attempt(at, error=reason, took_ms=took_ms)


def _succeed(delivery: Delivery, endpoint: Endpoint, attempt: Attempt) -> Outcome:
    delivery_store.save(delivery, DeliveryChange("delivered", attempt=attempt, values={"tries": delivery.tries + 1}))
    quick = attempt.took_ms < _QUICK_S * 1000
    if endpoint.failures or (endpoint.slow_until and quick):
        note_recovery(endpoint, quick=quick)
    return "delivered"


def _fail(delivery: Delivery, endpoint: Endpoint, attempt: Attempt, retry_after: int | None) -> Outcome:
    now = clock.now()
    pause = _count_failure(endpoint, now, retry_after)
    wait = wait_after(delivery.tries + 1, retry_after)
    if wait is None or now - delivery.since >= DAY_S:
        return _end_as_failed(delivery, attempt)
    next_at = min(now + max(wait, pause), delivery.since + DAY_S)
    tried = {"tries": delivery.tries + 1}
    return _save_pending(delivery, DeliveryChange("pending", next_at, attempt, tried), now, "to_retry")


def _count_failure(endpoint: Endpoint, now: int, retry_after: int | None) -> int:
    """Count a failure of the endpoint. Returns the endpoint's pause in seconds, or 0 if the endpoint is now
    disabled.
    """
    failures, since = endpoint.failures + 1, endpoint.failing_since or now
    if is_lost_cause(failures, since, now):
        _disable(endpoint, "failing", since)
        return 0
    pause = pause_after(failures, retry_after)
    note_failure(endpoint, now, now + pause)
    return pause


def _disable(endpoint: Endpoint, why: Why, since: int) -> None:
    """Disable the endpoint and write the event in one transaction. Nothing happens if the endpoint's
    revision has changed since it was read.
    """
    about = {"endpoint_id": endpoint.endpoint_id, "url": origin_text(endpoint.url)}
    told = about | {"why": why, "since": clock.iso(since)}
    dynamo.write_all([disable_write(endpoint, why), event_write("webhook_endpoint.disabled", told)])


def _put_off(delivery: Delivery, paused_until: int, now: int) -> Outcome:
    if now - delivery.since >= DAY_S:
        return _give_up(delivery, "endpoint_failing")
    return _save_pending(delivery, DeliveryChange("pending", put_off_until(now, paused_until)), now, "put_off")


def _save_pending(delivery: Delivery, change: DeliveryChange, now: int, outcome: Outcome) -> Outcome:
    if not delivery_store.save(delivery, change):
        return "nothing_to_do"
    delay = max(0, (change.next_at or now) - now)
    if delay <= MAX_DELAY_S:
        send([Try(delivery.endpoint_id, delivery.event_id, delay)])
    return outcome


def _give_up(delivery: Delivery, why: str) -> Outcome:
    return _end_as_failed(delivery, Attempt(clock.now(), error=why), tries=0)


def _end_as_failed(delivery: Delivery, attempt: Attempt, *, tries: int = 1) -> Outcome:
    delivery_store.save(delivery, DeliveryChange("failed", attempt=attempt, values={"tries": delivery.tries + tries}))
    return "failed"
