"""What AWS can do to a publish: refuse, do in part, lose its answer; and the death of a process at a call of AWS."""

import time
from typing import Any

from tests.faults.aws import AwsFault, Kind
from tests.faults.case import Case
from tests.faults.injuries import Injury, both

# Lambda's shortest wait between two tries of a step is some seconds; this is shorter.
_NO_ROOM_S = 3


def aws(operation: str, mention: str, code: str = "ThrottlingException", *, times: int = 5, **details: Any) -> Injury:
    """AWS refuses so many calls of this kind about this case. Five are all the tries of one call by the SDK."""
    return _aws(operation, mention, "refuse", code=code, times=times, **details)


def conflict(operation: str, mention: str) -> Injury:
    """DynamoDB says once that a condition did not hold."""
    is_transaction = operation == "TransactWriteItems"
    code = "ConditionalCheckFailed" if is_transaction else "ConditionalCheckFailedException"
    return aws(operation, mention, code, times=1)


def aws_reset(operation: str, mention: str, kind: Kind, times: int = 1) -> Injury:
    return _aws(operation, mention, kind, times=times)


def killed_at(operation: str, mention: str, kind: Kind, **details: Any) -> Injury:
    """The process that makes this call of AWS dies of SIGKILL, before or after the call has its effect."""
    return _aws(operation, mention, kind, **details)


def answer_lost(operation: str, mention: str, times: int = 1, **details: Any) -> Injury:
    """AWS does it and the connection breaks, so that the SDK repeats the call. Five are all its tries."""
    return _aws(operation, mention, "reset_after", times=times, **details)


def cut_off(operation: str, mention: str, **details: Any) -> Injury:
    """AWS's answer breaks off in its body."""
    return _aws(operation, mention, "cut", **details)


def in_part(operation: str, mention: str = "", code: str = "InternalFailure", times: int = 1) -> Injury:
    """AWS answers with 200, and the entry that is about this case failed."""
    return _aws(operation, mention, "in_part", code=code, times=times)


def listed(case: Case) -> None:
    """Once it has been asked for, the list of all publishes must hold the publish."""

    def look() -> None:
        items = case.journey.api("GET", "/v1/publishes", params={"limit": 100}).raise_for_status().json()["items"]
        assert case.publish_id in [item["publish_id"] for item in items]

    case.later.append(look)


def in_progress(mention: str) -> Injury:
    """A transaction's answer is lost, and DynamoDB is still busy with it when the SDK repeats it."""
    busy = aws("TransactWriteItems", mention, "TransactionInProgressException", times=2, skip=1)
    return both(answer_lost("TransactWriteItems", mention), busy)


def no_room(function: str) -> Injury:
    """Lambda runs no `function` for some seconds. The emulator tells the state machine Lambda.Unknown of that."""

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
