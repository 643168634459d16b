"""Compares the contents of two S3 objects. Reads both only if size, ETag and checksums do not decide."""

from typing import Protocol

from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources import s3_object

_RANGE_BYTES = 8 * 1024 * 1024


class ContentNumbers(Protocol):
    """The size in bytes, ETag and checksums of an object. `checksums` are for the whole object, by algorithm."""

    @property
    def size(self) -> int: ...
    @property
    def etag(self) -> str: ...
    @property
    def checksums(self) -> dict[str, str]: ...


def differ(one: ContentNumbers, other: ContentNumbers) -> bool | None:
    """Whether two objects have different bytes. None if size, ETag and checksums do not decide."""
    if one.size != other.size:
        return True
    if one.etag == other.etag:
        return False
    common = one.checksums.keys() & other.checksums.keys()
    return any(one.checksums[name] != other.checksums[name] for name in common) if common else None


def is_same_object(one: Source, other: Source) -> bool:
    """Whether two pinned objects have the same bytes. False if one of them is gone."""
    if one.size != other.size:
        return False
    if one.etag == other.etag:
        return True
    facts, others = (s3_object.head(source, with_checksums=True) for source in (one, other))
    if isinstance(facts, Problem) or isinstance(others, Problem):
        return False
    differs = differ(facts, others)
    return same_bytes(one, other) if differs is None else not differs


def same_bytes(one: Source, other: Source) -> bool:
    """Whether two pinned objects of equal size have the same bytes. Reads both. False if one of them is gone."""
    try:
        for first in range(0, one.size or 0, _RANGE_BYTES):
            last = min(first + _RANGE_BYTES, one.size or 0) - 1
            if s3_object.read_range(one, first, last) != s3_object.read_range(other, first, last):
                return False
    except s3_object.SourceRefused:
        return False
    return True
