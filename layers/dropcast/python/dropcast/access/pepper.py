"""Hashes that only this deployment can compute.

They are keyed with the pepper, a secret in Secrets Manager. A process reads it once. If the pepper changes, all API
keys and all seals become invalid.
"""

import hmac
from functools import lru_cache

from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.snapshots import empty_after_restore


def keyed_hash(text: str) -> bytes:
    """The hash of `text`. Texts for different uses begin differently, so their hashes never coincide."""
    return hmac.digest(_pepper(), text.encode(), "sha256")


@empty_after_restore
@lru_cache
def _pepper() -> bytes:
    secret = clients.client("secretsmanager").get_secret_value(SecretId=settings().key_pepper_arn)
    return secret["SecretString"].encode()
