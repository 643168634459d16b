"""Prepared pictures in our bucket, below media/{publish_id}/, from where TikTok pulls them.

S3 deletes each one 7 days after it was stored or renewed (infra/publishing.py).
"""

from typing import Any

from dropcast.aws import clients
from dropcast.aws.outcomes import NOT_FOUND, unless
from dropcast.settings import settings


def put(key: str, data: bytes, content_type: str) -> None:
    """Store a prepared picture. Storing the same picture again changes nothing for TikTok."""
    _s3().put_object(Bucket=settings().media_bucket, Key=key, Body=data, ContentType=content_type)


def renew(key: str, content_type: str) -> None:
    """Store a prepared picture again as it is, so that its 7 days begin anew."""
    bucket = settings().media_bucket
    _s3().copy_object(
        Bucket=bucket,
        Key=key,
        CopySource={"Bucket": bucket, "Key": key},
        ContentType=content_type,
        MetadataDirective="REPLACE",
    )


def exists(key: str) -> bool:
    """Whether a prepared picture is still there."""
    return unless(NOT_FOUND, lambda: _s3().head_object(Bucket=settings().media_bucket, Key=key)) is not None


def _s3() -> Any:
    return clients.client("s3")
