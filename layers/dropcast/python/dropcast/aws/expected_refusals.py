"""Names for expected refusals of AWS calls. Each service has its own codes for them."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from dropcast.aws.clients import error_code

NOT_FOUND = frozenset(
    {"404", "ExecutionDoesNotExist", "NoSuchKey", "NoSuchUpload", "NotFound", "ResourceNotFoundException"}
)
"""The object, upload, secret, Scheduler entry or execution does not exist, or no longer exists."""
EXISTS = frozenset({"ConflictException", "ExecutionAlreadyExists"})
"""A Scheduler entry or an execution with this name exists already."""
INVALID_ARGUMENT = frozenset({"InvalidArgument"})
"""S3 cannot parse an argument, such as the cursor of a list."""
TOKEN_SPENT = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})
"""No execution waits for this task token any more."""

Answer = TypeVar("Answer")


def unless(outcome: frozenset[str], call: Callable[[], Answer]) -> Answer | None:
    """The answer to `call`, or None if AWS refused it with one of the codes in `outcome`.

    Other errors are raised unchanged.
    """
    try:
        return call()
    except ClientError as error:
        if error_code(error) in outcome:
            return None
        raise
