"""Prepared pictures in our bucket, below media/{publish_id}/, from where TikTok pulls them.

S3 deletes each one 7 days after it was stored or renewed (infra/publishing.py).
"""

from typing import Any

from botocore.exceptions import ClientError

from dropcast.aws import clients
from dropcast.settings import settings


def put(key: str, data: bytes, content_type: str) -> None:
    """Store a prepared picture; the same one again changes nothing for who pulls it."""
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
    try:
        _s3().head_object(Bucket=settings().media_bucket, Key=key)
    except ClientError as error:
        if clients.error_code(error) in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return True


def _s3() -> Any:
    return clients.client("s3")
