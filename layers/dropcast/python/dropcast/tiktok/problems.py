"""TikTok's refusals as problems of the catalogue (protocol sections 1.7 and 11)."""

from dropcast.errors.problem import Problem, problem
from dropcast.errors.tiktok import TIKTOK
from dropcast.tiktok.client import Refused, Unanswered

_MINUTE_S = 60
_OURS = {
    "invalid_param": "invalid_params",
    "invalid_request": "oauth_invalid_request",
    "server_error": "tiktok_unanswered",
    "temporarily_unavailable": "tiktok_unanswered",
}


def to_problem(answer: Refused | Unanswered) -> Problem:
    """The Problem for a refusal or a missing answer. It has TikTok's code if the catalogue contains this code."""
    match answer:
        case Unanswered(reason=reason, log_id=log_id):
            return problem("tiktok_unanswered", log_id=log_id, reason=reason)
        case Refused(code=code, message=message, log_id=log_id):
            return _known_problem(code, message, log_id)


def authorize_problem(error: str) -> Problem:
    """The Problem for `error` in the query of the OAuth callback (protocol section 1.1)."""
    return _known_problem(error, "", None)


def tiktok_rate_limit(log_id: str | None, **words: str) -> Problem:
    """The problem `rate_limit_exceeded` for TikTok's own limit, which resets after a minute (protocol section 11)."""
    return problem("rate_limit_exceeded", log_id=log_id, whose="tiktok", retry_after=_MINUTE_S, **words)


def _known_problem(code: str, message: str, log_id: str | None) -> Problem:
    ours = _OURS.get(code, code)
    if ours == "tiktok_unanswered":
        return problem(ours, log_id=log_id, reason=code)
    words = {"tiktok_message": message} if message else {}
    if ours == "rate_limit_exceeded":
        return tiktok_rate_limit(log_id, **words)
    if ours in TIKTOK:
        return problem(ours, log_id=log_id, **words)
    return problem("tiktok_refused", log_id=log_id, tiktok_code=code, **words)
