"""One AWS call as the proxy receives it: its service, its operation and its parameters."""

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from starlette.requests import Request

from tests.permissions.requests import SERVICES

_OF_S3 = {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject"}


@dataclass(frozen=True)
class AwsCall:
    """`text` is everything in the call that may name an account: path, range and body."""

    service: str
    operation: str
    text: str
    headers: dict[str, str]
    body: bytes

    @classmethod
    def of(cls, request: Request, body: bytes) -> "AwsCall":
        prefix, _, operation = request.headers.get("x-amz-target", "").rpartition(".")
        text = f"{request.url.path} {request.headers.get('range', '')} {body.decode(errors='replace')}"
        return cls(
            SERVICES.get(prefix, "s3"),
            operation or _OF_S3.get(request.method, ""),
            text,
            dict(request.headers),
            body,
        )

    @cached_property
    def asked(self) -> dict[str, Any]:
        """The parameters in a JSON protocol."""
        return json.loads(self.body)
