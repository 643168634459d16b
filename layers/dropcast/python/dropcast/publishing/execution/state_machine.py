"""The executions of the state machine: beginning, looking up and stopping one, and waking one that waits."""

import json
from typing import Any

from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.settings import settings

_SPENT = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")


def start(publish_id: str, execution: str) -> bool:
    """Begin `execution` of the publish, by its name, so that it begins once. True if there was one of this name before.

    AWS says so only of an execution that is over; the local emulator says so of one that runs, too.
    """
    try:
        clients.client("stepfunctions").start_execution(
            stateMachineArn=settings().state_machine_arn,
            name=execution,
            input=json.dumps({"publish_id": publish_id, "step": {"outcome": "begin"}}),
        )
    except ClientError as error:
        if clients.error_code(error) != "ExecutionAlreadyExists":
            raise
        return True
    return False


def status(execution: str) -> str | None:
    """RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED; None if there is no such execution (any more)."""
    try:
        return clients.client("stepfunctions").describe_execution(executionArn=_arn(execution))["status"]
    except ClientError as error:
        if clients.error_code(error) != "ExecutionDoesNotExist":
            raise
        return None


def stop(execution: str) -> None:
    """Stop `execution`; one that is over or never began is no error."""
    try:
        clients.client("stepfunctions").stop_execution(executionArn=_arn(execution))
    except ClientError as error:
        if clients.error_code(error) != "ExecutionDoesNotExist":
            raise


def wake(task_token: SecretStr, step: dict[str, Any]) -> bool:
    """Answer the waiting Watch step with `step`. False if the token is spent: its round is over already."""
    try:
        clients.client("stepfunctions").send_task_success(
            taskToken=task_token.get_secret_value(), output=json.dumps(step)
        )
    except ClientError as error:
        if clients.error_code(error) not in _SPENT:
            raise
        return False
    return True


def _arn(execution: str) -> str:
    return f"{settings().state_machine_arn.replace(':stateMachine:', ':execution:')}:{execution}"
