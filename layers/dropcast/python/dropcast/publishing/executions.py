"""The executions of the state machine: beginning one, waking the one that waits, stopping one."""

import json
from typing import Any

from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast import aws
from dropcast.settings import settings

_SPENT = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")


def start(publish_id: str, execution: str) -> None:
    """Begin `execution` of the publish, by its name, so that it begins once. One that exists already is no error."""
    try:
        aws.client("stepfunctions").start_execution(
            stateMachineArn=settings().state_machine_arn,
            name=execution,
            input=json.dumps({"publish_id": publish_id, "step": {"outcome": "begin"}}),
        )
    except ClientError as error:
        if aws.error_code(error) != "ExecutionAlreadyExists":
            raise


def stop(execution: str) -> None:
    """Stop `execution`; one that is over or never began is no error."""
    machine = settings().state_machine_arn
    try:
        aws.client("stepfunctions").stop_execution(
            executionArn=f"{machine.replace(':stateMachine:', ':execution:')}:{execution}"
        )
    except ClientError as error:
        if aws.error_code(error) != "ExecutionDoesNotExist":
            raise


def wake(task_token: SecretStr, step: dict[str, Any]) -> bool:
    """Answer the waiting Watch step with `step`. False if the token is spent: its round is over already."""
    try:
        aws.client("stepfunctions").send_task_success(taskToken=task_token.get_secret_value(), output=json.dumps(step))
    except ClientError as error:
        if aws.error_code(error) not in _SPENT:
            raise
        return False
    return True
