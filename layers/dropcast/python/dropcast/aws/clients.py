"""AWS clients, one per service and process, all from one session; and how long AWS's passing trouble is waited out.

By botocore itself: boto3 brings nothing that is used here, and takes a fifth of the time that a cold start has.
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

PRESIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
"""Of the client of S3 that presigns: version 4 signs the length too. Only virtual addressing gives the region's own
address, which a new bucket needs."""

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})

# What passes by itself, beside every HTTP status from 500. The SDK repeats some of these for a moment, and none of the
# transactions' own.
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
# What a process needs after its last try, to say what became of it.
_SPARE_S = 1.0

Answer = TypeVar("Answer")


class ContendedError(Exception):
    """AWS refused for as long as it was asked: other writers, throttles, or no connection."""


AWS_ERRORS = (BotoCoreError, ClientError, ContendedError)
"""Every way in which a call of AWS fails, for callers that can go on without it."""


class UnfinishedError(Exception):
    """Raised by a call of `persist` that AWS answered in part: the rest is asked for again."""


_one_at_a_time = Lock()


@lru_cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


@lru_cache
def client(service: str, also: Config | None = None) -> Any:
    """The client of `service` ("dynamodb", "kms", …), with our timeouts and what `also` sets."""
    with _one_at_a_time:  # botocore makes clients in one thread only
        session: Any = _session()  # its types know each service by a literal
        return session.create_client(service, config=_CONFIG.merge(also) if also else _CONFIG)


def persist(call: Callable[[], Answer], patience_s: float) -> Answer:
    """The answer to `call`, repeated with jitter for `patience_s` seconds while AWS's trouble is of a kind that passes.

    Only what may be repeated without harm belongs here. Other errors are raised as they come. ContendedError: the
    trouble did not pass, or the time of this function does not allow another try.
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
    """Whether the same call may succeed a little later."""
    if not isinstance(error, ClientError):
        return isinstance(error, ConnectionError | HTTPClientError | UnfinishedError)
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
        return True
    said = reasons(error)
    return error_code(error) in _PASSING or bool(said & _PASSING_REASONS and not said & _LASTING_REASONS)


def error_code(error: ClientError) -> str:
    """AWS's code of an error, "" where it gave none."""
    return error.response.get("Error", {}).get("Code", "")


def reasons(error: ClientError) -> set[str]:
    """Why a transaction was cancelled: the codes of its entries; empty for other errors."""
    return {reason.get("Code", "None") for reason in cancellation(error)}


def cancellation(error: ClientError) -> list[dict[str, Any]]:
    """What DynamoDB says of each entry of a cancelled transaction; empty for other errors."""
    response: dict[str, Any] = dict(error.response)
    return response.get("CancellationReasons", [])
