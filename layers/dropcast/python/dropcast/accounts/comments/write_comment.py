"""Writes a comment or a reply that a person approved, at most once (protocol section 12).

TikTok has no idempotency key. So after a lost answer Dropcast looks for the comment in TikTok's lists before it
tries once more. The lists show a comment some seconds late, so only a late lookup proves its absence
(protocol section 17).
"""

from dataclasses import dataclass, field
from typing import Literal

from dropcast import clock
from dropcast.accounts.comments import idempotency_store
from dropcast.accounts.comments.idempotency_store import CommentClaim, CommentKey
from dropcast.accounts.comments.read_and_moderate import CommentAccess, call_comments_api, get_comment_access
from dropcast.aws.clients import AWS_ERRORS
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.log import logger
from dropcast.tiktok.business.comments import (
    LIMIT,
    Comment,
    CommentPage,
    CommentQuery,
    CreatedComment,
    HolderAccess,
    create_comment,
    create_reply,
    list_comments,
    list_replies,
)
from dropcast.tiktok.business.problems import business_problem
from dropcast.tiktok.client import Refused, Unanswered

# The gateway waits for 30 s. A call that begins within 22 s ends in time. If a token has to be renewed first, the
# request may take longer.
_SEND_S = 6
_LOOK_S = 4
_BEGINS_WITHIN_S = 22
# Seconds between the end of the call and each lookup. TikTok's lists are usually about 5 s late. Only the lookup after
# 15 s counts as proof that the comment is absent.
_LOOKS_AFTER_S = (1, 5, 9, 15)
_PAGES = 5

# TikTok's clock may differ from ours by this many seconds.
_CLOCKS_DIFFER_S = 5
# A comment with the same text counts as a possible match only if it is at most this many seconds older than the draft.
_ALIKE_S = 60

Look = Comment | Literal["absent", "unclear"]


@dataclass(frozen=True)
class Draft:
    """A text for one of the account's videos, and the person who approved it. With `comment_id` the text is a reply."""

    account_id: str
    video_id: str
    text: str
    approved: bool
    approved_by: str | None
    comment_id: str | None = None


@dataclass(frozen=True)
class Sent:
    """The comment at TikTok. `looked_up`: TikTok's answer was lost, and the comment was found in the lists.

    `replayed`: an earlier request with the same key wrote the comment.
    """

    comment_id: str
    looked_up: bool = False
    replayed: bool = field(default=False, compare=False)


def send_comment(draft: Draft, caller: Caller, key: CommentKey | None = None) -> Sent | Problem:
    """Send a comment or a reply. For a day, the same `key` returns the same comment.

    Problems: `approval_required`, `comment_unknown` (the comment may or may not exist), `idempotency_conflict`,
    `request_in_flight`, and the problems of `get_comments_page` (read_and_moderate.py).
    """
    if not (draft.approved and draft.approved_by and draft.approved_by.strip()):
        return problem("approval_required")
    found = get_comment_access(draft.account_id, caller)
    if isinstance(found, Problem):
        return found
    until = clock.monotonic() + _BEGINS_WITHIN_S
    if key is None:
        return _send_and_retry(found, draft, until)
    if before := idempotency_store.claim(key, found.user_id):
        return _replay(found, draft, key, before, until, may_send=True)
    return _send_with_key(found, draft, key, until)


def find_sent_comment(draft: Draft, caller: Caller, key: CommentKey) -> Sent | Problem | None:
    """The comment that an earlier request with `key` sent. None if no request holds the key. Sends nothing.

    Problems: as for `send_comment`.
    """
    before = idempotency_store.get_claim(key)
    if before is None:
        return None
    found = get_comment_access(draft.account_id, caller)
    if isinstance(found, Problem):
        return found
    return _replay(found, draft, key, before, clock.monotonic() + _BEGINS_WITHIN_S, may_send=False)


def _send_with_key(found: CommentAccess, draft: Draft, key: CommentKey, until: float) -> Sent | Problem:
    """Send the draft under the key that this request has claimed, and store the outcome."""
    try:
        outcome = _send_and_retry(found, draft, until)
    except Exception:  # after an exception here TikTok either did not receive the write or refused it
        idempotency_store.release(key)
        raise
    try:
        _settle(key, outcome)
    except AWS_ERRORS as error:  # the claim stays, so nothing is sent again with this key
        logger.warning("comment_key.not_settled", account_id=draft.account_id, error=type(error).__name__)
    return outcome


def _replay(
    found: CommentAccess, draft: Draft, key: CommentKey, before: CommentClaim, until: float, *, may_send: bool
) -> Sent | Problem:
    """The outcome of the request that claimed the key first. If it is not known, look for the comment.

    If `may_send`, send the comment again, but only if the function of that request died, and a late lookup proves that
    the comment is absent.
    """
    if not before.same:
        return problem("idempotency_conflict")
    if before.comment_id is not None:
        return Sent(before.comment_id, replayed=True)
    if before.state == "sending" and not before.stale:
        return problem("request_in_flight")
    look = _look_up(found, draft, before.at, until)
    is_unsent = may_send and look == "absent" and before.state == "sending"
    if is_unsent and idempotency_store.take_over(key, before):
        return _send_with_key(found, draft, key, until)
    if not isinstance(look, Comment):
        return problem("comment_unknown")
    outcome = Sent(look.comment_id, looked_up=True, replayed=True)
    _settle(key, outcome)
    return outcome


