"""Reads the messages of one dead-letter queue. Meanwhile other readers cannot see them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from dropcast.aws import clients

# SQS searches all its servers only if a request has a wait time.
_WAIT_S = 1
_HIDDEN_S = 600
_BATCH = 10


@dataclass(frozen=True)
class Message:
    """A message. `sent_at`: when it was sent to its first queue (seconds since the epoch)."""

    message_id: str
    receipt: str = field(repr=False)
    body: str = field(repr=False)
    attributes: dict[str, dict[str, Any]]
    sent_at: int
    group_id: str | None = None

    def text(self, name: str) -> str | None:
        """The text of the message attribute `name`. None if the message has no such text."""
        return self.attributes.get(name, {}).get("StringValue")


@dataclass
class DeadLetters:
    """A queue that is being read. Each message is read once.

    `unread_again`: all messages that were read, by id. At the end they become visible to other readers again, except
    those in `deleted` (ids).
    """

    url: str
    unread_again: dict[str, Message] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def __iter__(self) -> Iterator[Message]:
        while batch := [one for one in self._receive() if one.message_id not in self.unread_again]:
            self.unread_again |= {one.message_id: one for one in batch}
            yield from batch

    def delete(self, message: Message) -> None:
        """Delete a message that was put back."""
        _sqs().delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)
        self.deleted.add(message.message_id)

    def release(self) -> None:
        """Make the messages that were not deleted visible to other readers again."""
        left = [one for name, one in self.unread_again.items() if name not in self.deleted]
        for start in range(0, len(left), _BATCH):
            entries = [
                {"Id": str(number), "ReceiptHandle": one.receipt, "VisibilityTimeout": 0}
                for number, one in enumerate(left[start : start + _BATCH])
            ]
            _sqs().change_message_visibility_batch(QueueUrl=self.url, Entries=entries)

    def _receive(self) -> list[Message]:
        answer = _sqs().receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=_BATCH,
            VisibilityTimeout=_HIDDEN_S,
            WaitTimeSeconds=_WAIT_S,
            AttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        return [_message(one) for one in answer.get("Messages", [])]


@contextmanager
def reading(queue_name: str) -> Iterator[DeadLetters]:
    """The messages of the queue. Messages that the block does not delete stay in the queue."""
    letters = DeadLetters(url_of(queue_name))
    try:
        yield letters
    finally:
        letters.release()


def send(queue_name: str, message: Message) -> None:
    """Send a message to a work queue, with its body, attributes and group."""
    group = {} if message.group_id is None else {"MessageGroupId": message.group_id}
    _sqs().send_message(
        QueueUrl=url_of(queue_name), MessageBody=message.body, MessageAttributes=message.attributes, **group
    )


def url_of(queue_name: str) -> str:
    """The address of a queue of this deployment's account and region."""
    return _sqs().get_queue_url(QueueName=queue_name)["QueueUrl"]


def _message(told: dict[str, Any]) -> Message:
    own = told.get("Attributes", {})
    attributes = {name: _attribute(one) for name, one in told.get("MessageAttributes", {}).items()}
    sent_at = int(own.get("SentTimestamp", 0)) // 1000
    return Message(
        told["MessageId"], told["ReceiptHandle"], told["Body"], attributes, sent_at, own.get("MessageGroupId")
    )


def _attribute(told: dict[str, Any]) -> dict[str, Any]:
    """An attribute in the form that SendMessage takes."""
    return {name: told[name] for name in ("DataType", "StringValue", "BinaryValue") if name in told}


def _sqs() -> Any:
    return clients.client("sqs")
