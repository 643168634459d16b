"""TikTok's refusals and failures as problems of the catalogue (protocol sections 1.7, 6 and 11)."""

from dropcast.errors import Problem
from dropcast.tiktok.client import Refused, Unanswered


def to_problem(answer: Refused | Unanswered) -> Problem:
    """What TikTok's no, or its silence, means to people: TikTok's own code where we know it."""
    raise NotImplementedError


def authorize_problem(error: str) -> Problem:
    """What `error` in the query of the OAuth callback means (section 1.1)."""
    raise NotImplementedError


def fail_reason_problem(reason: str, log_id: str | None) -> Problem:
    """What a `fail_reason` of status/fetch or a `reason` of a post.publish.failed webhook means (section 6)."""
    raise NotImplementedError
