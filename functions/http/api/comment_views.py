"""Comments and replies as the API takes and shows them. Ids are texts: TikTok's have more digits than a double."""

import unicodedata

from pydantic import BaseModel, ConfigDict, Field, field_validator

from dropcast.clock import iso
from dropcast.tiktok.business.comments import TEXT_MAX, Comment, CommentPage, Reply


class CommentRequest(BaseModel):
    """What to say, and who approved of it."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(min_length=1, max_length=TEXT_MAX)
    approved: bool = Field(default=False, description="Whether a person has approved of this very text; it must be.")
    approved_by: str | None = Field(default=None, max_length=256, description="Which person that was, in your words.")

    @field_validator("text")
    @classmethod
    def says_something(cls, text: str) -> str:
        if all(unicodedata.category(character)[0] in "CZ" for character in text):
            raise ValueError("it says nothing that can be seen")
        if any(unicodedata.category(character) == "Cc" and character not in "\n\r\t" for character in text):
            raise ValueError("it holds a control character")
        return text


class ReplyView(BaseModel):
    """One comment or reply; null where TikTok did not tell. `by_owner`: written by whose video it is."""

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
    """A comment with the number of its replies and, where they were asked for, the first of them."""

    pinned: bool | None
    replies: int | None
    first_replies: list[ReplyView]


class CommentsView(BaseModel):
    """A page of comments; `next` asks for the one after it."""

    items: list[CommentView]
    next: str | None


class RepliesView(BaseModel):
    """A page of replies; `next` asks for the one after it."""

    items: list[ReplyView]
    next: str | None


class SentCommentView(BaseModel):
    """The comment that was made. `looked_up`: TikTok's answer was lost; it was found among the others."""

    comment_id: str
    video_id: str
    looked_up: bool


class CommentDoneView(BaseModel):
    """What was done with a comment."""

    comment_id: str
    done: str


def comments_view(page: CommentPage) -> CommentsView:
    """The page as the API shows it."""
    return CommentsView(items=[_comment_view(one) for one in page.comments], next=_next(page))


def replies_view(page: CommentPage) -> RepliesView:
    """The page as the API shows it."""
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
