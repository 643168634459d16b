"""Named outcomes of calls of AWS, in place of the code that each service has for them."""

from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from dropcast.aws.clients import error_code

NOT_FOUND = frozenset(
    {"404", "ExecutionDoesNotExist", "NoSuchKey", "NoSuchUpload", "NotFound", "ResourceNotFoundException"}
)
"""There is no such object, upload, secret, entry or execution (any more)."""
EXISTS = frozenset({"ConflictException", "ExecutionAlreadyExists"})
"""There is an entry or an execution of this name already."""
TOKEN_SPENT = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})
"""Nothing waits for this task token any more."""

Answer = TypeVar("Answer")


def unless(outcome: frozenset[str], call: Callable[[], Answer]) -> Answer | None:
    """The answer to `call`, or None if AWS refused it with `outcome`. Other errors are raised as they come."""
    try:
        return call()
    except ClientError as error:
        if error_code(error) in outcome:
            return None
        raise
