"""Objects in S3: what they are, ranges of them, one stream of them. All reads are of the pinned version and ETag."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from dropcast.aws import clients
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Source

# Every piece costs some 40 µs on its way through the HTTP clients, whatever its size, and more where the network makes
# them wait. Two are held at a time.
PIECE_BYTES = 2 * 1024 * 1024
_GONE = {"NoSuchKey", "NoSuchVersion", "404", "NotFound", "MethodNotAllowed", "405"}
_REPLACED = {"PreconditionFailed", "412", "InvalidRange", "416"}
# S3 answers these with HTTP 400: its own or its KMS key's limit of requests, and a request that arrived too slowly.
_BUSY = {"ThrottlingException", "KMS.ThrottlingException", "RequestTimeout"}
_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
_RESTORED = 'ongoing-request="false"'

Named = TypeVar("Named", bound=Source)


class SourceInterrupted(Exception):
    """S3 stopped in the middle of a read; reading the same range again may help."""


class SourceRefused(Exception):
    """S3 does not give what its own look at the object promised; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True)
class ObjectFacts:
    """What S3 says of an object: its size in bytes, ETag, version and user metadata, when it was stored (seconds since
    the epoch), and its checksums of the whole object by their algorithms."""

    size: int
    etag: str
    version_id: str | None
    metadata: dict[str, str]
    stored_at: int = 0
    checksums: dict[str, str] = field(default_factory=dict[str, str])


def head(source: Source, *, with_checksums: bool = False) -> ObjectFacts | Problem:
    """The object behind `source`. Problems: source_missing, source_forbidden, source_unreadable, source_archived."""
    mode = {"ChecksumMode": "ENABLED"} if with_checksums else {}
    try:
        answer = _s3().head_object(Bucket=source.bucket, Key=source.key, **_version(source), **mode)
    except ClientError as error:
        if (refusal := _refusal(source, error)) is not None:
            return refusal
        raise
    stored_as = answer.get("StorageClass")
    if stored_as in _ARCHIVES and _RESTORED not in answer.get("Restore", ""):
        return problem("source_archived", bucket=source.bucket, key=source.key, value=stored_as)
    version_id = answer.get("VersionId")
    return ObjectFacts(
        answer["ContentLength"],
        answer["ETag"],
        None if version_id == "null" else version_id,
        answer.get("Metadata", {}),
        int(answer["LastModified"].timestamp()) if "LastModified" in answer else 0,
        _checksums(answer),
    )


def _checksums(answer: dict[str, Any]) -> dict[str, str]:
    """Those of all bytes. S3 computes others from those of the parts: they depend on where these were cut."""
    if answer.get("ChecksumType") != "FULL_OBJECT":
        return {}
    names = (name for name in answer if name.startswith("Checksum") and name != "ChecksumType")
    return {name.removeprefix("Checksum"): answer[name] for name in names}


def pin(source: Named) -> Named | Problem:
    """`source` pinned to the version, ETag and size that it has now. One that is pinned stays as it is, unread.

    Problems: those of `head`.
    """
    if source.etag is not None and source.size is not None:
        return source
    found = head(source)
    if isinstance(found, Problem):
        return found
    return source.model_copy(
        update={"version_id": found.version_id or source.version_id, "etag": found.etag, "size": found.size}
    )


def read_range(source: Source, first: int, last: int) -> bytes:
    """Bytes `first` to `last` (both included) of the pinned object. SourceRefused if S3 does not give them."""
    try:
        return _get(source, first, last)["Body"].read()
    except ClientError as error:
        if (refusal := _read_refusal(source, error)) is not None:
            raise SourceRefused(refusal) from None
        raise


def read_whole(source: Source) -> bytes | Problem:
    """All bytes of the pinned object, or `source_changed` if that version is no more."""
    if not source.size:
        return b""
    stream = open_stream(source, 0)
    if isinstance(stream, Problem):
        return stream
    try:
        return b"".join(stream.pieces(source.size))
    finally:
        stream.close()


def read_small(source: Source, limit: int) -> bytes | None:
    """A small object whole, or None if there is none; longer than `limit` bytes it is cut after `limit` + 1."""
    try:
        return _s3().get_object(Bucket=source.bucket, Key=source.key)["Body"].read(limit + 1)
    except ClientError as error:
        if clients.error_code(error) in _GONE:
            return None
        raise


