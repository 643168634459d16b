"""EventBridge Scheduler entries: each is named after the execution that it begins at its time, and is gone then."""

import json
from typing import Any

from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.aws import clients
from dropcast.settings import settings

_TRIES = 10
_GIVE_UP_SECONDS = 6 * 3600


def create_entry(publish_id: str, execution: str, at: int) -> None:
    """Have `execution` of the publish begun at `at` (seconds since the epoch). An entry that stands is left so."""
    target = {
        "Arn": settings().due_function_arn,
        "RoleArn": settings().schedule_role_arn,
        "Input": json.dumps({"publish_id": publish_id, "execution": execution}),
        "DeadLetterConfig": {"Arn": settings().schedule_dead_letters_arn},
        "RetryPolicy": {"MaximumRetryAttempts": _TRIES, "MaximumEventAgeInSeconds": _GIVE_UP_SECONDS},
    }
    try:
        _scheduler().create_schedule(
            Name=execution,
            GroupName=settings().schedule_group,
            ScheduleExpression=f"at({clock.iso(at).removesuffix('Z')})",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=target,
        )
    except ClientError as error:
        if clients.error_code(error) != "ConflictException":
            raise


def delete_entry(execution: str) -> None:
    """Take the entry of `execution` back; one that has fired or never was is no error."""
    try:
        _scheduler().delete_schedule(Name=execution, GroupName=settings().schedule_group)
    except ClientError as error:
        if clients.error_code(error) != "ResourceNotFoundException":
            raise


def _scheduler() -> Any:
    return clients.client("scheduler")
