"""Calls S3's multipart uploads. S3 creates the object when `finish` is called with all parts.

The URL of a part accepts only this part, with exactly its length. The URLs are secrets.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.aws.expected_refusals import NOT_FOUND, unless
from dropcast.publishing.uploads.upload_parts_and_keys import Part
from dropcast.publishing.uploads.upload_rows import Upload
from dropcast.settings import settings
from dropcast.url_origins import origin_text


@dataclass(frozen=True)
class StoredPart:
    """A part that S3 has stored."""

    number: int
    size: int
    etag: str


def begin(bucket: str, key: str, content_type: str) -> str:
    """Begin a multipart upload for an object of this type, and return S3's id of the upload."""
    return _s3().create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)["UploadId"]


def put_url(upload: Upload, part: Part, seconds: int) -> SecretStr:
    """A URL that accepts `part` for `seconds`. It expires earlier if the function's own credentials do."""
    url = clients.client("s3", clients.PRESIGNING).generate_presigned_url(
        "upload_part",
        Params={**_names(upload), "PartNumber": part.number, "ContentLength": part.size},
        ExpiresIn=seconds,
    )
    return SecretStr(url)


def bucket_origin() -> str:
    """The origin of all URLs for parts and objects in the media bucket. Makes no AWS call."""
    return origin_text(
        clients.client("s3", clients.PRESIGNING).generate_presigned_url(
            "get_object", Params={"Bucket": settings().media_bucket, "Key": "any"}
        )
    )


def stored_parts(upload: Upload) -> list[StoredPart] | None:
    """The parts that S3 has stored. None if S3 has no such upload (any more)."""
    pages = _s3().get_paginator("list_parts").paginate(**_names(upload))
    parts = unless(NOT_FOUND, lambda: [part for page in pages for part in page.get("Parts", [])])
    return parts and [StoredPart(part["PartNumber"], part["Size"], part["ETag"]) for part in parts]


def finish(upload: Upload, parts: list[StoredPart]) -> bool:
    """Create the object from `parts`. False if S3 has no such upload (any more)."""
    named = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
    made = unless(
        NOT_FOUND, lambda: _s3().complete_multipart_upload(**_names(upload), MultipartUpload={"Parts": named})
    )
    return made is not None


def abort(upload: Upload) -> None:
    """Delete the parts. It is no error if S3 has no such upload (any more)."""
    unless(NOT_FOUND, lambda: _s3().abort_multipart_upload(**_names(upload)))


def _names(upload: Upload) -> dict[str, str]:
    return {"Bucket": upload.bucket, "Key": upload.key, "UploadId": upload.multipart_id}


def _s3() -> Any:
    return clients.client("s3")
