"""Entries of EventBridge Scheduler. An entry has the name of its execution.

Scheduler starts the execution once and then deletes the entry.
"""

import json
from typing import Any

from dropcast import clock
from dropcast.aws import clients
from dropcast.aws.expected_refusals import EXISTS, NOT_FOUND, unless
from dropcast.settings import settings

_RETRIES_MAX = 10
_RETRIED_MAX_S = 6 * 3600


def create_entry(publish_id: str, execution: str, at: int) -> None:
    """Let Scheduler start `execution` of the publish at `at` (seconds since the epoch). An existing entry stays."""
    target = {
        "Arn": settings().due_function_arn,
        "RoleArn": settings().schedule_role_arn,
        "Input": json.dumps({"publish_id": publish_id, "execution": execution}),
        "DeadLetterConfig": {"Arn": settings().schedule_dead_letters_arn},
        "RetryPolicy": {"MaximumRetryAttempts": _RETRIES_MAX, "MaximumEventAgeInSeconds": _RETRIED_MAX_S},
    }
    unless(
        EXISTS,
        lambda: _scheduler().create_schedule(
            Name=execution,
            GroupName=settings().schedule_group,
            ScheduleExpression=f"at({clock.iso(at).removesuffix('Z')})",
            ScheduleExpressionTimezone="UTC",
            FlexibleTimeWindow={"Mode": "OFF"},
            ActionAfterCompletion="DELETE",
            Target=target,
        ),
    )


def delete_entry(execution: str) -> None:
    """Delete the entry of `execution`. It is no error if the entry has fired or never existed."""
    unless(NOT_FOUND, lambda: _scheduler().delete_schedule(Name=execution, GroupName=settings().schedule_group))


def _scheduler() -> Any:
    return clients.client("scheduler")
