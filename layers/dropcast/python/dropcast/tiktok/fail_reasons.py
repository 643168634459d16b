"""TikTok's reasons for a failed publish as problems of the catalogue (protocol section 6)."""

from dropcast.errors.problem import Problem, problem
from dropcast.errors.tiktok import TIKTOK


def fail_reason_problem(reason: str, log_id: str | None) -> Problem:
    """The Problem for a `fail_reason` of status/fetch or a `reason` of a post.publish.failed webhook."""
    if reason in TIKTOK:
        return problem(reason, log_id=log_id)
    return problem("tiktok_failed", log_id=log_id, reason=reason)
