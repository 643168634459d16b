"""Converts a source's answer without a list into a Failed: a reason and the source's own words."""

from dropcast.tiktok.business.client import TOO_OFTEN
from dropcast.tiktok.business.discovery import ListOrigin
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.http.unexpected_shape import UnexpectedShape
from dropcast.trends.models import Failed, Reason, SourceName

_MAX = 300


def failed(source: SourceName, reason: Reason, raw_status: str) -> Failed:
    """A Failed whose `raw_status` is cut to the maximum length."""
    return Failed(source, reason, raw_status[:_MAX])


def not_asked(source: SourceName, reason: Reason, words: str, again_at: int | None = None) -> Failed:
    """A Failed for a source that was not called, because it is not configured or because Dropcast may not call
    it yet.
    """
    return Failed(source, reason, words, asked=False, again_at=again_at)


def failure_of(source: SourceName, answer: Refused | Unanswered | UnexpectedShape) -> Failed:
    """The Failed for an answer of TikTok, or of a source whose answers have the same types."""
    match answer:
        case Refused():
            return failed(source, _reason(answer), _words(answer))
        case Unanswered(reason=reason, http_status=status):
            return failed(source, "unanswered", f"{_http(status)}{reason}{_log(answer.log_id)}")
        case UnexpectedShape(where=where, http_status=status):
            return failed(source, "changed", f"{_http(status)}{where}{_log(answer.log_id)}")


def empty_list(source: SourceName, told: ListOrigin) -> Failed:
    """The Failed for a success without items. A source that was shut down sends such answers (protocol section
    13.1).
    """
    reason: Reason = "deprecated" if "deprecated" in told.message.lower() else "empty"
    words = f"code 0: {told.message or 'no words'}, no items"
    return failed(source, reason, f"{_http(told.http_status)}{words}{_log(told.log_id)}")


def wrong_list(source: SourceName, what: str) -> Failed:
    """The Failed for a list that is not the requested one."""
    return failed(source, "changed", f"HTTP 200, a list of {what}")


def _reason(answer: Refused) -> Reason:
    if "deprecated" in answer.message.lower():
        return "deprecated"
    return "rate" if answer.code == TOO_OFTEN or answer.http_status == 429 else "refused"


def _words(answer: Refused) -> str:
    return f"{_http(answer.http_status)}code {answer.code}: {answer.message or 'no words'}{_log(answer.log_id)}"


def _http(status: int | None) -> str:
    return "" if status is None else f"HTTP {status}, "


def _log(log_id: str | None) -> str:
    return f" (request {log_id})" if log_id else ""
