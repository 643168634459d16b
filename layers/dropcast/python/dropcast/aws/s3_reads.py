"""Reads S3 objects. If S3 refuses a read, the exception names the reason and hides S3's code and status."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

from botocore.exceptions import BotoCoreError, ClientError

from dropcast.aws import clients

Refusal = Literal["gone", "replaced", "missing", "archived", "forbidden", "unreadable"]

_GONE = {"NoSuchKey", "NoSuchVersion", "404", "NotFound", "MethodNotAllowed", "405"}
_REPLACED = {"PreconditionFailed", "412", "InvalidRange", "416"}
# S3 answers with one of these codes and HTTP 400 if S3 or the KMS key gets too many requests, or if the request arrived
# too slowly.
_BUSY = {"ThrottlingException", "KMS.ThrottlingException", "RequestTimeout"}


class ObjectRefused(Exception):
    """S3 refuses to read an object.

    `refusal` is `gone` (S3 has no such object or version), `missing` (something else is missing, such as the bucket),
    `replaced`, `archived`, `forbidden` (S3 does not permit the read) or `unreadable` (S3 cannot read the object).
    `tier`: the storage tier of an archived object.
    """

    def __init__(self, refusal: Refusal, tier: str = "") -> None:
        super().__init__(refusal)
        self.refusal: Refusal = refusal
        self.tier = tier


class SourceInterrupted(Exception):
    """S3 stopped in the middle of a read. A second read of the same range may succeed."""


def head_object(**request: Any) -> dict[str, Any]:
    """S3's answer to HeadObject. ObjectRefused: S3 refused. S3's refusal of a HEAD has a status but no code."""
    with _named_refusals():
        return clients.client("s3").head_object(**request)


def get_object(**request: Any) -> dict[str, Any]:
    """S3's answer to GetObject. ObjectRefused: S3 refused."""
    with _named_refusals():
        return clients.client("s3").get_object(**request)


@contextmanager
def interruptible() -> Generator[None]:
    """Raise SourceInterrupted for every error after which the same read may succeed."""
    try:
        yield
    except ClientError as error:
        if not _is_busy(error):
            raise
        raise SourceInterrupted(clients.error_code(error)) from None
    except (BotoCoreError, OSError) as error:
        raise SourceInterrupted(type(error).__name__) from None


@contextmanager
def _named_refusals() -> Generator[None]:
    try:
        yield
    except ClientError as error:
        refusal = _refusal(error)
        if refusal is None:
            raise
        raise ObjectRefused(refusal, _tier(error)) from None


def _refusal(error: ClientError) -> Refusal | None:
    """The reason why S3 refused, or None if a later try may succeed."""
    code = clients.error_code(error)
    if _is_busy(error):
        return None
    if code in _GONE:
        return "gone"
    match _status(error):
        case 404 | 405:
            return "missing"
        case 403:
            return "archived" if code == "InvalidObjectState" else "forbidden"
        case 400:
            return "unreadable"
        case 412 | 416:
            return "replaced"
        case _:
            return "replaced" if code in _REPLACED else None


def _tier(error: ClientError) -> str:
    """The storage class of an archived object, or its tier in S3 Intelligent-Tiering."""
    return error.response.get("StorageClass") or error.response.get("AccessTier") or "an archive"


def _is_busy(error: ClientError) -> bool:
    return _status(error) >= 500 or clients.error_code(error) in _BUSY


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
