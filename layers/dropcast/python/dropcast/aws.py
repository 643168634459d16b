"""AWS clients, one per service and process, all from one session."""

from functools import lru_cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

_CONFIG = Config(connect_timeout=3, read_timeout=20, retries={"mode": "standard", "max_attempts": 4})


@lru_cache
def _session() -> boto3.Session:
    return boto3.Session()


@lru_cache
def client(service: str, also: Config | None = None) -> Any:
    """The boto3 client of `service` ("dynamodb", "kms", …), with our timeouts and what `also` sets."""
    session: Any = _session()  # its types know each service by a literal
    return session.client(service, config=_CONFIG.merge(also) if also else _CONFIG)


def error_code(error: ClientError) -> str:
    """AWS's code of an error, "" where it gave none."""
    return error.response.get("Error", {}).get("Code", "")
