"""A problem: its code, message, fix and next step, made from the catalogue.

Functions return expected refusals as a `Problem`; they raise exceptions only for unexpected failures.
"""

from typing import Any

from pydantic import BaseModel

from dropcast.errors.access import ACCESS
from dropcast.errors.accounts import ACCOUNTS
from dropcast.errors.business import BUSINESS
from dropcast.errors.catalogue_entry import Entry, Next
from dropcast.errors.codes import ErrorCode
from dropcast.errors.media import MEDIA
from dropcast.errors.plans import PLANS
from dropcast.errors.posting_page import POSTING_PAGE
from dropcast.errors.publishing import PUBLISHING
from dropcast.errors.sources import SOURCES
from dropcast.errors.tiktok import TIKTOK
from dropcast.errors.trends import TRENDS
from dropcast.errors.webhooks import WEBHOOKS


class Problem(BaseModel, frozen=True):
    """A problem for people and programs. `log_id` is TikTok's id of the call, if TikTok returned one."""

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
    **PLANS,
    **POSTING_PAGE,
    **SOURCES,
    **WEBHOOKS,
    **BUSINESS,
    **TRENDS,
    **ACCESS,
    # Dropcast's own errors of the request
    "invalid_request": Entry(
        "The request is invalid: {reason}.", "Correct the fields that are listed in `details`.", Next.NONE
    ),
    "unauthorized": Entry(
        "The API key is missing or wrong.", "Send the header Authorization: Bearer <api key>.", Next.NONE, 401
    ),
    "scope_missing": Entry(
        "This API key does not have the scope {scope}, which this request needs.",
        "Use an API key with this scope.",
        Next.NONE,
        403,
    ),
    "bound_key_admin": Entry(
        "A key that is bound to a user cannot have the scope admin.",
        "Leave admin out, or create the key without user_id.",
        Next.NONE,
    ),
    "not_found": Entry("There is no {what} with this id.", "Check the id.", Next.NONE, 404),
    "secret_was_shown": Entry(
        "An earlier request with this Idempotency-Key created {made}. Dropcast showed the secret of {made} then "
        "and never shows it again.",
        "If you do not have the secret, delete {made} and create another one with a new Idempotency-Key.",
        Next.NONE,
        409,
    ),
    "method_not_allowed": Entry(
        "This route does not accept {method}; it accepts {allowed}.",
        "Use a method that the Allow header names.",
        Next.NONE,
        405,
    ),
    "busy": Entry(
        "There were too many requests at once, or AWS did not answer in time.",
        "Send the request again. If it has an Idempotency-Key, send the same key.",
        Next.RETRY,
        503,
    ),
    "internal_error": Entry(
        "Dropcast failed to handle the request.",
        "Try again. If the error persists, ask the operator of this deployment to search the logs for the error's "
        "request_id.",
        Next.RETRY,
        500,
    ),
}


class _Details(dict[str, Any]):
    """Details for the texts of an entry. In place of a missing detail the text shows the detail's name."""

    def __missing__(self, key: str) -> str:
        return key


def problem(code: ErrorCode, *, log_id: str | None = None, **details: Any) -> Problem:
    """A `Problem` with the catalogue's `code`, whose texts are filled with `details`."""
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
    """The ErrorCode for a `code` that was read from a row or a problem. `internal_error` for an unknown code."""
    return code if code in CATALOGUE else "internal_error"


def http_status(code: str) -> int:
    """The HTTP status of the API's answers with the error `code`."""
    return CATALOGUE[known_code(code)].status
