"""The tool `comments`, which reads comments, and answers them in two calls."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from cli.agent_server.accounts import AccountId, NextPage
from cli.agent_server.plans import Plan, plan_result
from cli.agent_server.publishes import PlanId
from cli.agent_server.strings import Result, Text, Word
from cli.wrong_input import WrongInputError
from dropcast_client import Dropcast
from dropcast_client.models.plans import PlanRequest

_COMMENTS = 20

VideoId = Annotated[
    str, Field(description="The video: a video_id from the tool `videos`, or one of a publish's post_ids.")
]
CommentId = Annotated[str, Field(description="The comment to reply to, or whose replies to list.")]
CommentText = Annotated[str, Field(max_length=150, description="The text to plan. Without it the call only reads.")]
ApprovedBy = Annotated[
    str, Field(description="The name or id of the person who approved exactly this text. Required with plan_id.")
]


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


class SentComment(Result):
    """The comment that Dropcast made at TikTok."""

    comment_id: Word
    video_id: Word
    looked_up: bool


class Comments(Result):
    """Either a page of comments, or a plan, or the comment that an executed plan created."""

    items: list[Comment] | None = None
    next: Word | None = None
    plan: Plan | None = None
    sent: SentComment | None = None


class CommentTools:
    """The tool for the comments on the videos of one deployment's accounts."""

    def __init__(self, api: Dropcast) -> None:
        self._api = api

    def comments(
        self,
        account_id: AccountId | None = None,
        video_id: VideoId | None = None,
        comment_id: CommentId | None = None,
        text: CommentText | None = None,
        plan_id: PlanId | None = None,
        approved_by: ApprovedBy | None = None,
        next: NextPage = None,
    ) -> Comments:
        """Read the comments below an account's video, or the replies to a comment. Commenting takes two calls. With
        text, the call checks the comment or reply and returns a plan, and does nothing else. With the plan's plan_id
        and approved_by, the call sends the text, once. A person must approve each text.
        """
        if plan_id is not None:
            return self._send(plan_id, approved_by)
        if account_id is None or video_id is None:
            raise WrongInputError("account_id or video_id is missing.", "Name the account and its video.")
        if text is not None:
            return self._plan(account_id, video_id, comment_id, text)
        if comment_id is not None:
            replies = self._api.list_replies(account_id, video_id, comment_id, next=next, limit=_COMMENTS)
            return Comments.model_validate(replies)
        return Comments.model_validate(self._api.list_comments(account_id, video_id, next=next, limit=_COMMENTS))

    def _plan(self, account_id: str, video_id: str, comment_id: str | None, text: str) -> Comments:
        request = PlanRequest(
            action="comment", account_id=account_id, video_id=video_id, comment_id=comment_id, text=text
        )
        return Comments(plan=plan_result(self._api.make_plan(request)))

    def _send(self, plan_id: str, approved_by: str | None) -> Comments:
        if approved_by is None:
            raise WrongInputError("approved_by is missing.", "Ask the person to approve exactly this text.")
        return Comments(
            sent=SentComment.model_validate(self._api.execute_comment_plan(plan_id, approved_by=approved_by))
        )