class SourceStream:
    """The pinned object from `first` to `last`, over one GET, given out in pieces as they arrive."""

    def __init__(self, source: Source, first: int, last: int) -> None:
        answer = _get(source, first, last)
        self._body = answer["Body"]
        self.position = first

    def pieces(self, length: int) -> Iterator[bytes]:
        """The next `length` bytes, at most PIECE_BYTES at a time. SourceBroke if S3 gives fewer."""
        left = length
        while left:
            piece = self.read(left)
            left -= len(piece)
            yield piece

    def read(self, limit: int) -> bytes:
        """The next bytes, at least one, at most `limit` and PIECE_BYTES. SourceBroke if S3 gives none."""
        try:
            piece = self._body.read(min(PIECE_BYTES, limit))
        except (BotoCoreError, OSError) as error:
            raise SourceInterrupted(type(error).__name__) from None
        if not piece:
            raise SourceInterrupted("the object ended early")
        self.position += len(piece)
        return piece

    def read_into(self, target: memoryview) -> int:
        """Fill `target` with the next bytes as far as they come; how many came. SourceBroke if none do."""
        piece = self.read(len(target))
        target[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        """Drop the connection to S3, unless all was read: then it is kept for the next GET."""
        self._body.close()


def open_stream(source: Source, first: int, last: int | None = None) -> SourceStream | Problem:
    """The pinned object from byte `first` to `last` (included; else to its end), or `source_changed` if it is no more.

    Problems also: those of `head`. SourceBroke if S3 does not answer, or answers with other bytes than these.
    """
    try:
        return SourceStream(source, first, (source.size or 0) - 1 if last is None else last)
    except ClientError as error:
        if (refusal := _read_refusal(source, error)) is not None:
            return refusal
        if _is_busy(error):
            raise SourceInterrupted(clients.error_code(error)) from None
        raise
    except BotoCoreError as error:
        raise SourceInterrupted(type(error).__name__) from None


def _get(source: Source, first: int, last: int) -> dict[str, Any]:
    """The newest version if it is the pinned one (its ETag tells), else the pinned version by its id."""
    wanted = {"Bucket": source.bucket, "Key": source.key, "Range": f"bytes={first}-{last}", "IfMatch": source.etag}
    try:
        answer = _s3().get_object(**wanted)
    except ClientError as error:
        if source.version_id is None or clients.error_code(error) not in _GONE | _REPLACED:
            raise
        answer = _s3().get_object(**wanted, VersionId=source.version_id)
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    if status != 206 or answer.get("ContentRange") != f"bytes {first}-{last}/{source.size}":
        answer["Body"].close()
        raise SourceInterrupted(f"asked for bytes {first}-{last}, got HTTP {status} with {answer.get('ContentRange')}")
    return answer


def _read_refusal(source: Source, error: ClientError) -> Problem | None:
    """What S3's refusal to give the pinned object means: it is gone or another one, or see `_refusal`."""
    if clients.error_code(error) in _GONE | _REPLACED:
        return problem("source_changed", bucket=source.bucket, key=source.key)
    return _refusal(source, error)


def _refusal(source: Source, error: ClientError) -> Problem | None:
    """The problem that S3's refusal means, None if S3 may answer later. To a HEAD S3 answers with a status alone."""
    names = {"bucket": source.bucket, "key": source.key}
    if _is_busy(error):
        return None
    match _status(error):
        case 404 | 405:
            return problem("source_missing", **names)
        case 403 if clients.error_code(error) == "InvalidObjectState":
            return problem("source_archived", **names, value=_tier(error))
        case 403:
            return problem("source_forbidden", **names)
        case 400:
            return problem("source_unreadable", **names, status=400)
        case 412 | 416:
            return problem("source_changed", **names)
        case _:
            return None


def _tier(error: ClientError) -> str:
    """Where an archived object lies: its storage class, or the tier of S3 Intelligent-Tiering."""
    return error.response.get("StorageClass") or error.response.get("AccessTier") or "an archive"


def _is_busy(error: ClientError) -> bool:
    return _status(error) >= 500 or clients.error_code(error) in _BUSY


def _status(error: ClientError) -> int:
    return error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)


def _version(source: Source) -> dict[str, str]:
    return {"VersionId": source.version_id} if source.version_id else {}


def _s3() -> Any:
    return clients.client("s3")
