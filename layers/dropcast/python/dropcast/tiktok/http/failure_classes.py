"""Counts TikTok's refusals and missing answers by class, for the operator's alarms.

request: TikTok rejects the request, the app or the app's set-up, because of a bug or a wrong setting.
rate_limit: a limit of TikTok is reached. access: the account's owner or TikTok ended the access.
tiktok: TikTok gave no usable answer.

A refusal that the creator or the media causes has no class, because the publish itself reports it.
"""

from typing import Literal

from dropcast.errors.catalogue_entry import Next
from dropcast.errors.tiktok import TIKTOK
from dropcast.function_telemetry import emit_metric

FailureClass = Literal["request", "rate_limit", "access", "tiktok"]

# TikTok's codes for a wrong request, app or set-up. Codes that the catalogue does not contain have this class too.
_WRONG = {
    "invalid_params",
    "invalid_client",
    "unauthorized_client",
    "invalid_scope",
    "unsupported_grant_type",
    "unsupported_response_type",
    "url_ownership_unverified",
}
_BY_NEXT: dict[Next, FailureClass] = {Next.WAIT: "rate_limit", Next.RECONNECT: "access"}


def refusal_class(code: str) -> FailureClass | None:
    """The class of a refusal with TikTok's `code`; None if the creator or the media caused it."""
    if code not in TIKTOK or code in _WRONG:
        return "request"
    return _BY_NEXT.get(TIKTOK[code].next)


def count_failure(failure: FailureClass | None) -> None:
    """Count one failed call."""
    if failure is not None:
        emit_metric("TikTokErrors", 1, service="tiktok", error_class=failure)
