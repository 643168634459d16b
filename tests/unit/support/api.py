"""Calls the API's function like API Gateway after the authorizer has answered."""

import json
from typing import Any
from urllib.parse import urlencode

from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.functions import context


def call(operation: Operation, authorizer: dict[str, Any] | None) -> tuple[int, dict[str, Any]]:
    """The status and the body of the answer; `authorizer` is the authorizer's result for the key."""
    answer = handler(event_of(operation, authorizer), context())
    return answer["statusCode"], json.loads(answer["body"])


def event_of(operation: Operation, authorizer: dict[str, Any] | None) -> dict[str, Any]:
    """The request as API Gateway passes it to the function."""
    return {
        "version": "2.0",
        "routeKey": "ANY /v1/{proxy+}",
        "rawPath": operation.path,
        "rawQueryString": urlencode(operation.query),
        "queryStringParameters": operation.query or None,
        "headers": {"content-type": "application/json", "accept-encoding": "gzip"},
        "requestContext": {
            "http": {"method": operation.method, "path": operation.path},
            "stage": "$default",
            "requestId": "request-1",
            **({"authorizer": {"lambda": authorizer}} if authorizer is not None else {}),
        },
        "body": json.dumps(operation.body) if operation.body is not None else None,
        "isBase64Encoded": False,
    }


def with_scopes(*scopes: str) -> dict[str, str]:
    """The authorizer's result for a key with these scopes."""
    return {"key_id": "dk_1", "scopes": ",".join(scopes)}
