"""Simulates events on their way to receivers, with controlled time.

Queues deliver at least once, and processes may die.
"""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from dropcast.aws import clients
from dropcast.events.deliveries import deliver as deliver_module
from dropcast.events.deliveries import delivery_queue
from dropcast.events.deliveries.delivery_store import Delivery, find
from dropcast.events.deliveries.fan_out import fan_out
from dropcast.events.deliveries.requeue_due import requeue_due
from dropcast.events.endpoints import endpoint_secrets, endpoints
from dropcast.events.endpoints.endpoint_store import Endpoint, all_endpoints
from dropcast.events.outbound.outbound_post import NoAnswer, ReceiverAnswer
from tests.unit.support.accounts import REGION, HeldClock

HIDDEN_S = 180
NAME = "account.expiring"
OK = ReceiverAnswer(200, "ok", 3, None)
DOWN = NoAnswer("unreachable", 3)


class Died(BaseException):
    pass


def event_id(number: int) -> str:
    return f"evt_{number:026}"


@dataclass
class World:
    """`answers`: the receivers' answers, by url and event.

    `calls`: the number of AWS calls, in which outgoing calls count too.
    sweep_every: 60 seconds as deployed. A higher value makes long simulations faster.
    """

    clock: HeldClock
    answers: Callable[[str, str], ReceiverAnswer | NoAnswer] = lambda url, event_id: OK
    got: list[tuple[str, str, str]] = field(default_factory=list)
    messages: list[tuple[float, str, str]] = field(default_factory=list)
    calls: Counter[str] = field(default_factory=Counter)
    steps: int = 0
    die_at: tuple[int, str] | None = None
    loses_messages: bool = False
    sweep_every: int = 60
    patience: list[float] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)

    def endpoint(self, name: str, *events: str) -> Endpoint:
        made = endpoints.create(f"https://{name}.example/in", events or ["*"], "")
        assert isinstance(made, tuple), made
        return made[0]

    def tell(self, number: int, name: str = NAME) -> str:
        """Publish an event on the bus."""
        body = json.dumps({"event_id": event_id(number), "event": name, "data": {"number": number}})
        self.messages.append((self.clock.at, "events", body))
        return event_id(number)

    def run(self, seconds: float) -> None:
        """Simulate `seconds` seconds: messages when they are due, and the schedule each minute."""
        end, minute = self.clock.at + seconds, self.clock.at + self.sweep_every
        while True:
            at, queue, body = min(self.messages, default=(end + 1, "", ""))
            if min(at, minute) > end:
                break
            self.clock.at = max(self.clock.at, min(at, minute))
            if minute <= at:
                minute += self.sweep_every
                if self._something_is_due():
                    self._lives(requeue_due)
                continue
            self.messages.remove((at, queue, body))
            lived = self._lives(lambda queue=queue, body=body: self._work(queue, body))
            if not lived and (queue == "events" or not self.loses_messages):
                self.messages.append((self.clock.at + HIDDEN_S, queue, body))
        self.clock.at = end

    def received(self, url: str = "") -> Counter[str]:
        """How often each event was received."""
        return Counter(event_id for at, event_id, _ in self.got if url in at)

    def delivery(self, endpoint: Endpoint, number: int) -> Delivery:
        found = find(endpoint.endpoint_id, event_id(number)).delivery
        assert found is not None
        return found

    def now(self, endpoint: Endpoint) -> Endpoint:
        [found] = [one for one in all_endpoints() if one.endpoint_id == endpoint.endpoint_id]
        return found

    def _something_is_due(self) -> bool:
        """Whether the schedule would find a row. It reads moto's memory, because the schedule usually would
        find none.
        """
        rows = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["hooks"].all_items()
        return any("due_at" in row.attrs and int(row.attrs["due_at"].value) <= self.clock.at for row in rows)

    def _work(self, queue: str, body: str) -> None:
        if queue == "events":
            told = json.loads(body)
            fan_out(told["event_id"], told["event"], body, all_endpoints())
        else:
            wanted = delivery_queue.read(body)
            self.outcomes.append(deliver_module.deliver(wanted))

    def _lives(self, work: Callable[[], object]) -> bool:
        try:
            work()
        except Died:
            endpoint_secrets.forget()
            return False
        return True

    # the functions that the code under test calls

    def post(self, url: str, headers: dict[str, str], body: bytes, *, seconds: float) -> ReceiverAnswer | NoAnswer:
        self.before()
        self.got.append((url, headers["webhook-id"], body.decode()))
        self.patience.append(seconds)
        answer = self.answers(url, headers["webhook-id"])
        if answer.took_ms > seconds * 1000:
            answer = NoAnswer("timeout", int(seconds * 1000))
        self.after()
        return answer

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.before("SendMessageBatch")
        assert len(Entries) <= 10
        for entry in Entries:
            assert 0 <= entry["DelaySeconds"] <= 900
            self.messages.append((self.clock.at + entry["DelaySeconds"], "deliveries", entry["MessageBody"]))
        self.after()
        return {}

    def before(self, name: str = "", **_: Any) -> None:
        if name:
            self.calls[name] += 1
        self.steps += 1
        self._die("before")

    def after(self, **_: Any) -> None:
        self._die("after")

    def _die(self, when: str) -> None:
        if self.die_at == (self.steps - 1, when):
            self.die_at = None
            raise Died


def make_world(patch: pytest.MonkeyPatch, clock: HeldClock) -> World:
    """A world around moto's DynamoDB and KMS."""
    world = World(clock)
    for service in ("dynamodb", "kms"):
        events = clients.client(service).meta.events
        events.register(f"before-call.{service}", lambda model, **_: world.before(model.name))
        events.register(f"after-call.{service}", world.after)
    patch.setattr(clients.client("sqs"), "send_message_batch", lambda **request: world.send_message_batch(**request))
    patch.setattr(deliver_module, "post", world.post)
    endpoint_secrets.forget()
    return world
