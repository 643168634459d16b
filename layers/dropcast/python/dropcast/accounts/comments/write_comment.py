"""Commenting and replying: approved by a person, and never twice (protocol section 12).

TikTok has no key against repetition, so an answer that got lost is looked up among the comments before one more try.
Its lists show a comment some seconds after it was made, so only a late look can say that it is absent (section 17).
"""

from dataclasses import dataclass, field
from typing import Literal

from aws_lambda_powertools import Logger

from dropcast import clock
from dropcast.accounts.comments import idempotency_store
from dropcast.accounts.comments.idempotency_store import CommentClaim, CommentKey
from dropcast.accounts.comments.read_and_moderate import CommentAccess, call_comments_api, get_comment_access
from dropcast.aws.clients import AWS_ERRORS
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.tiktok.business import comments
from dropcast.tiktok.business.comments import Comment, CommentPage, CommentQuery, CreatedComment, HolderAccess
from dropcast.tiktok.business.problems import business_problem
from dropcast.tiktok.client import Refused, Unanswered

# The gateway waits for 30 s. A call that begins within 22 s ends in time; a token that has to be renewed first may take
# longer than that.
_SEND_S = 6
_LOOK_S = 4
_BEGINS_WITHIN_S = 22
# When to look after the call ended: TikTok's lists are about 5 s late. Before 15 s "absent" is no answer.
_LOOKS_AFTER_S = (1, 5, 9, 15)
_PAGES = 5

# How far TikTok's clock may be from ours, and how old a comment of the same words may be taken for the one just sent.
_CLOCKS_DIFFER_S = 5
_ALIKE_S = 60

Look = Comment | Literal["absent", "unclear"]

_logger = Logger(child=True)


@dataclass(frozen=True)
class Draft:
    """What to say below an own video, as a reply where there is a `comment_id`, and which person approved of it."""

    account_id: str
    video_id: str
    text: str
    approved: bool
    approved_by: str | None
    comment_id: str | None = None


@dataclass(frozen=True)
class Sent:
    """The comment that stands there. `looked_up`: TikTok's answer was lost, the comment was found among the others.
    `replayed`: an earlier request with the same key made it."""

    comment_id: str
    looked_up: bool = False
    replayed: bool = field(default=False, compare=False)


def send_comment(draft: Draft, caller: Caller, key: CommentKey | None = None) -> Sent | Problem:
    """Comment or reply. The same `key` gives the same comment for a day.

    Problems: `approval_required`, `comment_unknown` (nobody knows whether it was made), `idempotency_conflict`,
    `request_in_flight`, those of reading comments.
    """
    if not (draft.approved and draft.approved_by and draft.approved_by.strip()):
        return problem("approval_required")
    found = get_comment_access(draft.account_id, caller)
    if isinstance(found, Problem):
        return found
    until = clock.monotonic() + _BEGINS_WITHIN_S
    if key is None:
        return _sent(found, draft, until)
    if before := idempotency_store.claim(key, found.user_id):
        return _as_before(found, draft, key, before, until)
    return _sent_once(found, draft, key, until)


def _sent_once(found: CommentAccess, draft: Draft, key: CommentKey, until: float) -> Sent | Problem:
    """Send it by a key that this request has claimed, and store what came of it."""
    try:
        outcome = _sent(found, draft, until)
    except Exception:  # whatever raises in there, TikTok was not asked to write, or has refused
        idempotency_store.release(key)
        raise
    try:
        _settle(key, outcome)
    except AWS_ERRORS as error:  # the claim stays: nothing is sent again with this key
        _logger.warning("key not settled", account_id=draft.account_id, error=type(error).__name__)
    return outcome


def _as_before(
    found: CommentAccess, draft: Draft, key: CommentKey, before: CommentClaim, until: float
) -> Sent | Problem:
    """What came of the request that had the key first; where it is not known, the comment is looked up.

    It is sent again only if the function that sent it died, and the comment is not there long after that.
    """
    if not before.same:
        return problem("idempotency_conflict")
    if before.comment_id is not None:
        return Sent(before.comment_id, replayed=True)
    if before.state == "sending" and not before.stale:
        return problem("request_in_flight")
    look = _look(found, draft, before.at, until)
    if look == "absent" and before.state == "sending" and idempotency_store.take_over(key, before):
        return _sent_once(found, draft, key, until)
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


