"""Sends one webhook request, and reads the status or the reason from its result."""

from dropcast.events.outbound.outbound_post import NoAnswer, ReceiverAnswer, post

HEADERS = {"webhook-id": "evt_1", "webhook-signature": "v1,canary-signature"}
BODY = b'{"event": "publish.published"}'
# The receivers run until the test ends. A request that is cut off at its deadline returns long before.
SOON_MS = 8000


def sent(url: str, *, seconds: float = 20, body: bytes = BODY) -> ReceiverAnswer | NoAnswer:
    return post(url, HEADERS, body, seconds=seconds)


def reason(answer: ReceiverAnswer | NoAnswer) -> str:
    assert isinstance(answer, NoAnswer), answer
    assert answer.took_ms < SOON_MS
    return answer.reason


def status(answer: ReceiverAnswer | NoAnswer) -> int:
    assert isinstance(answer, ReceiverAnswer), answer
    return answer.status
