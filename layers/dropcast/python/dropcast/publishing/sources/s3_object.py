"""Reads the metadata, ranges and streams of S3 objects. Ranges and streams come from the pinned version and ETag."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dropcast.aws.s3_reads import ObjectRefused, SourceInterrupted, get_object, head_object, interruptible
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.model.publish import Source

# Each piece costs some 40 µs in the HTTP clients, or more if the network is slow. Two pieces are in memory at a time.
PIECE_BYTES = 2 * 1024 * 1024
_ARCHIVES = ("GLACIER", "DEEP_ARCHIVE")
_RESTORED = 'ongoing-request="false"'

SourceT = TypeVar("SourceT", bound=Source)


class SourceRefused(Exception):
    """S3 refused to return an object that HeadObject had described before. `problem` is the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


@dataclass(frozen=True)
class ObjectFacts:
    """The size in bytes, ETag, version, user metadata, storage time and checksums of an object.

    `stored_at` is in seconds since the epoch. `checksums` are for the whole object, by algorithm.
    """

    size: int
    etag: str
    version_id: str | None
    metadata: dict[str, str]
    stored_at: int = 0
    checksums: dict[str, str] = field(default_factory=dict[str, str])


def head(source: Source, *, with_checksums: bool = False) -> ObjectFacts | Problem:
    """The object's facts. Problems: source_missing, source_forbidden, source_unreadable, source_archived."""
    mode = {"ChecksumMode": "ENABLED"} if with_checksums else {}
    version = {"VersionId": source.version_id} if source.version_id else {}
    try:
        answer = head_object(Bucket=source.bucket, Key=source.key, **version, **mode)
    except ObjectRefused as refused:
        return _problem(source, refused)
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
        _whole_checksums(answer),
    )


def _whole_checksums(answer: dict[str, Any]) -> dict[str, str]:
    """The checksums of the whole object.

    Composite checksums are left out, because they depend on the sizes of the parts.
    """
    if answer.get("ChecksumType") != "FULL_OBJECT":
        return {}
    names = (name for name in answer if name.startswith("Checksum") and name != "ChecksumType")
    return {name.removeprefix("Checksum"): answer[name] for name in names}


def pin(source: SourceT) -> SourceT | Problem:
    """`source`, pinned to its present version, ETag and size.

    A pinned source is returned unchanged, without a call to S3.
    Problems: as for `head`.
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
    """Bytes `first` to `last` (both included) of the pinned object. SourceRefused if S3 refuses."""
    try:
        return _get_pinned(source, first, last)["Body"].read()
    except ObjectRefused as refused:
        raise SourceRefused(_read_problem(source, refused)) from None


def read_whole(source: Source) -> bytes | Problem:
    """All bytes of the pinned object. Problem: `source_changed` if that version is gone."""
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
    """The newest version of a small object. None if it does not exist. Reads at most `limit` + 1 bytes."""
    try:
        return get_object(Bucket=source.bucket, Key=source.key)["Body"].read(limit + 1)
    except ObjectRefused as refused:
        if refused.refusal == "gone":
            return None
        raise


class SourceStream:
    """The bytes `first` to `last` (both included) of the pinned object, read in pieces from one GET."""

    def __init__(self, source: Source, first: int, last: int) -> None:
        answer = _get_pinned(source, first, last)
        self._body = answer["Body"]
        self.position = first

    def pieces(self, length: int) -> Iterator[bytes]:
        """The next `length` bytes, at most PIECE_BYTES at a time. SourceInterrupted if S3 returns fewer."""
        left = length
        while left:
            piece = self.read(left)
            left -= len(piece)
            yield piece

    def read(self, limit: int) -> bytes:
        """The next bytes: at least one, and at most `limit` and PIECE_BYTES. SourceInterrupted if S3 returns none."""
        with interruptible():
            piece = self._body.read(min(PIECE_BYTES, limit))
        if not piece:
            raise SourceInterrupted("the object ended early")
        self.position += len(piece)
        return piece

    def close(self) -> None:
        """End the stream. The connection to S3 closes, or stays open for the next GET if all bytes were read."""
        self._body.close()


def open_stream(source: Source, first: int, last: int | None = None) -> SourceStream | Problem:
    """A stream of the pinned object from byte `first` to `last` (included, by default to the end).

    Problems: `source_changed` if that version is gone, and as for `head`. SourceInterrupted if S3 does not answer, or
    answers with a different range.
    """
    try:
        with interruptible():
            return SourceStream(source, first, (source.size or 0) - 1 if last is None else last)
    except ObjectRefused as refused:
        return _read_problem(source, refused)


def _get_pinned(source: Source, first: int, last: int) -> dict[str, Any]:
    """GET the newest version if its ETag is the pinned ETag, otherwise GET the pinned version by its id."""
    request = {"Bucket": source.bucket, "Key": source.key, "Range": f"bytes={first}-{last}", "IfMatch": source.etag}
    try:
        answer = get_object(**request)
    except ObjectRefused as refused:
        if source.version_id is None or refused.refusal not in ("gone", "replaced"):
            raise
        answer = get_object(**request, VersionId=source.version_id)
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    if status != 206 or answer.get("ContentRange") != f"bytes {first}-{last}/{source.size}":
        answer["Body"].close()
        raise SourceInterrupted(f"asked for bytes {first}-{last}, got HTTP {status} with {answer.get('ContentRange')}")
    return answer


def _read_problem(source: Source, refused: ObjectRefused) -> Problem:
    """The problem of a refused read of the pinned object. If the object is gone, the problem is `source_changed`."""
    if refused.refusal == "gone":
        return problem("source_changed", bucket=source.bucket, key=source.key)
    return _problem(source, refused)


def _problem(source: Source, refused: ObjectRefused) -> Problem:
    names = {"bucket": source.bucket, "key": source.key}
    match refused.refusal:
        case "gone" | "missing":
            return problem("source_missing", **names)
        case "archived":
            return problem("source_archived", **names, value=refused.tier)
        case "forbidden":
            return problem("source_forbidden", **names)
        case "unreadable":
            return problem("source_unreadable", **names, status=400)
        case "replaced":
            return problem("source_changed", **names)
