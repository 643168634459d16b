"""/v1/accounts/{account_id}/videos/{video_id}/comments: the comments on an account's own videos."""

from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel

from dropcast.accounts.comments.idempotency_store import CommentKey
from dropcast.accounts.comments.read_and_moderate import (
    delete_comment,
    get_comments_page,
    get_replies_page,
    mark_comment,
)
from dropcast.accounts.comments.write_comment import Draft, send_comment
from dropcast.errors.problem import Problem
from dropcast.log import logger
from dropcast.tiktok.business.comments import LIMIT, CommentQuery, Mark, Order, Sort, Status

from .answers import Answer, Id, caller, documented, needs, refused, replayed, view, view_or_refusal
from .comment_views import (
    CommentDoneView,
    CommentRequest,
    CommentsView,
    RepliesView,
    SentCommentView,
    comments_view,
    replies_view,
)
from .create_once import IdempotencyKey
from .error_code_groups import COMMENTS, SENDS_COMMENT

router = APIGatewayHttpRouter()

_ALL = "/v1/accounts/<account_id>/videos/<video_id>/comments"
_ONE = f"{_ALL}/<comment_id>"

Cursor = Annotated[str | None, Query(alias="next", min_length=1, max_length=100)]
Limit = Annotated[int, Query(ge=1, le=LIMIT)]


@router.get(_ALL, middlewares=needs("read"), responses=documented(200, "A page of comments", CommentsView, *COMMENTS))
def list_comments(
    account_id: Id,
    video_id: Id,
    status: Annotated[Status, Query(description="`all` includes hidden comments.")] = "all",
    sort: Annotated[Sort, Query()] = "time",
    order: Annotated[Order, Query()] = "desc",
    include_replies: Annotated[bool, Query(description="Add up to three replies to each comment.")] = False,
    after: Cursor = None,
    limit: Limit = LIMIT,
) -> Answer:
    """List the comments on one of the account's videos, fetched from TikTok on each request. All comment calls of an
    account share a limit of 40 a minute."""
    wish = CommentQuery(status, sort, order, replies=include_replies, cursor=after, limit=limit)
    return view_or_refusal(200, get_comments_page(account_id, caller(), video_id, wish), comments_view)


@router.get(
    f"{_ONE}/replies", middlewares=needs("read"), responses=documented(200, "A page of replies", RepliesView, *COMMENTS)
)
def list_replies(account_id: Id, video_id: Id, comment_id: Id, after: Cursor = None, limit: Limit = LIMIT) -> Answer:
    """List the replies to a comment, in TikTok's order."""
    page = get_replies_page(account_id, caller(), video_id, comment_id, cursor=after, limit=limit)
    return view_or_refusal(200, page, replies_view)


@router.post(
    _ALL,
    middlewares=needs("publish"),
    responses=documented(201, "The comment is posted", SentCommentView, *SENDS_COMMENT),
)
def add_comment(
    account_id: Id, video_id: Id, request: CommentRequest, idempotency_key: IdempotencyKey = None
) -> Answer:
    """Comment on one of the account's videos with a text that a person approved. The same Idempotency-Key with the same
    body returns the same comment for a day."""
    return _sent(_draft(account_id, video_id, request, None), idempotency_key)


@router.post(
    f"{_ONE}/replies",
    middlewares=needs("publish"),
    responses=documented(201, "The comment is posted", SentCommentView, *SENDS_COMMENT),
)
def add_reply(
    account_id: Id, video_id: Id, comment_id: Id, request: CommentRequest, idempotency_key: IdempotencyKey = None
) -> Answer:
    """Reply to a comment on one of the account's videos, with a text that a person approved.

    Idempotency-Key works as for comments.
    """
    return _sent(_draft(account_id, video_id, request, comment_id), idempotency_key)


@router.post(
    f"{_ONE}/<mark>",
    middlewares=needs("publish"),
    responses=documented(200, "The comment is changed", CommentDoneView, *COMMENTS),
)
def change_comment(account_id: Id, video_id: Id, comment_id: Id, mark: Mark) -> Answer:
    """Hide, like or pin a comment on one of the account's videos, or undo this.

    A repeated request changes nothing.
    """
    done = mark_comment(account_id, caller(), video_id, comment_id, mark)
    return _done(done, account_id, video_id, comment_id, mark)


@router.delete(
    _ONE, middlewares=needs("publish"), responses=documented(200, "The comment is deleted", CommentDoneView, *COMMENTS)
)
def remove_comment(account_id: Id, video_id: Id, comment_id: Id) -> Answer:
    """Delete a comment that the account wrote.

    TikTok does not let the account delete other people's comments. Hide those instead.
    """
    return _done(delete_comment(account_id, caller(), comment_id), account_id, video_id, comment_id, "delete")


def _draft(account_id: str, video_id: str, request: CommentRequest, comment_id: str | None) -> Draft:
    return Draft(account_id, video_id, request.text, request.approved, request.approved_by, comment_id)


def _sent(draft: Draft, idempotency_key: str | None) -> Answer:
    name = f"{caller().key_id}#{idempotency_key}"
    sent = send_comment(draft, caller(), None if idempotency_key is None else CommentKey(name, repr(draft)))
    if isinstance(sent, Problem):
        return refused(sent)
    logger.info(
        "comment.sent",
        account_id=draft.account_id,
        video_id=draft.video_id,
        comment_id=sent.comment_id,
        approved_by=draft.approved_by,
        by_key_id=caller().key_id,
    )
    body = SentCommentView(comment_id=sent.comment_id, video_id=draft.video_id, looked_up=sent.looked_up)
    answer = view(201, body)
    return replayed(answer) if sent.replayed else answer


def _done(done: BaseModel | Problem, account_id: str, video_id: str, comment_id: str, what: str) -> Answer:
    if isinstance(done, Problem):
        return refused(done)
    logger.info(
        "comment.changed",
        account_id=account_id,
        video_id=video_id,
        comment_id=comment_id,
        what=what,
        by_key_id=caller().key_id,
    )
    return view(200, CommentDoneView(comment_id=comment_id, done=what))
