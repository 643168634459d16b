"""AWS clients, one per service and process, and the retry of calls after temporary errors. All clients share a
session.

They use botocore directly: boto3 offers nothing that is needed here and would take a fifth of a cold start.
"""

import random
from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionError, HTTPClientError

from dropcast import clock
from dropcast.snapshots import empty_after_restore

PRESIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
"""The configuration of the S3 client that presigns. Signature version 4 also signs the length of the body.

Virtual addressing uses the address of the bucket's region, which a new bucket needs.
"""

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})

# Temporary errors, in addition to every HTTP status from 500 on. The SDK briefly retries some of them, but it retries
# no error of a transaction.
_PASSING = frozenset(
    {
        "DependencyTimeoutException",
        "InternalFailure",
        "InternalServerError",
        "KMSInternalException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ThrottlingException",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
_PASSING_REASONS = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"})
_LASTING_REASONS = frozenset({"ConditionalCheckFailed", "ItemCollectionSizeLimitExceeded", "ValidationError"})
_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
# After its last try a process needs this time to report the outcome.
_SPARE_S = 1.0

Answer = TypeVar("Answer")


class ContendedError(Exception):
    """AWS refused every try, because of other writers or throttling, or could not be reached."""


AWS_ERRORS = (BotoCoreError, ClientError, ContendedError)
"""All exceptions of a failed AWS call, for callers that can continue without an answer."""


class UnfinishedError(Exception):
    """AWS answered only partly. A function raises this so that `persist` calls the function again."""


_one_at_a_time = Lock()


@empty_after_restore
@lru_cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@empty_after_restore
@lru_cache
def client(service: str, also: Config | None = None) -> Any:
    """The client of `service` ("dynamodb", "kms", …), with Dropcast's timeouts and the settings in `also`."""
    with _one_at_a_time:  # botocore can create clients in only one thread at a time
        session: Any = _session()  # botocore's types accept only literal names of services
        return session.create_client(service, config=_CONFIG.merge(also) if also else _CONFIG)


def persist(call: Callable[[], Answer], patience_s: float) -> Answer:
    """The result of `call`. After temporary AWS errors `call` is repeated, with jitter, for up to `patience_s` seconds.

    Repeating `call` must do no harm. Other errors are raised unchanged. ContendedError: AWS still refuses after
    `patience_s` seconds, or this process has no time left for another try.
    """
    began, slept, pause_s = clock.monotonic(), 0.0, _FIRST_PAUSE_S
    while True:
        try:
            return call()
        except (ClientError, BotoCoreError, UnfinishedError) as error:
            if not passes(error):
                raise
            nap_s = random.uniform(pause_s / 2, pause_s)  # noqa: S311
            waited_s = max(slept, clock.monotonic() - began)
            if waited_s + nap_s > patience_s or clock.seconds_left() < nap_s + _SPARE_S:
                raise ContendedError(type(error).__name__) from error
        clock.sleep(nap_s)
        slept, pause_s = slept + nap_s, min(2 * pause_s, _LONGEST_PAUSE_S)


def passes(error: Exception) -> bool:
    """Whether the error is temporary, so that the same call may soon succeed."""
    if not isinstance(error, ClientError):
        return isinstance(error, ConnectionError | HTTPClientError | UnfinishedError)
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return True
    said = reasons(error)
    return error_code(error) in _PASSING or bool(said & _PASSING_REASONS and not said & _LASTING_REASONS)


def error_code(error: ClientError) -> str:
    """AWS's code of an error; "" if there is none."""
    return error.response.get("Error", {}).get("Code", "")


def reasons(error: ClientError) -> set[str]:
    """DynamoDB's codes for the entries of a cancelled transaction; empty for other errors.

    The code "None" stands for an entry that did not cause the cancellation.
    """
    return {reason.get("Code", "None") for reason in cancellation(error)}


def cancellation(error: ClientError) -> list[dict[str, Any]]:
    """DynamoDB's reason for each entry of a cancelled transaction; empty for other errors."""
    response: dict[str, Any] = dict(error.response)
    return response.get("CancellationReasons", [])
