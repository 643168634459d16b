"""The log of an account's latest refreshes. It shows why a connection was lost. It holds no secret.

An entry is written before the call to TikTok and gets its outcome afterwards. If an entry stays "asked", the worker
died during the call.
"""

from collections.abc import Sequence
from typing import Any

from dropcast import clock, ids
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import TokenGrant

RefreshLog = tuple[dict[str, Any], ...]

KEPT = 10

_ASKED = "asked"
_REFRESHED = "refreshed"
# With one of these outcomes TikTok may have rotated the tokens, although its answer was lost.
_LOST = frozenset({_ASKED, "timeout", "connection_lost", "server_error", "unreadable", "malformed"})


def with_attempt(journal: Sequence[dict[str, Any]], version: int) -> RefreshLog:
    """`journal` with a new entry, because version `version` of the tokens is about to be refreshed."""
    return (*journal, {"id": ids.new_id("try"), "at": clock.now(), "version": version, "outcome": _ASKED})[-KEPT:]


def with_outcome(journal: Sequence[dict[str, Any]], answer: TokenGrant | Refused | Unanswered) -> RefreshLog:
    """`journal` with the outcome of its newest entry."""
    *before, last = journal
    match answer:
        case TokenGrant():
            outcome = {"outcome": _REFRESHED}
        case Refused():
            outcome = {"outcome": answer.code, "log_id": answer.log_id}
        case Unanswered():
            outcome = {"outcome": answer.reason, "log_id": answer.log_id}
    return (*before, {**last, **outcome})


def merged(stored: Sequence[dict[str, Any]], own: Sequence[dict[str, Any]]) -> RefreshLog:
    """`own` and the entries in `stored` that other refreshes have added since `own` was read.

    If a refresh outlives its lease, another refresh can run at the same time.
    """
    known = {entry.get("id") for entry in own}
    others = (entry for entry in stored if entry.get("id") not in known)
    return tuple(sorted((*others, *own), key=lambda entry: entry["at"]))[-KEPT:]


def answer_was_lost(journal: Sequence[dict[str, Any]], version: int) -> bool:
    """Whether the answer to a refresh of `version` was lost. TikTok may then have rotated these tokens."""
    return any(entry["version"] == version and entry["outcome"] in _LOST for entry in journal)
