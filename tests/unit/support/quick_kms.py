"""Answers two calls of KMS like moto's KmsResponse, without werkzeug's request and response."""

from typing import Any
from urllib.parse import urlsplit

from moto.core import DEFAULT_ACCOUNT_ID
from moto.kms.responses import KmsResponse

QUICK_KMS = {"Decrypt", "Encrypt"}


def seal_or_open(action: str, request: Any) -> tuple[int, dict[str, str], str]:
    """The status, headers and body. JsonRESTError or ServiceException: moto refuses the call."""
    handler = KmsResponse()
    handler.current_account = DEFAULT_ACCOUNT_ID
    handler.region = urlsplit(request.url).netloc.split(".")[1]
    handler.body, handler.querystring, handler.uri_match = request.body, {}, {}
    headers = {"x-amzn-requestid": "request-of-moto", "Content-Type": "application/x-amz-json-1.1"}
    return 200, headers, getattr(handler, action.lower())()
