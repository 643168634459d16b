"""AWS clients, one per service and process, all from one session."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})


@lru_cache
def _session() -> boto3.Session:
    return boto3.Session()


@lru_cache
def client(service: str) -> Any:
    """The boto3 client of `service` ("dynamodb", "kms", …)."""
    return _session().client(service, config=_CONFIG)  # pyright: ignore[reportUnknownMemberType]
