"""TikTok's answers: data or a refusal in an envelope, and flat OAuth errors (protocol sections 11 and 1.7)."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

HTTP_STATUS = {
    "access_token_invalid": 401,
    "scope_not_authorized": 401,
    "scope_permission_missed": 400,
    "invalid_params": 400,
    "invalid_param": 400,
    "invalid_file_upload": 400,
    "invalid_publish_id": 400,
    "token_not_authorized_for_specified_publish_id": 400,
    "publish_not_cancellable": 400,
    "app_version_check_failed": 400,
    "spam_risk_too_many_posts": 403,
    "spam_risk_too_many_pending_share": 403,
    "spam_risk_user_banned_from_posting": 403,
    "spam_risk": 403,
    "spam_risk_text": 403,
    "reached_active_user_cap": 403,
    "unaudited_client_can_only_post_to_private_accounts": 403,
    "url_ownership_unverified": 403,
    "privacy_level_option_mismatch": 403,
    "not_found": 404,
    "rate_limit_exceeded": 429,
    "internal_error": 500,
}

MESSAGES = {
    "access_token_invalid": "The access token is invalid or not found in the request.",
    "scope_not_authorized": "The user did not authorize the scope required for completing this request.",
    "rate_limit_exceeded": "The API rate limit was exceeded. Please try again later.",
    "spam_risk_too_many_posts": "The daily post cap from the API is reached for the current user.",
    "spam_risk_too_many_pending_share": "There are too many pending drafts of the current user.",
    "spam_risk_user_banned_from_posting": "The user is banned from making new posts.",
    "reached_active_user_cap": "The daily quota of active publishing users of this client is reached.",
    "unaudited_client_can_only_post_to_private_accounts": "Unaudited clients can only post to a private account.",
    "url_ownership_unverified": "The ownership of the URL's domain or prefix is not verified.",
    "privacy_level_option_mismatch": "The privacy level is not among this creator's privacy_level_options.",
    "invalid_publish_id": "The publish_id does not exist.",
    "token_not_authorized_for_specified_publish_id": "The access token is not authorized for this publish_id.",
    "not_found": "TikTok documents no such path and method.",
}

FLAT_STATUS = {"invalid_client": 401, "server_error": 500, "temporarily_unavailable": 503}


@dataclass(frozen=True)
class Done:
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    code: str
    message: str = ""
    status: int | None = None

    @property
    def http_status(self) -> int:
        return self.status or HTTP_STATUS.get(self.code, 400)


@dataclass(frozen=True)
class FlatRefusal:
    error: str
    description: str


def new_log_id() -> str:
    return time.strftime("%Y%m%d%H%M%S", time.gmtime()) + uuid4().hex[:20].upper()


def envelope(answer: Done | Refusal, log_id: str) -> dict[str, Any]:
    match answer:
        case Done(data):
            return {"data": data, "error": {"code": "ok", "message": "", "log_id": log_id}}
        case Refusal(code, message):
            words = message or MESSAGES.get(code, code)
            return {"data": {}, "error": {"code": code, "message": words, "log_id": log_id}}


def flat_error(refusal: FlatRefusal, log_id: str) -> dict[str, Any]:
    return {"error": refusal.error, "error_description": refusal.description, "log_id": log_id}