def _sent(found: CommentAccess, draft: Draft, until: float) -> Sent | Problem:
    """One try, and one more if the first came to nothing for sure."""
    asked_at = clock.now()
    first = _try(found, draft, until)
    if isinstance(first, Sent | Problem):
        return first
    try:
        return _after_a_lost_answer(found, draft, asked_at, until, first)
    except Exception as error:  # noqa: BLE001 - it may stand there: whatever fails now, nobody is told to try again
        _logger.warning("comment unknown", account_id=draft.account_id, error=type(error).__name__)
        return problem("comment_unknown", log_id=first.log_id)


def _after_a_lost_answer(
    found: CommentAccess, draft: Draft, asked_at: int, until: float, first: Unanswered
) -> Sent | Problem:
    look = _find(found, draft, asked_at, until)
    if isinstance(look, Comment):
        return Sent(look.comment_id, looked_up=True)
    if look != "absent":
        return problem("comment_unknown", log_id=first.log_id)
    second = _try(found, draft, until)
    if isinstance(second, Sent):
        return second
    # The first may arrive late, whatever became of the second.
    look = _find(found, draft, asked_at, until)
    if isinstance(look, Comment):
        return Sent(look.comment_id, looked_up=True)
    return problem("comment_unknown", log_id=second.log_id or first.log_id)


def _try(found: CommentAccess, draft: Draft, until: float) -> Sent | Problem | Unanswered:
    """An Unanswered may have been made."""
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
        return problem("tiktok_unanswered", reason="no time was left to send it", account_id=draft.account_id)
    try:
        if draft.comment_id is None:
            return comments.create_comment(asked, draft.video_id, draft.text)
        return comments.create_reply(asked, draft.video_id, draft.comment_id, draft.text)
    except Exception as error:  # noqa: BLE001 - TikTok may have it
        _logger.warning("comment unknown", account_id=draft.account_id, error=type(error).__name__)
        return Unanswered("connection_lost", True, None, None)


def _find(found: CommentAccess, draft: Draft, since: int, until: float) -> Look:
    """Look for the comment several times after a call that just ended; "absent" is the answer of a late look alone."""
    ended = clock.monotonic()
    for after in _LOOKS_AFTER_S:
        if ended + after > until:
            return "unclear"
        clock.sleep(max(ended + after - clock.monotonic(), 0))
        look = _look(found, draft, since, until)
        if look != "absent":
            return look
    return "absent"


def _look(found: CommentAccess, draft: Draft, since: int, until: float) -> Look:
    """The comment as it stands there; "absent", or "unclear" where TikTok does not give a clear word in time."""
    cursor: str | None = None
    for _ in range(_PAGES):
        if clock.monotonic() > until:
            return "unclear"
        page = call_comments_api(found, _LOOK_S, lambda asked, cursor=cursor: _page(asked, draft, cursor))
        if not isinstance(page, CommentPage):
            return "unclear"
        if verdict := _verdict(page, draft, since):
            return verdict
        if not page.has_more or _all_older(draft, page, since):
            return "absent"
        cursor = page.cursor
    return "unclear"


def _verdict(page: CommentPage, draft: Draft, since: int) -> Comment | Literal["unclear"] | None:
    """The comment, if it is on this page; "unclear" if another there could be it, or be taken for it."""
    own = [one for one in page.comments if one.owner is not False]
    recent = [one for one in own if _of(one) >= since - _CLOCKS_DIFFER_S]
    alike = [one for one in own if (one.text or "").strip() == draft.text.strip() and _of(one) >= since - _ALIKE_S]
    if len(alike) == 1 and alike[0] in recent and _sure(alike[0]):
        return alike[0]
    # TikTok may have changed the words a little: an own comment as young as this may be the one.
    return "unclear" if alike or recent or not page.is_complete else None


def _sure(comment: Comment) -> bool:
    return bool(comment.owner) and comment.create_time is not None


def _page(asked: HolderAccess, draft: Draft, cursor: str | None) -> CommentPage | Refused | Unanswered:
    if draft.comment_id is None:
        return comments.list_comments(asked, draft.video_id, CommentQuery(cursor=cursor))
    return comments.list_replies(asked, draft.video_id, draft.comment_id, cursor=cursor, limit=comments.LIMIT)


def _all_older(draft: Draft, page: CommentPage, since: int) -> bool:
    """Whether all that follows is older than the draft. Replies come in no order that we could rely on."""
    newest_first = draft.comment_id is None
    return newest_first and bool(page.comments) and _of(page.comments[-1]) < since - _ALIKE_S


def _of(comment: Comment) -> float:
    """When it was made; a time that is not told may be any."""
    return float("inf") if comment.create_time is None else comment.create_time
