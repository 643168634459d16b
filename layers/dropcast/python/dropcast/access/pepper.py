"""The pepper: the secret that keys the hashes of API keys and the seals of sessions. It is in Secrets Manager."""

from functools import lru_cache

from pydantic import SecretStr

from dropcast.aws import clients
from dropcast.settings import settings


@lru_cache
def pepper() -> SecretStr:
    """The deployment's pepper. A process reads it once. If the pepper changes, existing keys are no longer valid."""
    return SecretStr(
        clients.client("secretsmanager").get_secret_value(SecretId=settings().key_pepper_arn)["SecretString"]
    )
