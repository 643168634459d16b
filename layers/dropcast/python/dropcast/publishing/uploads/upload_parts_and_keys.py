"""The parts in which a file is uploaded to our bucket, and the object's key there. Pure rules. Sizes are in bytes."""

import re
from dataclasses import dataclass

from dropcast.media.limits import VIDEO_BYTES_MAX

PART_BYTES = 16 * 1024 * 1024
PICTURE_BYTES_MAX = 100_000_000
PREFIX = "uploads/"
_NAME_MAX = 100
_KEY = re.compile(r"uploads/(?P<account_id>[^/]+)/(?P<upload_id>[^/]+)/[^/]+")


@dataclass(frozen=True)
class Part:
    """`size` bytes from `offset` on. The `number` of the first part is 1, as in S3."""

    number: int
    offset: int
    size: int


@dataclass(frozen=True)
class KeyOfUpload:
    """The ids that the key of an uploaded object contains."""

    account_id: str
    upload_id: str


def parts_of(size: int) -> list[Part]:
    """The parts of a file of `size` bytes. All parts except the last have PART_BYTES."""
    return [
        Part(number, offset, min(PART_BYTES, size - offset))
        for number, offset in enumerate(range(0, size, PART_BYTES), start=1)
    ]


def bytes_max(content_type: str) -> int:
    """The largest size of a file of this type that Dropcast accepts."""
    return VIDEO_BYTES_MAX if content_type.startswith("video/") else PICTURE_BYTES_MAX


def key_of(account_id: str, upload_id: str, filename: str) -> str:
    """The key of the uploaded object."""
    return f"{PREFIX}{account_id}/{upload_id}/{safe_name(filename)}"


def parse_key(key: str) -> KeyOfUpload | None:
    """The ids in `key`. None if it is not the key of an upload."""
    found = _KEY.fullmatch(key)
    return KeyOfUpload(found["account_id"], found["upload_id"]) if found else None


def safe_name(filename: str) -> str:
    """The last segment of a path, with only letters, digits, dots, dashes and underscores. The file's ending stays."""
    last = re.split(r"[/\\]", filename)[-1]
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", last).lstrip(".")
    stem, dot, ending = plain.rpartition(".")
    if not stem or len(ending) > 10:
        return plain[:_NAME_MAX] or "file"
    return stem[: _NAME_MAX - len(ending) - 1] + dot + ending
