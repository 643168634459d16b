"""An operator may redrive anything, in any order and repeatedly: a publish becomes at most one post.

This extends the walk of test_state_machine_walks.py: messages fail, are repeated, and are put back by the command. The
consumers are the real ones.
"""

import json
from collections import Counter
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test

from cli.redrive import executions, kinds, unbegun
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.recheck import RECHECK
from dropcast.settings import settings as deployment
from dropcast.tiktok.webhooks import body_of
from functions.queue.webhook import handler as webhook
from functions.schedule.due import handler as due
from functions.workflow.ended import handler as ended
from tests.examples import examples
from tests.unit.publishing.machine_world import CHUNK, World
from tests.unit.publishing.machine_world import world as world
from tests.unit.publishing.test_state_machine_walks import Machine
from tests.unit.support.functions import context

PREFIX = "dropcast-dev"
FUNCTIONS = {f"{PREFIX}-workflow-ended": ended.handler, f"{PREFIX}-schedule-due": due.handler}
QUEUES = ("webhook-failed", "recheck-failed", "ended-failed", "due-failed")
STATUSES = ("FAILED", "TIMED_OUT", "ABORTED")
REDRIVEN = (executions.KIND, unbegun.KIND, *QUEUES)
"""In the order in which the command handles them."""


class OperatedAws:
    """SQS, Lambda and Step Functions, as far as the command uses them. A consumer runs as soon as it is called."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.queues: dict[str, dict[str, dict[str, Any]]] = {}
        self.hidden: set[str] = set()
        self.count = 0
        self.put_back = Counter[str]()
        self.dies = False

    def client(self, service: str, *_: object) -> Any:
        own = {"s3": self.world.bucket, "sqs": self, "lambda": self, "stepfunctions": self}
        return own.get(service, self.world.memory)

    def fail(self, queue: str, body: object, **attributes: str) -> None:
        """Put a message into a dead-letter queue."""
        self.count += 1
        attached = {name: {"DataType": "String", "StringValue": text} for name, text in attributes.items()}
        message = {"MessageId": str(self.count), "ReceiptHandle": str(self.count), "MessageAttributes": attached}
        text = body if isinstance(body, str) else json.dumps(body)
        self.queues.setdefault(f"{PREFIX}-{queue}", {})[str(self.count)] = {**message, "Body": text}

    def ended(self) -> list[str]:
        """The executions that have ended."""
        return sorted(self.world.begun - self.world.running.keys() - self.world.waiting.keys())

    def get_queue_url(self, QueueName: str) -> dict[str, str]:
        return {"QueueUrl": QueueName}

    def receive_message(self, QueueUrl: str, **_: object) -> dict[str, Any]:
        shown = [one for name, one in self.queues.get(QueueUrl, {}).items() if name not in self.hidden][:10]
        self.hidden |= {one["MessageId"] for one in shown}
        return {"Messages": shown}

    def delete_message(self, QueueUrl: str, ReceiptHandle: str) -> None:
        if self.dies:
            raise KeyboardInterrupt
        del self.queues[QueueUrl][ReceiptHandle]

    def change_message_visibility_batch(self, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:
        self.hidden -= {one["ReceiptHandle"] for one in Entries}

    def send_message(self, MessageBody: str, MessageAttributes: dict[str, Any], **_: object) -> None:
        webhook._process({"body": MessageBody, "messageAttributes": MessageAttributes, "messageId": "1"})

    def invoke(self, FunctionName: str, Payload: bytes, InvocationType: str) -> None:
        assert InvocationType == "Event"
        FUNCTIONS[FunctionName](json.loads(Payload), context())

    def get_paginator(self, _: str) -> SimpleNamespace:
        def paginate(statusFilter: str, **_: object) -> list[dict[str, Any]]:
            stopped = datetime.fromtimestamp(self.world.at, UTC)
            names = self.ended() if statusFilter == "FAILED" else []
            listed = [{"name": one, "executionArn": one, "status": "FAILED", "stopDate": stopped} for one in names]
            return [{"executions": listed}]

        return SimpleNamespace(paginate=paginate)

    def describe_execution(self, **_: object) -> dict[str, Any]:
        return {"error": "States.Timeout"}


class RedriveMachine(Machine):
    def __init__(self, aws: OperatedAws) -> None:
        super().__init__(aws.world)
        self.aws = aws
        aws.queues.clear()
        aws.hidden.clear()

    @precondition(lambda self: self.row is not None)
    @rule(
        queues=st.lists(st.sampled_from(QUEUES), min_size=1, max_size=4),
        copies=st.integers(1, 3),
        number=st.integers(0, 5),
        status=st.sampled_from(STATUSES),
    )
    def messages_fail(self, queues: list[str], copies: int, number: int, status: str) -> None:
        for queue in queues * copies:
            self._fail(queue, number, status)

    @precondition(lambda self: self.world.running or self.world.waiting)
    @rule(number=st.integers(0, 2), copies=st.integers(0, 3), status=st.sampled_from(STATUSES), more=st.booleans())
    def an_execution_dies(self, number: int, copies: int, status: str, more: bool) -> None:
        """The execution dies, and the messages about its end fail, so nothing settles it.

        `more`: the steps that it took before.
        """
        if more:
            self.some_steps(number, 3)
        alive = sorted(self.world.running.keys() | self.world.waiting.keys())
        if not alive:
            return
        name = alive[number % len(alive)]
        self.world.running.pop(name, None)
        self.world.waiting.pop(name, None)
        for _ in range(copies):
            self.aws.fail("ended-failed", self._end_of(name, status))
        self.an_operator_redrives(list(REDRIVEN), later=True, dies=False)

    @precondition(lambda self: self.row is not None)
    @rule(chosen=st.lists(st.sampled_from(REDRIVEN), min_size=4, max_size=12), later=st.booleans(), dies=st.booleans())
    def an_operator_redrives(self, chosen: list[str], later: bool, dies: bool) -> None:
        self.world.at += 600 if later else 0
        self.aws.dies = dies
        try:
            self._redrive(chosen)
        except KeyboardInterrupt:
            self.aws.dies = False
            self._redrive(chosen)

    def _redrive(self, chosen: list[str]) -> None:
        for kind in chosen:
            done = kinds.put_back([kind], PREFIX)
            self.aws.put_back[kind] += sum(one.obstacle is None for one in done)

    def _fail(self, queue: str, number: int, status: str) -> None:
        over, events = self.aws.ended(), self._events(0)
        match queue:
            case "webhook-failed" if events:
                self.aws.fail(queue, body_of(events[number % len(events)]))
            case "recheck-failed":
                self.aws.fail(queue, {"publish_id": self.publish_id, "number": number % 3}, **{RECHECK: "true"})
            case "due-failed":
                self.aws.fail(queue, {"publish_id": self.publish_id, "execution": self._any_execution(number)})
            case "ended-failed" if over:
                self.aws.fail(queue, self._end_of(over[number % len(over)], status))

    def _end_of(self, execution: str, status: str) -> dict[str, Any]:
        given = json.dumps({"publish_id": self.publish_id})
        detail = {"name": execution, "status": status, "input": given}
        return {"detail-type": "Step Functions Execution Status Change", "detail": detail}

    def _any_execution(self, number: int) -> str:
        names = sorted({*self.world.begun, self._stored().execution})
        return names[number % len(names)]


@pytest.fixture
def aws(world: World, monkeypatch: pytest.MonkeyPatch) -> OperatedAws:
    aws = OperatedAws(world)

    def start(publish_id: str, execution: str) -> bool:
        existed = execution in world.begun
        world.start(publish_id, execution)
        return existed

    def status(execution: str) -> str:
        return "FAILED" if execution in aws.ended() else "RUNNING"

    monkeypatch.setattr("dropcast.aws.clients.client", aws.client)
    monkeypatch.setattr("dropcast.publishing.execution.state_machine.start", start)
    monkeypatch.setattr("dropcast.publishing.execution.state_machine.status", status)
    monkeypatch.setenv("STATE_MACHINE_ARN", "arn:aws:states:eu-west-1:1:stateMachine:dropcast-dev-publish")
    deployment.cache_clear()
    return aws


@pytest.mark.long
def test_whatever_is_redriven_a_publish_is_posted_once_at_most(aws: OperatedAws) -> None:
    quiet = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        cast(Any, lambda: RedriveMachine(aws)),
        settings=settings(
            max_examples=examples(80), stateful_step_count=30, deadline=None, suppress_health_check=quiet
        ),
    )

    assert min(aws.put_back[kind] for kind in ("recheck-failed", "ended-failed", "due-failed")) > 0


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("steps", range(8))
@pytest.mark.parametrize("via", ["upload", "pull"])
def test_an_execution_that_dies_at_any_step_is_redriven_to_its_one_post(
    aws: OperatedAws, via: str, steps: int, status: str
) -> None:
    walk = RedriveMachine(aws)
    walk.asked_for(via=via, chunk=CHUNK, lag=0, fate=None)
    walk.some_steps(0, steps)
    walk.an_execution_dies(number=0, copies=3, status=status, more=False)
    walk.what_is_said_is_true()
    walk._run_on()
    if any(one.verdict for one in aws.world.taken):
        walk.messages_fail(list(QUEUES), copies=3, number=0, status=status)
    walk.an_operator_redrives([*REDRIVEN, *REDRIVEN], later=True, dies=True)
    walk.teardown()

    assert len([one for one in aws.world.taken if one.verdict == "complete"]) <= 1
    if status != "ABORTED" and via == "upload":
        assert walk._stored().state is State.PUBLISHED
        assert aws.put_back["executions"] == 1
