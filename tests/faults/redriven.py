"""Redrives a case: every message about its publish failed twice, and the command puts all of them back.

The messages are copies of messages that the consumers have already handled.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from local.folder import ROOT
from local.shell_file import variables
from local.stack import LocalStack
from tests.e2e.road import wait_for
from tests.faults.case import Case

_COPIES = 2
_QUEUES = ("webhook", "recheck")
_DRAINED_S = 60
# A function that the command invoked has ended by then.
_INVOKED_S = 5


def redrive(case: Case) -> None:
    """Put copies of the case's messages into the dead-letter queues, redrive them, and wait for their consumers."""
    stack = case.journey.stack
    sent = [one for one in _messages(case) for _ in range(_COPIES)]
    for queue, body, attributes in sent:
        stack.client("sqs").send_message(
            QueueUrl=_url(stack, f"{queue}-failed"), MessageBody=json.dumps(body), MessageAttributes=attributes
        )
    done = _run_command(stack)
    left = [one["kind"] for one in done if one["obstacle"] and one["kind"].endswith("-failed")]
    put_back = [one["kind"] for one in done if one["kind"].endswith("-failed")]
    assert left == []
    assert len(put_back) >= len(sent)
    wait_for(lambda: not any(_count(stack, queue) for queue in _QUEUES), seconds=_DRAINED_S)
    time.sleep(_INVOKED_S)


def _messages(case: Case) -> Iterator[tuple[str, Any, dict[str, Any]]]:
    """A dead-letter queue, a body and attributes, for each message that the publish had or could have had."""
    about = {"publish_id": case.publish_id}
    for execution in case.journey.stack.executions(case.publish_id):
        name = execution["name"]
        detail = {"name": name, "status": "FAILED", "input": json.dumps(about)}
        event = {"detail-type": "Step Functions Execution Status Change", "source": "aws.states", "detail": detail}
        yield "ended", event, {}
        record = {"requestContext": {"condition": "RetriesExhausted"}, "requestPayload": event}
        yield "ended", record, {}
        yield "due", {**about, "execution": name}, {}
    yield "sweep", {"detail-type": "Scheduled Event", "source": "aws.events", "time": "now", "detail": {}}, {}
    look = {"look": {"DataType": "String", "StringValue": "true"}}
    yield from (("recheck", {**about, "number": number}, look) for number in range(2))
    for post in case.all_begun():
        if post["status"] == "PUBLISH_COMPLETE":
            content = json.dumps({"publish_id": post["publish_id"], "publish_type": "DIRECT_POST"})
            webhook = {"event": "post.publish.complete", "create_time": int(time.time()), "content": content}
            yield "webhook", {**webhook, "user_openid": case.open_id}, {}
    if case.dropped:
        yield "drop", {"detail-type": "Object Created", "source": "aws.s3", **case.dropped}, {}


def _run_command(stack: LocalStack) -> list[dict[str, Any]]:
    """The result of `dropcast ops redrive --all --yes`. The command exits with 1 if something is left to a person."""
    stage = stack.prefix.removeprefix("dropcast-")
    ran = subprocess.run(
        [sys.executable, "-m", "cli", "ops", "redrive", "--all", "--yes", "--json", "--stage", stage],
        cwd=ROOT,
        env={**os.environ, **variables(stack, None)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode in (0, 1), ran.stderr[-2000:]
    return json.loads(ran.stdout)


def _count(stack: LocalStack, queue: str) -> int:
    """How many messages a queue has, including those that a worker holds."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = stack.client("sqs").get_queue_attributes(QueueUrl=_url(stack, queue), AttributeNames=names)
    return sum(int(count) for count in told["Attributes"].values())


def _url(stack: LocalStack, queue: str) -> str:
    return stack.client("sqs").get_queue_url(QueueName=f"{stack.prefix}-{queue}")["QueueUrl"]
