"""The API's requests and views of comments. Ids are strings, because a double cannot hold TikTok's long ids exactly."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field

from dropcast.accounts.comments.comment_text import comment_text_fault
from dropcast.clock import iso
from dropcast.tiktok.business.comments import TEXT_MAX, Comment, CommentPage, Reply


def _says_something(text: str) -> str:
    if (fault := comment_text_fault(text)) is not None:
        raise ValueError(fault)
    return text


CommentText = Annotated[str, Field(min_length=1, max_length=TEXT_MAX), AfterValidator(_says_something)]


class CommentRequest(BaseModel, extra="forbid"):
    """The text of a comment, and a person's approval of this text."""

    text: CommentText
    approved: bool = Field(default=False, description="Must be true: a person has approved exactly this text.")
    approved_by: str | None = Field(
        default=None, max_length=256, description="A name or id that you use for the person who approved the text."
    )


class ReplyView(BaseModel):
    """One comment or reply. A field is null if TikTok reported nothing.

    `by_owner`: whether the video's owner wrote the comment or reply.
    """

    comment_id: str
    parent_comment_id: str | None
    text: str | None
    created_at: str | None
    username: str | None
    display_name: str | None
    by_owner: bool | None
    likes: int | None
    liked: bool | None
    hidden: bool | None


class CommentView(ReplyView):
    """A comment, the number of its replies and, if requested, the first replies."""

    pinned: bool | None
    replies: int | None
    first_replies: list[ReplyView]


class CommentsView(BaseModel):
    """A page of comments. `next` requests the following page."""

    items: list[CommentView]
    next: str | None


class RepliesView(BaseModel):
    """A page of replies. `next` requests the following page."""

    items: list[ReplyView]
    next: str | None


class SentCommentView(BaseModel):
    """The comment that Dropcast created.

    `looked_up` is true if TikTok's answer was lost and Dropcast found the comment in TikTok's list.
    """

    comment_id: str
    video_id: str
    looked_up: bool


class CommentDoneView(BaseModel):
    """The result of a change to a comment."""

    comment_id: str
    done: str


def comments_view(page: CommentPage) -> CommentsView:
    """The API's view of the page."""
    return CommentsView(items=[_comment_view(one) for one in page.comments], next=_next(page))


def replies_view(page: CommentPage) -> RepliesView:
    """The API's view of the page."""
    return RepliesView(items=[_reply_view(one) for one in page.comments], next=_next(page))


def _next(page: CommentPage) -> str | None:
    return page.cursor if page.has_more else None


def _comment_view(comment: Comment) -> CommentView:
    return CommentView(
        **_reply_view(comment).model_dump(),
        pinned=comment.pinned,
        replies=comment.replies,
        first_replies=[_reply_view(one) for one in comment.reply_list],
    )


def _reply_view(comment: Reply) -> ReplyView:
    return ReplyView(
        comment_id=comment.comment_id,
        parent_comment_id=comment.parent_comment_id,
        text=comment.text,
        created_at=iso(comment.create_time) if comment.create_time is not None else None,
        username=comment.username,
        display_name=comment.display_name,
        by_owner=comment.owner,
        likes=comment.likes,
        liked=comment.liked,
        hidden=None if comment.status is None else comment.status != "PUBLIC",
    )
