"""The tool that reads comments."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from cli.agent_server.accounts import AccountId, NextPage
from cli.agent_server.strings import Result, Text, Word
from dropcast_client import Dropcast

_COMMENTS = 20

VideoId = Annotated[str, Field(description="The video: a video_id of the tool videos, or one of a publish's post_ids.")]
CommentId = Annotated[str, Field(description="A comment: list its replies.")]


class Comment(Result):
    """A comment or a reply. `replies` counts the replies to a comment."""

    comment_id: Word
    parent_comment_id: Word | None = None
    text: Text | None = None
    created_at: datetime | None = None
    username: Text | None = None
    display_name: Text | None = None
    by_owner: bool | None = None
    likes: int | None = None
    hidden: bool | None = None
    pinned: bool | None = None
    replies: int | None = None


class Comments(Result):
    """A page of comments or replies. `next` requests the following page."""

    items: list[Comment]
    next: Word | None = None


class CommentTools:
    """The tool on comments below the videos of one deployment's accounts."""

    def __init__(self, api: Dropcast) -> None:
        self._api = api

    def comments(
        self, account_id: AccountId, video_id: VideoId, comment_id: CommentId | None = None, next: NextPage = None
    ) -> Comments:
        """Read the comments below an account's video, or the replies to a comment."""
        if comment_id is not None:
            replies = self._api.list_replies(account_id, video_id, comment_id, next=next, limit=_COMMENTS)
            return Comments.model_validate(replies)
        return Comments.model_validate(self._api.list_comments(account_id, video_id, next=next, limit=_COMMENTS))
