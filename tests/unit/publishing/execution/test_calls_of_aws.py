"""Dropcast's calls to Step Functions and EventBridge Scheduler, and the refusals that it expects."""

import json
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders
from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.publishing.execution import scheduler, state_machine
from dropcast.settings import settings
from tests.unit.support.memory_aws import maker


class _Body:
    def __init__(self, content: dict[str, Any]) -> None:
        self._content = json.dumps(content).encode()

    def stream(self, **_: Any) -> list[bytes]:
        return [self._content]


def step_functions_say(operation: str, code: str | None = None) -> list[Any]:
    """Let `operation` answer with the error `code`, or succeed if it is None. The result collects the requests."""
    asked: list[Any] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        asked.append(json.loads(request.body))
        return AWSResponse(request.url, 400 if code else 200, HTTPHeaders(), _Body({"__type": code} if code else {}))

    clients.client("stepfunctions").meta.events.register(f"before-send.stepfunctions.{operation}", answer)
    return asked


@pytest.mark.parametrize(("code", "woken"), [(None, True), ("TaskTimedOut", False), ("TaskDoesNotExist", False)])
def test_a_token_of_an_ended_round_wakes_no_step(cloud, code, woken):
    asked = step_functions_say("SendTaskSuccess", code)

    assert state_machine.wake(SecretStr("canary-token"), {"outcome": "verdict"}) is woken
    assert asked == [{"taskToken": "canary-token", "output": '{"outcome": "verdict"}'}]


def test_an_unexpected_refusal_to_wake_a_step_raises(cloud):
    step_functions_say("SendTaskSuccess", "AccessDeniedException")

    with pytest.raises(ClientError):
        state_machine.wake(SecretStr("canary-token"), {"outcome": "verdict"})


@pytest.fixture
def entries(cloud, monkeypatch) -> Any:
    for name in ("DUE_FUNCTION_ARN", "SCHEDULE_ROLE_ARN", "SCHEDULE_DEAD_LETTERS_ARN"):
        monkeypatch.setenv(name, f"arn:aws:iam::123456789012:role/{name.lower()}")
    settings.cache_clear()
    client = maker("scheduler")
    client.create_schedule_group(Name=settings().schedule_group)
    return client


def test_an_entry_starts_its_execution_at_its_time_and_the_first_entry_stays(entries):
    scheduler.create_entry("pub_1", "pub_1-2", at=1_800_000_000)
    scheduler.create_entry("pub_1", "pub_1-2", at=1_900_000_000)

    entry = entries.get_schedule(Name="pub_1-2", GroupName=settings().schedule_group)
    assert entry["ScheduleExpression"] == "at(2027-01-15T08:00:00)"
    assert entry["ActionAfterCompletion"] == "DELETE"
    assert json.loads(entry["Target"]["Input"]) == {"publish_id": "pub_1", "execution": "pub_1-2"}


def test_deleting_an_entry_that_has_fired_is_no_error(entries):
    scheduler.create_entry("pub_1", "pub_1-2", at=1_800_000_000)

    scheduler.delete_entry("pub_1-2")
    scheduler.delete_entry("pub_1-2")

    assert entries.list_schedules(GroupName=settings().schedule_group)["Schedules"] == []
