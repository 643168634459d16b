"""The answers of TikTok API for Business: data or an error number, mostly with HTTP 200 (protocol section 12)."""

from dataclasses import dataclass, field
from typing import Any

TOKEN_EMPTY = 40104
TOKEN_INVALID = 40105
NO_PERMISSION = 40001
PARAMETER_WRONG = 40002
NO_SCHEMA = 40006
RATE_EXCEEDED = 40100
SCOPE_MISSING = 40130
CODE_EXPIRED = 40131

MESSAGES = {
    TOKEN_EMPTY: "Access token is empty.",
    TOKEN_INVALID: "Access token is incorrect or has been revoked.",
    NO_PERMISSION: "No permission to operate.",
    NO_SCHEMA: "No schema found for this path.",
    RATE_EXCEEDED: "Too many requests. Please retry later.",
    SCOPE_MISSING: "The scope of this call was not granted.",
    CODE_EXPIRED: "The auth_code is invalid, used or expired.",
}


@dataclass(frozen=True)
class BusinessDone:
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BusinessRefusal:
    code: int
    message: str = ""


def wrong_parameter(message: str) -> BusinessRefusal:
    """The refusal of a missing or invalid parameter."""
    return BusinessRefusal(PARAMETER_WRONG, message)


def business_envelope(answer: BusinessDone | BusinessRefusal, request_id: str) -> dict[str, Any]:
    match answer:
        case BusinessDone(data):
            return {"code": 0, "message": "OK", "request_id": request_id, "data": data}
        case BusinessRefusal(code, message):
            words = message or MESSAGES.get(code, "")
            return {"code": code, "message": words, "request_id": request_id, "data": {}}
