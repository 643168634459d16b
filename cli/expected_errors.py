"""Explains the errors that a person can meet. The module is imported only after an error, because its imports are
slow.
"""

from cli.api import AccessMissingError, ObjectMissingError
from cli.chosen_deployment import ProfileMissingError
from cli.deployment.cdk_command import CdkFailedError
from cli.deployment.data_deletion import ObjectsRemainError
from cli.exit_codes import KEY_REFUSED, LATER, NO_DEPLOYMENT, NOT_FOUND, REFUSED, UNANSWERED
from cli.stack import StackMissingError
from dropcast.aws.clients import AWS_ERRORS
from dropcast_client import (
    DropcastError,
    KeyRefusedError,
    NotFoundError,
    RateLimitedError,
    RefusedError,
    TikTokFailedError,
    UnansweredError,
    UnavailableError,
    UnexpectedAnswerError,
    UploadFailedError,
    WaitTimeoutError,
)

_CREDENTIALS = "Check your AWS credentials and region (AWS_PROFILE, AWS_REGION) and their permissions."


def explain(error: Exception) -> tuple[str, str] | None:
    """What happened, and what the person can do. None for an error that is a bug of this command."""
    match error:
        case StackMissingError():
            return str(error), "Deploy it first (make deploy), or choose another stage with --stage."
        case ProfileMissingError() | DropcastError() | CdkFailedError():
            return str(error), error.fix
        case ObjectsRemainError():
            return str(error), "Check the bucket's policy and object locks, then run the command again."
        case _ if isinstance(error, AWS_ERRORS):
            return str(error), _CREDENTIALS
        case _:
            return None


def doc_url_of(error: Exception) -> str | None:
    """The address of the page about the API's error code. None if `error` is not a refusal of the API."""
    return error.doc_url if isinstance(error, RefusedError) else None


def exit_code_of(error: Exception) -> int:
    """The exit code of an expected error."""
    match error:
        case AccessMissingError() | KeyRefusedError():
            return KEY_REFUSED
        case NotFoundError() | ObjectMissingError():
            return NOT_FOUND
        case RateLimitedError() | WaitTimeoutError():
            return LATER
        case (
            UnansweredError() | UnexpectedAnswerError() | UnavailableError() | TikTokFailedError() | UploadFailedError()
        ):
            return UNANSWERED
        case DropcastError():
            return REFUSED
        case _:
            return NO_DEPLOYMENT
