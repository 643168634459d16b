"""Signed URLs of CloudFront."""

from collections.abc import Callable
from datetime import datetime

from botocore.signers import CloudFrontSigner
from pydantic import SecretStr


def signed_url(url: str, key_id: str, sign: Callable[[bytes], bytes], expires: datetime) -> SecretStr:
    """`url` with a signature, so that CloudFront serves it until `expires`.

    `sign` uses the private key that CloudFront knows as `key_id`. CloudFront requires RSA with SHA-1.
    """
    return SecretStr(CloudFrontSigner(key_id, sign).generate_presigned_url(url, date_less_than=expires))
