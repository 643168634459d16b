"""Calls Step Functions to start, stop and wake an execution, and to read its status."""

import json
from typing import Any

from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.aws.expected_refusals import EXISTS, NOT_FOUND, TOKEN_SPENT, unless
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.settings import settings


def start(publish_id: str, execution: str) -> bool:
    """Start `execution` of the publish. It starts only once, because its name is unique.

    True if the name was used before. On AWS, True means that this execution has ended. In the local emulator the
    execution may also be running.
    """
    text = json.dumps({"publish_id": publish_id, "step": StepResult(Outcome.BEGIN).to_json()})
    begun = unless(
        EXISTS,
        lambda: clients.client("stepfunctions").start_execution(
            stateMachineArn=settings().state_machine_arn, name=execution, input=text
        ),
    )
    return begun is None


def status(execution: str) -> str | None:
    """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED. None if there is no such execution (any more)."""
    found = unless(NOT_FOUND, lambda: clients.client("stepfunctions").describe_execution(executionArn=_arn(execution)))
    return found and found["status"]


def stop(execution: str) -> None:
    """Stop `execution`. It is no error if the execution has ended or never started."""
    unless(NOT_FOUND, lambda: clients.client("stepfunctions").stop_execution(executionArn=_arn(execution)))


def wake(task_token: SecretStr, step: dict[str, Any]) -> bool:
    """Complete the waiting Watch step. Its result is `step`.

    False if the token is no longer valid, because the round of Watch that stored the token has ended.
    """
    token, text = task_token.get_secret_value(), json.dumps(step)
    woken = unless(TOKEN_SPENT, lambda: clients.client("stepfunctions").send_task_success(taskToken=token, output=text))
    return woken is not None


def _arn(execution: str) -> str:
    return f"{settings().state_machine_arn.replace(':stateMachine:', ':execution:')}:{execution}"
