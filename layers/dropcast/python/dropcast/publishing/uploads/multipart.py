"""S3's multipart uploads: the object comes to be only when all parts are there, and we say so.

Who holds a part's URL can put just this part, just this long, and nothing else. The URLs are secrets.
"""

from dataclasses import dataclass
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError
from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.publishing.uploads.parts import Part
from dropcast.publishing.uploads.upload_rows import Upload

# Version 4 signs the length along; only virtual addressing gives the region's own address, which a new bucket needs.
_SIGNING = Config(signature_version="s3v4", s3={"addressing_style": "virtual"})
_NO_UPLOAD = "NoSuchUpload"


@dataclass(frozen=True)
class PartThere:
    """A part that S3 holds."""

    number: int
    size: int
    etag: str


def begin(bucket: str, key: str, content_type: str) -> str:
    """Begin the upload of an object of this type; S3's id for it."""
    return _s3().create_multipart_upload(Bucket=bucket, Key=key, ContentType=content_type)["UploadId"]


def put_url(upload: Upload, part: Part, seconds: int) -> SecretStr:
    """Where `part` may be put, with exactly its length, for `seconds` (or less: until our own credentials end)."""
    url = clients.client("s3", _SIGNING).generate_presigned_url(
        "upload_part",
        Params={**_names(upload), "PartNumber": part.number, "ContentLength": part.size},
        ExpiresIn=seconds,
    )
    return SecretStr(url)


def parts_there(upload: Upload) -> list[PartThere] | None:
    """The parts that S3 holds, or None if it knows of no such upload (any more)."""
    pages = _s3().get_paginator("list_parts").paginate(**_names(upload))
    try:
        return [
            PartThere(part["PartNumber"], part["Size"], part["ETag"])
            for page in pages
            for part in page.get("Parts", [])
        ]
    except ClientError as error:
        if clients.error_code(error) == _NO_UPLOAD:
            return None
        raise


def finish(upload: Upload, parts: list[PartThere]) -> bool:
    """Make the object of `parts`; False if S3 knows of no such upload (any more)."""
    named = [{"PartNumber": part.number, "ETag": part.etag} for part in parts]
    try:
        _s3().complete_multipart_upload(**_names(upload), MultipartUpload={"Parts": named})
    except ClientError as error:
        if clients.error_code(error) == _NO_UPLOAD:
            return False
        raise
    return True


def abort(upload: Upload) -> None:
    """Drop the parts."""
    try:
        _s3().abort_multipart_upload(**_names(upload))
    except ClientError as error:
        if clients.error_code(error) != _NO_UPLOAD:
            raise


def _names(upload: Upload) -> dict[str, str]:
    return {"Bucket": upload.bucket, "Key": upload.key, "UploadId": upload.multipart_id}


def _s3() -> Any:
    return clients.client("s3")
