"""A queue behind a rule on the stack's event bus. It checks every event against the published schemas."""

import json
import secrets
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from local.stack import LocalStack
from tests.event_schemas import conforming


@dataclass
class Bus:
    """All events that the bus received after `tapped`."""

    sqs: Any
    queue_url: str
    seen: list[dict[str, Any]] = field(default_factory=list)
    _one_at_a_time: Lock = field(default_factory=Lock)

    @classmethod
    def tapped(cls, stack: LocalStack) -> "Bus":
        """A new queue that receives every event of the stack's bus."""
        name, bus = f"tap-{secrets.token_hex(4)}", stack.outputs["EventBusName"]
        sqs, events = stack.client("sqs"), stack.client("events")
        url = sqs.create_queue(QueueName=name)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": ["dropcast"]}))
        events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "tap", "Arn": arn}])
        return cls(sqs, url)

    def of(self, name: str, account_id: str) -> list[dict[str, Any]]:
        """The data of the events `name` about an account, in the order of arrival."""
        self._drain()
        return [
            event["detail"]["data"]
            for event in self.seen
            if event["detail-type"] == name and event["detail"]["data"].get("account_id") == account_id
        ]

    def told(self, publish_id: str) -> dict[str, dict[str, Any]]:
        """The events about a publish by their ids. An event that arrived twice is listed once."""
        self._drain()
        details = [event["detail"] for event in list(self.seen)]
        return {one["event_id"]: one for one in details if one["data"].get("publish_id") == publish_id}

    def all(self) -> list[dict[str, Any]]:
        """Every event so far."""
        self._drain()
        return self.seen

    def _drain(self) -> None:
        with self._one_at_a_time:
            while messages := self.sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10).get("Messages"):
                for message in messages:
                    event = json.loads(message["Body"])
                    conforming(event["detail"])
                    self.seen.append(event)
                    self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
