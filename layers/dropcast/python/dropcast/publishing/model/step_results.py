"""What a step of the workflow answers: an outcome that a Choice reads, and ids and codes, never a secret."""

from typing import Any

from dropcast import clock
from dropcast.errors.problem import CATALOGUE, Problem, problem
from dropcast.publishing.model.size_bounds import bounded_error

Step = dict[str, Any]


def ready() -> Step:
    """Prepared: Start may ask TikTok."""
    return {"outcome": "ready"}


def pictures() -> Step:
    """The pictures of a photo post must be prepared, or checked again."""
    return {"outcome": "pictures"}


def some_pictures(bad: list[dict[str, Any]]) -> Step:
    """The time was short: a next round goes on, and need not look again at the pictures that are `bad`."""
    return {"outcome": "more", "bad": bad}


def held(until: int, why: str) -> Step:
    """Start may try again at `until` (seconds since the epoch); `why` is a code."""
    return {"outcome": "held", "not_before": clock.iso(until), "why": why}


def again() -> Step:
    """Start goes on from what the row says."""
    return {"outcome": "start"}


def started() -> Step:
    """TikTok waits for the bytes."""
    return {"outcome": "started"}


def lost(log_id: str | None = None) -> Step:
    """An init that may or may not have reached TikTok; `log_id` is TikTok's, where it named one all the same."""
    return {"outcome": "lost", **({"log_id": log_id} if log_id else {})}


def dead() -> Step:
    """TikTok wants no byte at the address it gave, and none was sent."""
    return {"outcome": "lost", "dead": True}


def more() -> Step:
    """The time was short, or somebody else moved the publish: the transfer goes on from there in a next invocation."""
    return {"outcome": "more"}


def busy(until: int) -> Step:
    """As many videos are being sent as may be: Transfer may ask again at `until` (seconds since the epoch)."""
    return {"outcome": "busy", "not_before": clock.iso(until)}


def awaiting(outcome: str, webhooks: bool) -> Step:
    """TikTok has what it needs (`outcome` uploaded or processing); `webhooks`: whether they are known to come."""
    return {"outcome": outcome, "webhooks": webhooks}


def slower(round_: str) -> Step:
    """Watch on in longer rounds, `later` or `slow`."""
    return {"outcome": round_}


def verdict() -> Step:
    """TikTok has said how it ended; Settle reads it from the facts."""
    return {"outcome": "verdict"}


def settled() -> Step:
    """Somebody else moved the publish; Settle looks at the row alone, and brings it to rest if nobody else will."""
    return {"outcome": "settled"}


def refused(why: Problem) -> Step:
    """It ends here: nothing was posted, and this is why."""
    return {"outcome": "refused", "error": _error(why)}


def unknown(why: Problem) -> Step:
    """TikTok may or may not have posted, and nobody can tell by asking again."""
    return {"outcome": "unknown", "error": _error(why)}


def problem_of(step: Step) -> Problem | None:
    """The problem that a step carries."""
    error = step.get("error")
    if not error or error["code"] not in CATALOGUE:
        return None
    return problem(error["code"], log_id=error.get("log_id"), **error.get("details", {}))


def _error(why: Problem) -> Step:
    short = bounded_error(why)
    return {"code": short.code, "log_id": short.log_id, "details": short.details}
