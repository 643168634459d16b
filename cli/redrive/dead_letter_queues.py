"""The table of the dead-letter queues: for each queue, the consumer that failed and how messages are put back.

`tests/infra/test_dead_letters.py` compares the table with the template. Each consumer may get a message twice.
`tests/unit/cli/test_redrive_consumers.py` names the test for each consumer.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cli.redrive.messages import Message
from dropcast.accounts.tokens import refresh_queue
from dropcast.events.deliveries import delivery_queue
from dropcast.publishing.outcome import recheck
from dropcast.publishing.outcome.webhook_inbox import STALE
from dropcast.tiktok import webhooks
from dropcast.trends import run_queue

TICK = "Scheduled Event"


@dataclass(frozen=True)
class Requeue:
    """Send the message to the work queue `queue` again. `worker` reads this queue.

    if_patient: the queue for messages whose delivery may take longer.
    """

    queue: str
    worker: str
    if_patient: str | None = None


@dataclass(frozen=True)
class Invoke:
    """Invoke `function` again with the event that it did not get or did not handle.

    One event of a schedule is enough, because each run finds everything that is due.
    """

    function: str


@dataclass(frozen=True)
class RelayOutbox:
    """Relay everything that is still in the outbox. The message names a part of the stream.

    The message contains no events, because the events are in the table.
    """

    function: str = "stream-outbox"


@dataclass(frozen=True)
class Way:
    """How the messages of a queue are put back.

    names: returns the ids in a message. It raises a LookupError, TypeError or ValueError for a message that the
    consumer does not understand.
    """

    by: Requeue | Invoke | RelayOutbox
    names: Callable[[Message], str]


def event_of(message: Message) -> dict[str, Any]:
    """The event of a rule, a schedule or an asynchronous call. Lambda wraps it into a record of the failure."""
    told = json.loads(message.body)
    return told.get("requestPayload", told)


def _webhook(message: Message) -> str:
    event = webhooks.parse(message.body.encode())
    if event is None:
        raise ValueError("no webhook of TikTok")
    return f"{event.event} {event.publish_id or event.open_id or ''}".strip()


def _recheck(message: Message) -> str:
    if message.text(STALE) is not None:
        return _webhook(message)
    if message.text(recheck.RECHECK) is None:
        raise ValueError("neither a recheck nor an old webhook")
    publish_id, number = recheck.parse_message(message.body)
    return f"{publish_id} recheck {int(number)}"


def _waiting(message: Message) -> str:
    told = json.loads(message.body)
    return f"{told['account_id']}, {len(told['publish_ids'])} publishes"


def _delivery(message: Message) -> str:
    delivery = delivery_queue.read(message.body)
    return f"{delivery.event_id} to {delivery.endpoint_id}"


def _event(message: Message) -> str:
    told = json.loads(message.body)
    return f"{told['detail-type']} {told['detail']['event_id']}"


def _refresh(message: Message) -> str:
    told = refresh_queue.parse_message(message.body)
    if not (told.account_id or told.connection_id):
        raise ValueError("no account and no connection")
    return told.account_id or told.connection_id


def _trends(message: Message) -> str:
    task = run_queue.read(message.body)
    return f"{task.query.key} of {task.run_id}"


def _tick(message: Message) -> str:
    event = event_of(message)
    if event["detail-type"] != TICK:
        raise ValueError("no run of a schedule")
    return f"run of {event['time']}"


def _drop(message: Message) -> str:
    event = event_of(message)
    return _tick(message) if event["detail-type"] == TICK else str(event["detail"]["object"]["key"])


def _ended(message: Message) -> str:
    detail = event_of(message)["detail"]
    return f"{json.loads(detail['input'])['publish_id']} {detail['name']} {detail['status']}"


def _disconnected(message: Message) -> str:
    return str(event_of(message)["detail"]["data"]["account_id"])


def _due(message: Message) -> str:
    event = event_of(message)
    return f"{event['publish_id']} {event['execution']}"


def _part_of_stream(message: Message) -> str:
    part = json.loads(message.body)["DDBStreamBatchInfo"]
    return f"{int(part['batchSize'])} events of {part['shardId']}"


DEAD_LETTER_QUEUES: dict[str, Way] = {
    "webhook-failed": Way(Requeue("webhook", "queue-webhook"), _webhook),
    "recheck-failed": Way(Requeue("recheck", "queue-webhook"), _recheck),
    "waiting-failed": Way(Requeue("waiting", "queue-disconnected"), _waiting),
    "deliveries-failed": Way(Requeue("deliveries", "queue-deliver", if_patient="slow-deliveries"), _delivery),
    "events-failed": Way(Requeue("events", "queue-events"), _event),
    "events-queue-failed": Way(Requeue("events", "queue-events"), _event),
    "refresh-failed": Way(Requeue("refresh", "queue-refresh"), _refresh),
    "trends-failed": Way(Requeue("trends", "queue-trends"), _trends),
    "drop-failed": Way(Invoke("storage-drop"), _drop),
    "ended-failed": Way(Invoke("workflow-ended"), _ended),
    "disconnected-failed": Way(Invoke("bus-disconnected"), _disconnected),
    "due-failed": Way(Invoke("schedule-due"), _due),
    "sweep-failed": Way(Invoke("schedule-sweep"), _tick),
    "relay-failed": Way(Invoke("schedule-relay"), _tick),
    "due-deliveries-failed": Way(Invoke("schedule-deliveries"), _tick),
    "refresh-schedule-failed": Way(Invoke("schedule-refresh"), _tick),
    "trends-schedule-failed": Way(Invoke("schedule-trends"), _tick),
    "outbox-failed": Way(RelayOutbox(), _part_of_stream),
}
"""By the queue's name, without the deployment's prefix."""
