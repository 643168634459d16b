"""Refusals and failures of TikTok API for Business as problems of the catalogue (protocol section 12)."""

from dropcast.errors.codes import ErrorCode
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.business.client import NOT_PERMITTED, TOKEN_DEAD, TOO_OFTEN
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.problems import tiktok_rate_limit

# The holder did not grant the scope that the call needs (protocol section 17).
_SCOPE_MISSING = "40130"
# The auth_code of a consent has expired or was used before.
_CODE_EXPIRED = "40131"


def business_problem(answer: Refused | Unanswered) -> Problem:
    """The Problem for a refusal or a missing answer; the details contain TikTok's code and message."""
    match answer:
        case Unanswered(reason=reason, log_id=log_id):
            return problem("tiktok_unanswered", log_id=log_id, reason=reason)
        case Refused(code=code, message=message, log_id=log_id) if code == TOO_OFTEN:
            return tiktok_rate_limit(log_id, tiktok_code=code, tiktok_message=message)
        case Refused(code=code, message=message, log_id=log_id):
            return problem(_ours(code), log_id=log_id, tiktok_code=code, tiktok_message=message)


def _ours(code: str) -> ErrorCode:
    if code in TOKEN_DEAD:
        return "business_reconnect_needed"
    known: dict[str, ErrorCode] = {
        NOT_PERMITTED: "business_not_permitted",
        _SCOPE_MISSING: "business_not_permitted",
        _CODE_EXPIRED: "invalid_grant",
    }
    return known.get(code, "business_refused")
