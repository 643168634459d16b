"""The queues of deliveries. Each message names one delivery. A message may be lost or arrive twice.

There are two queues, so that a slow endpoint does not delay deliveries to other endpoints.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dropcast.aws import clients
from dropcast.settings import settings

MAX_DELAY_S = 900

_BATCH = 10


@dataclass(frozen=True)
class Try:
    """A delivery to attempt in `delay_s` seconds (900 at most).

    patient: the delivery goes to the slow queue, whose workers wait longer.
    """

    endpoint_id: str
    event_id: str
    delay_s: int = 0
    patient: bool = False


def send(tries: Sequence[Try]) -> None:
    """Put the deliveries into the normal queue.

    If SQS does not accept a message, requeue_due.py later finds the delivery in the index `due`.
    """
    _send(tries, settings().deliveries_queue_url)


def send_patient(wanted: Try) -> None:
    """Put the delivery into the slow queue, whose workers wait longer for an answer."""
    _send([replace(wanted, patient=True)], settings().slow_deliveries_queue_url)


def read(body: str) -> Try:
    """The delivery that the message `body` names."""
    return Try(**json.loads(body))


def _send(tries: Sequence[Try], queue_url: str) -> None:
    for start in range(0, len(tries), _BATCH):
        entries = [_entry(number, one) for number, one in enumerate(tries[start : start + _BATCH])]
        clients.client("sqs").send_message_batch(QueueUrl=queue_url, Entries=entries)


def _entry(number: int, one: Try) -> dict[str, object]:
    # The group makes the queue fair: the messages of a busy endpoint do not delay those of other endpoints.
    return {
        "Id": str(number),
        "MessageBody": json.dumps({"endpoint_id": one.endpoint_id, "event_id": one.event_id, "patient": one.patient}),
        "MessageGroupId": one.endpoint_id,
        "DelaySeconds": one.delay_s,
    }
