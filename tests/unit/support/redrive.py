"""A deployment in moto with its queues, its state machine and its event bus, and messages of each dead-letter queue."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.models import stepfunctions_backends
from typer.testing import CliRunner

from cli import stack
from cli.main import cli
from cli.redrive import messages
from cli.redrive.dead_letter_queues import DEAD_LETTER_QUEUES, Requeue
from dropcast import clock
from dropcast.aws import clients
from dropcast.publishing.model.publish import Publish
from dropcast.trends.models import TrendQuery
from tests.unit.support.memory_aws import REGION, make_queue, maker

PREFIX = "dropcast-dev"
MACHINE = f"arn:aws:states:{REGION}:{DEFAULT_ACCOUNT_ID}:stateMachine:{PREFIX}-publish"
WORK_QUEUES = {way.by.queue for way in DEAD_LETTER_QUEUES.values() if isinstance(way.by, Requeue)} | {"slow-deliveries"}
TICK = {"detail-type": "Scheduled Event", "source": "aws.events", "time": "2026-11-30T07:00:00Z", "detail": {}}
EVENT = {"detail-type": "publish.failed", "source": "dropcast", "detail": {"event_id": "evt_1", "data": {}}}
WEBHOOK = {
    "event": "post.publish.complete",
    "create_time": 1,
    "user_openid": "open-1",
    "content": '{"publish_id": "v_1"}',
}
ENDED = {
    "detail-type": "Step Functions Execution Status Change",
    "detail": {"name": "pub_1", "status": "FAILED", "input": '{"publish_id": "pub_1"}'},
}
DROPPED = {"detail-type": "Object Created", "detail": {"bucket": {"name": "b"}, "object": {"key": "drop/acc_1/a.mp4"}}}

GOOD: dict[str, Any] = {
    "webhook-failed": WEBHOOK,
    "recheck-failed": {"publish_id": "pub_1", "number": 2},
    "waiting-failed": {"account_id": "acc_1", "publish_ids": ["pub_1", "pub_2"]},
    "deliveries-failed": {"endpoint_id": "ep_1", "event_id": "evt_1", "patient": False},
    "events-failed": EVENT,
    "events-queue-failed": EVENT,
    "refresh-failed": {"account_id": "acc_1"},
    "trends-failed": {"run_id": "run_1", "wanted": asdict(TrendQuery("hashtags", "US", 7, "")), "not_before": 0},
    "drop-failed": DROPPED,
    "ended-failed": ENDED,
    "disconnected-failed": {"detail-type": "account.disconnected", "detail": {"data": {"account_id": "acc_1"}}},
    "due-failed": {"publish_id": "pub_1", "execution": "pub_1"},
    "sweep-failed": TICK,
    "relay-failed": TICK,
    "due-deliveries-failed": TICK,
    "refresh-schedule-failed": TICK,
    "trends-schedule-failed": TICK,
    "outbox-failed": {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {"shardId": "shardId-1", "batchSize": 3},
    },
}
"""A message of each dead-letter queue."""

ATTRIBUTES = {"recheck-failed": {"look": {"DataType": "String", "StringValue": "true"}}}


@pytest.fixture
def invoked(cloud: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """A deployment of the stage dev. Yields the functions that were invoked, with their events."""
    calls: list[tuple[str, Any]] = []
    outputs = {"EventBusName": PREFIX, "StateMachineArn": MACHINE, "ScheduleGroup": PREFIX}
    deployed = stack.Stack("Dropcast-dev", "UPDATE_COMPLETE", outputs)
    cloud.setattr(stack, "_described", lambda name: deployed if name == deployed.name else None)
    cloud.setattr(messages, "_WAIT_S", 0)
    cloud.delenv("POWERTOOLS_METRICS_NAMESPACE", raising=False)  # only functions have it
    for variable in ("EVENT_BUS_NAME", "STATE_MACHINE_ARN", "SCHEDULE_GROUP"):
        cloud.setenv(variable, "")
    for name in (*DEAD_LETTER_QUEUES, *WORK_QUEUES):
        make_queue(f"{PREFIX}-{name}")
    maker("events").create_event_bus(Name=PREFIX)
    maker("stepfunctions").create_state_machine(
        name=f"{PREFIX}-publish", definition="{}", roleArn=f"arn:aws:iam::{DEFAULT_ACCOUNT_ID}:role/r"
    )

    def invoke(params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        name = params["url_path"].split("/")[-2].removeprefix(f"{PREFIX}-")
        calls.append((name, json.loads(params["body"])))
        return SimpleNamespace(status_code=202), {"StatusCode": 202, "ResponseMetadata": {"HTTPStatusCode": 202}}

    def stop_all(parsed: dict[str, Any], **_: Any) -> None:
        """Add the time at which an execution timed out, because moto leaves it out."""
        for one in parsed["executions"]:
            one.setdefault("stopDate", datetime.fromtimestamp(clock.now() - 60, UTC))

    clients.client("lambda").meta.events.register("before-call.lambda.Invoke", invoke)
    clients.client("stepfunctions").meta.events.register("after-call.stepfunctions.ListExecutions", stop_all)
    return calls


def put_message(queue: str, body: object, attributes: dict[str, Any] | None = None) -> None:
    """Put a message into one of the deployment's queues."""
    text = body if isinstance(body, str) else json.dumps(body)
    sqs = maker("sqs")
    url = sqs.get_queue_url(QueueName=f"{PREFIX}-{queue}")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=text, MessageAttributes=attributes or ATTRIBUTES.get(queue, {}))


def bodies(queue: str) -> list[str]:
    """The bodies of the visible messages of a queue, which stay visible."""
    return [one["Body"] for one in received(queue)]


def received(queue: str) -> list[dict[str, Any]]:
    """The visible messages of a queue, which stay visible."""
    sqs = maker("sqs")
    url = sqs.get_queue_url(QueueName=f"{PREFIX}-{queue}")["QueueUrl"]
    told = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0, MessageAttributeNames=["All"])
    return told.get("Messages", [])


def end_execution(publish: Publish, status: str = "FAILED", cause: str | None = None) -> None:
    """Record that the publish's execution ended a moment ago."""
    maker("stepfunctions").start_execution(
        stateMachineArn=MACHINE, name=publish.execution, input=json.dumps({"publish_id": publish.publish_id})
    )
    [machine] = stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines
    execution = next(one for one in machine.executions if one.name == publish.execution)
    execution.status, execution.error, execution.cause = status, "TaskFailed", cause
    execution.stop_date = datetime.fromtimestamp(clock.now() - 60, UTC)  # type: ignore[assignment]


def executions() -> list[str]:
    """The names of all executions."""
    [machine] = stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines
    return [one.name for one in machine.executions]


def ops(*words: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run `dropcast ops … --json`. Returns its exit code, its output and its notes."""
    result = CliRunner().invoke(cli, ["ops", *words, "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout or "[]"), result.stderr
