"""Finds the messages of the dead-letter queues and puts them back.

A message is deleted only after its consumer has received it again. So an interrupted redrive loses nothing. The next
redrive puts the message back once more, and the consumer may get it twice.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from botocore.exceptions import ClientError

from cli.redrive.dead_letter_queues import DEAD_LETTER_QUEUES, TICK, Invoke, RelayOutbox, Requeue, Way, event_of
from cli.redrive.failure import Failure, Obstacle
from cli.redrive.messages import Message, reading, send
from dropcast.aws import clients
from dropcast.aws.clients import error_code
from dropcast.events.outbox.relay import relay_late

_UNKNOWN = Obstacle(
    "message_unknown",
    "The message does not have the format that its consumer expects.",
    "Read it with aws sqs receive-message. Delete it, or install the release that wrote it.",
)


def find(queue: str, prefix: str) -> Iterator[Failure]:
    """The messages of a dead-letter queue. They stay unchanged."""
    with reading(f"{prefix}-{queue}") as letters:
        for message in letters:
            yield _failure(queue, message)


def put_back(queue: str, prefix: str) -> Iterator[Failure]:
    """Put back the messages of a dead-letter queue one by one, and delete them from this queue. A message that stays in
    the queue has an obstacle.
    """
    way, consumers = DEAD_LETTER_QUEUES[queue], _Consumers(prefix)
    with reading(f"{prefix}-{queue}") as letters:
        for message in letters:
            failure = _failure(queue, message)
            if failure.obstacle is None:
                failure = replace(failure, obstacle=consumers.hand_over(way, message))
            if failure.obstacle is None:
                letters.delete(message)
            yield failure


@dataclass
class _Consumers:
    """The consumers of one deployment, and the schedules that this redrive has already run."""

    prefix: str
    run: set[str] = field(default_factory=set)

    def hand_over(self, way: Way, message: Message) -> Obstacle | None:
        """Give the message to its consumer. Returns the obstacle that prevented this, or None."""
        try:
            return self._hand_over(way, message)
        except ClientError as error:
            return Obstacle(
                "aws_refused", f"AWS refused this: {error_code(error)}.", "Check your permissions, then redrive again."
            )

    def _hand_over(self, way: Way, message: Message) -> Obstacle | None:
        match way.by:
            case Requeue() as requeue:
                send(f"{self.prefix}-{_queue_of(requeue, message)}", message)
                return None
            case Invoke(function=function):
                self._invoke(function, event_of(message))
                return None
            case RelayOutbox():
                return self._refusal_of_events

    def _invoke(self, function: str, event: dict[str, Any]) -> None:
        is_tick = event.get("detail-type") == TICK
        if is_tick and function in self.run:
            return
        clients.client("lambda").invoke(
            FunctionName=f"{self.prefix}-{function}", InvocationType="Event", Payload=json.dumps(event).encode()
        )
        if is_tick:
            self.run.add(function)

    @cached_property
    def _refusal_of_events(self) -> Obstacle | None:
        """The obstacle if EventBridge refuses events of the outbox, otherwise None. Relays the outbox, once for all
        messages.
        """
        refused = relay_late().refused
        if not refused:
            return None
        codes = ", ".join(sorted(set(refused.values())))
        return Obstacle(
            "events_refused",
            f"EventBridge refuses {len(refused)} events of the outbox: {codes}.",
            "Check the event bus, then redrive again.",
        )


def _failure(queue: str, message: Message) -> Failure:
    way = DEAD_LETTER_QUEUES[queue]
    about, obstacle = "-", None
    try:
        about = way.names(message)
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        obstacle = _UNKNOWN
    return Failure(
        queue, message.message_id, about, _cause(way, message), message.sent_at, _plan(way, message), obstacle
    )


def _plan(way: Way, message: Message) -> str:
    match way.by:
        case Requeue() as requeue:
            return f"send it to the queue {_queue_of(requeue, message)}"
        case Invoke(function=function):
            return f"invoke {function}"
        case RelayOutbox():
            return "relay the outbox"


def _queue_of(requeue: Requeue, message: Message) -> str:
    if requeue.if_patient is None:
        return requeue.queue
    try:
        is_patient = json.loads(message.body)["patient"] is True
    except (LookupError, TypeError, ValueError, RecursionError):
        is_patient = False
    return requeue.if_patient if is_patient else requeue.queue


def _cause(way: Way, message: Message) -> str:
    """Why the message is in the dead-letter queue, according to EventBridge, Scheduler or Lambda.

    A message that SQS moved to this queue contains no reason. Only the worker's log has the reason.
    """
    if (code := message.text("ERROR_CODE")) is not None:
        return code
    if isinstance(way.by, Requeue):
        return f"{way.by.worker} failed five times; see its log"
    return _cause_of_lambda(message.body) or f"{way.by.function} failed; see its log"


def _cause_of_lambda(body: str) -> str:
    """The condition and the class of the error. The error's text is left out, because it may contain secrets."""
    try:
        told = json.loads(body)
        condition, answer = told["requestContext"]["condition"], told.get("responsePayload")
    except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
        return ""
    kind = answer.get("errorType") if isinstance(answer, dict) else None
    return f"{condition}: {kind}" if kind else str(condition)