def _settle(key: CommentKey, outcome: Sent | Problem) -> None:
    match outcome:
        case Sent(comment_id=comment_id):
            idempotency_store.mark_made(key, comment_id)
        case Problem(code="comment_unknown"):
            idempotency_store.mark_unknown(key)
        case Problem():
            idempotency_store.release(key)


def _send_and_retry(found: CommentAccess, draft: Draft, until: float) -> Sent | Problem:
    """Send the draft. If TikTok's answer is lost, send it once more, but only if a late lookup proves that the comment
    is absent.
    """
    asked_at = clock.now()
    first = _send_once(found, draft, until)
    if isinstance(first, Sent | Problem):
        return first
    try:
        return _resolve_lost_answer(found, draft, asked_at, until, first)
    except Exception as error:  # noqa: BLE001 - TikTok may have the comment, so the caller must not retry
        logger.warning("comment.unknown", account_id=draft.account_id, error=type(error).__name__)
        return problem("comment_unknown", log_id=first.log_id)


def _resolve_lost_answer(
    found: CommentAccess, draft: Draft, asked_at: int, until: float, first: Unanswered
) -> Sent | Problem:
    look = _look_up_repeatedly(found, draft, asked_at, until)
    if isinstance(look, Comment):
        return Sent(look.comment_id, looked_up=True)
    if look != "absent":
        return problem("comment_unknown", log_id=first.log_id)
    second = _send_once(found, draft, until)
    if isinstance(second, Sent):
        return second
    # The request of the first try may arrive late, whatever the second try's outcome is.
    look = _look_up_repeatedly(found, draft, asked_at, until)
    if isinstance(look, Comment):
        return Sent(look.comment_id, looked_up=True)
    return problem("comment_unknown", log_id=second.log_id or first.log_id)


def _send_once(found: CommentAccess, draft: Draft, until: float) -> Sent | Problem | Unanswered:
    """Make one call. After Unanswered the comment may exist."""
    match call_comments_api(found, _SEND_S, lambda asked: _write(asked, draft, until)):
        case CreatedComment(comment_id=comment_id):
            return Sent(comment_id)
        case Unanswered(may_have_arrived=True) as lost:
            return lost
        case (Refused() | Unanswered()) as answer:
            return business_problem(answer)
        case Problem() as why:
            return why


def _write(asked: HolderAccess, draft: Draft, until: float) -> CreatedComment | Refused | Unanswered | Problem:
    if clock.monotonic() > until:
        return problem("tiktok_unanswered", reason="too little time was left to send it", account_id=draft.account_id)
    try:
        if draft.comment_id is None:
            return create_comment(asked, draft.video_id, draft.text)
        return create_reply(asked, draft.video_id, draft.comment_id, draft.text)
    except Exception as error:  # noqa: BLE001 - TikTok may have the comment
        logger.warning("comment.unknown", account_id=draft.account_id, error=type(error).__name__)
        return Unanswered("connection_lost", True, None, None)


def _look_up_repeatedly(found: CommentAccess, draft: Draft, since: int, until: float) -> Look:
    """Look for the comment several times after the call ended. Returns "absent" only after the last lookup."""
    ended = clock.monotonic()
    for after in _LOOKS_AFTER_S:
        if ended + after > until:
            return "unclear"
        clock.sleep(max(ended + after - clock.monotonic(), 0))
        look = _look_up(found, draft, since, until)
        if look != "absent":
            return look
    return "absent"


def _look_up(found: CommentAccess, draft: Draft, since: int, until: float) -> Look:
    """Look for the comment once. Returns the comment, "absent", or "unclear" if TikTok gives no clear answer in
    time.
    """
    cursor: str | None = None
    for _ in range(_PAGES):
        if clock.monotonic() > until:
            return "unclear"
        page = call_comments_api(found, _LOOK_S, lambda asked, cursor=cursor: _fetch_page(asked, draft, cursor))
        if not isinstance(page, CommentPage):
            return "unclear"
        if verdict := _verdict(page, draft, since):
            return verdict
        if not page.has_more or _all_older(draft, page, since):
            return "absent"
        cursor = page.cursor
    return "unclear"


def _verdict(page: CommentPage, draft: Draft, since: int) -> Comment | Literal["unclear"] | None:
    """The sent comment, if it is on this page. "unclear" if it may be on this page, or if the page is incomplete. None
    if it is not on this page.
    """
    own = [one for one in page.comments if one.owner is not False]
    recent = [one for one in own if _made_at(one) >= since - _CLOCKS_DIFFER_S]
    alike = [one for one in own if (one.text or "").strip() == draft.text.strip() and _made_at(one) >= since - _ALIKE_S]
    if len(alike) == 1 and alike[0] in recent and alike[0].owner and alike[0].create_time is not None:
        return alike[0]
    # TikTok may have changed the text slightly. So any own comment that is recent enough may be the sent comment.
    return "unclear" if alike or recent or not page.is_complete else None


def _fetch_page(asked: HolderAccess, draft: Draft, cursor: str | None) -> CommentPage | Refused | Unanswered:
    if draft.comment_id is None:
        return list_comments(asked, draft.video_id, CommentQuery(cursor=cursor))
    return list_replies(asked, draft.video_id, draft.comment_id, cursor=cursor, limit=LIMIT)


def _all_older(draft: Draft, page: CommentPage, since: int) -> bool:
    """Whether all comments on later pages are older than the draft.

    Never true for replies, because their order is not reliable.
    """
    return draft.comment_id is None and bool(page.comments) and _made_at(page.comments[-1]) < since - _ALIKE_S


def _made_at(comment: Comment) -> float:
    """When the comment was made. Infinite if TikTok does not say."""
    return float("inf") if comment.create_time is None else comment.create_time
