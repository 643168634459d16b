"""Stores prepared pictures in our bucket, below media/{publish_id}/. TikTok pulls them from there.

S3 deletes each picture 7 days after it was stored or renewed (infra/publishing.py).
"""

from typing import Any

from dropcast.aws import clients
from dropcast.aws.expected_refusals import NOT_FOUND, unless
from dropcast.settings import settings


def put(key: str, data: bytes, content_type: str) -> None:
    """Store a prepared picture. A repeated call is harmless."""
    _s3().put_object(Bucket=settings().media_bucket, Key=key, Body=data, ContentType=content_type)


def renew(key: str, content_type: str) -> None:
    """Copy a prepared picture onto itself, so that its 7 days start again."""
    bucket = settings().media_bucket
    _s3().copy_object(
        Bucket=bucket,
        Key=key,
        CopySource={"Bucket": bucket, "Key": key},
        ContentType=content_type,
        MetadataDirective="REPLACE",
    )


def exists(key: str) -> bool:
    """Whether a prepared picture still exists."""
    return unless(NOT_FOUND, lambda: _s3().head_object(Bucket=settings().media_bucket, Key=key)) is not None


def _s3() -> Any:
    return clients.client("s3")
