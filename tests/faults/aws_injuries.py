"""Faults of AWS: it refuses a call, executes it in part, or loses its answer. Or a process dies at an AWS call."""

import time
from typing import Any

from tests.faults.aws import AwsFault, Kind
from tests.faults.case import Case
from tests.faults.injuries import Injury, both

# Shorter than the seconds that Lambda waits between two tries of a step.
_NO_ROOM_S = 3


def aws(operation: str, mention: str, code: str = "ThrottlingException", *, times: int = 5, **details: Any) -> Injury:
    """AWS refuses `times` such calls for this case.

    The SDK makes five tries of a call, so after five refusals the call fails.
    """
    return _aws(operation, mention, "refuse", code=code, times=times, **details)


def conflict(operation: str, mention: str) -> Injury:
    """DynamoDB once answers that a condition failed."""
    is_transaction = operation == "TransactWriteItems"
    code = "ConditionalCheckFailed" if is_transaction else "ConditionalCheckFailedException"
    return aws(operation, mention, code, times=1)


def aws_reset(operation: str, mention: str, kind: Kind, times: int = 1) -> Injury:
    return _aws(operation, mention, kind, times=times)


def killed_at(operation: str, mention: str, kind: Kind, **details: Any) -> Injury:
    """SIGKILL the process that makes this AWS call, before or after the call takes effect."""
    return _aws(operation, mention, kind, **details)


def answer_lost(operation: str, mention: str, times: int = 1, **details: Any) -> Injury:
    """AWS executes the call and the connection breaks, so the SDK repeats the call. After five
    lost answers the SDK gives up.
    """
    return _aws(operation, mention, "reset_after", times=times, **details)


def cut_off(operation: str, mention: str, **details: Any) -> Injury:
    """AWS's answer breaks off in its body."""
    return _aws(operation, mention, "cut", **details)


def in_part(operation: str, mention: str = "", code: str = "InternalFailure", times: int = 1) -> Injury:
    """AWS answers with 200, but the entry for this case failed."""
    return _aws(operation, mention, "in_part", code=code, times=times)


def listed(case: Case) -> None:
    """After the publish was accepted, request the list of all publishes. The list must contain the publish."""

    def look() -> None:
        items = case.journey.api("GET", "/v1/publishes", params={"limit": 100}).raise_for_status().json()["items"]
        assert case.publish_id in [item["publish_id"] for item in items]

    case.later.append(look)


def in_progress(mention: str) -> Injury:
    """A transaction's answer is lost, and DynamoDB still processes it when the SDK repeats the call."""
    busy = aws("TransactWriteItems", mention, "TransactionInProgressException", times=2, skip=1)
    return both(answer_lost("TransactWriteItems", mention), busy)


def no_room(function: str) -> Injury:
    """Lambda runs no `function` for some seconds. The emulator reports this to the state machine as Lambda.Unknown."""

    def do(case: Case) -> None:
        stack = case.journey.stack
        name, lambda_ = stack.function_name(function), stack.client("lambda")
        lambda_.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)

        def again() -> None:
            time.sleep(_NO_ROOM_S)
            lambda_.delete_function_concurrency(FunctionName=name)

        case.later.append(again)

    return do


def _aws(operation: str, mention: str, kind: Kind, **details: Any) -> Injury:
    def do(case: Case) -> None:
        case.aws.faults.append(AwsFault(case.account, operation, kind, mention, **details))

    return do
