"""What can go wrong: a code, plain words, the fix, and what to do next.

A refusal that was to be expected is a `Problem` that a function returns; an exception means something nobody expected.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict

from dropcast.errors.accounts import ACCOUNTS
from dropcast.errors.business import BUSINESS
from dropcast.errors.codes import ErrorCode
from dropcast.errors.entry import Entry, Next
from dropcast.errors.media import MEDIA
from dropcast.errors.publishing import PUBLISHING
from dropcast.errors.sources import SOURCES
from dropcast.errors.tiktok import TIKTOK
from dropcast.errors.trends import TRENDS
from dropcast.errors.webhooks import WEBHOOKS


class Problem(BaseModel):
    """One thing that went wrong, as people and programs read it. `log_id` is TikTok's, where TikTok said it."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    fix: str
    next: Next
    log_id: str | None = None
    details: dict[str, Any] = {}


CATALOGUE: dict[ErrorCode, Entry] = {
    **TIKTOK,
    **MEDIA,
    **ACCOUNTS,
    **PUBLISHING,
    **SOURCES,
    **WEBHOOKS,
    **BUSINESS,
    **TRENDS,
    # ours: the request
    "invalid_request": Entry(
        "The request is not what this route takes: {reason}.", "Correct the fields named in details.", Next.NONE
    ),
    "unauthorized": Entry("The API key is missing or wrong.", "Send Authorization: Bearer <api key>.", Next.NONE, 401),
    "scope_missing": Entry(
        "This API key may not do this: it lacks the scope {scope}.", "Use a key with that scope.", Next.NONE, 403
    ),
    "bound_key_admin": Entry(
        "A key that is bound to a user cannot have the scope admin.",
        "Leave admin out, or make the key without user_id.",
        Next.NONE,
    ),
    "not_found": Entry("There is no {what} with this id.", "Check the id.", Next.NONE, 404),
    "secret_was_shown": Entry(
        "The request with this Idempotency-Key made {made} already. Its secret was shown once and is not kept.",
        "If you do not have the secret, remove {made} and make another with a new key.",
        Next.NONE,
        409,
    ),
    "method_not_allowed": Entry(
        "This route takes no {method}, only {allowed}.", "Use a method that the header Allow names.", Next.NONE, 405
    ),
    "busy": Entry(
        "Too much happened at once, or AWS did not answer in time.",
        "Send the request again, with its Idempotency-Key if it has one.",
        Next.RETRY,
        503,
    ),
    "internal_error": Entry(
        "Something failed on our side.", "Try again; if it stays, look up request_id in the logs.", Next.RETRY, 500
    ),
}


class _Details(dict[str, Any]):
    """Details for the words of an entry; one that is missing shows as its own name."""

    def __missing__(self, key: str) -> str:
        return key


def problem(code: ErrorCode, *, log_id: str | None = None, **details: Any) -> Problem:
    """The catalogue's `code` as a `Problem`, its words filled with `details`."""
    entry = CATALOGUE[code]
    words = _Details(details)
    return Problem(
        code=code,
        message=entry.message.format_map(words),
        fix=entry.fix.format_map(words),
        next=entry.next,
        log_id=log_id,
        details=details,
    )


def known_code(code: str) -> ErrorCode:
    """`code` of a stored row or problem as a code of the catalogue; `internal_error` for one that is not in it."""
    return code if code in CATALOGUE else "internal_error"


def http_status(code: str) -> int:
    """The HTTP status with which the API answers `code`."""
    return CATALOGUE[known_code(code)].status
