"""/business/comment/…: changes to comments on a creator's own videos (protocol section 12)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request

from sandbox.answers.business import NO_PERMISSION, BusinessDone, BusinessRefusal, wrong_parameter
from sandbox.business.bearer import business_body, holder
from sandbox.creators import Creator
from sandbox.routes.videos import public_videos
from sandbox.state.comments import Comment
from sandbox.state.state import Sandbox, sandbox_of

Answer = BusinessDone | BusinessRefusal
LONGEST_TEXT = 150
READ, MANAGE = "comment.list", "comment.list.manage"


def _by_holder(
    operation: Callable[[Request, Creator, dict[str, Any]], Answer],
) -> Callable[[Request], Awaitable[Answer]]:
    """Pass the body and the creator to `operation`. Refuse if the creator's token may not manage comments."""

    async def checked(request: Request) -> Answer:
        body = await business_body(request)
        if isinstance(body, BusinessRefusal):
            return body
        creator = holder(request, body, scope=MANAGE)
        return creator if isinstance(creator, BusinessRefusal) else operation(request, creator, body)

    return checked


@_by_holder
def create(request: Request, creator: Creator, body: dict[str, Any]) -> Answer:
    """Takes business_id, video_id, text. Adds a comment by the creator."""
    return video_refusal(sandbox_of(request), creator, body) or _add_comment(request, creator, body, parent=None)


@_by_holder
def reply(request: Request, creator: Creator, body: dict[str, Any]) -> Answer:
    """Takes business_id, video_id, comment_id, text.

    If comment_id names a reply, the new reply is stored beside it, below the same comment.
    """
    parent = comment_of(sandbox_of(request), creator, body)
    return parent if isinstance(parent, BusinessRefusal) else _add_comment(request, creator, body, parent=parent)


@_by_holder
def hide(request: Request, creator: Creator, body: dict[str, Any]) -> Answer:
    """Takes the action HIDE or UNHIDE."""
    return _set_mark(request, creator, body, "hidden", "HIDE", "UNHIDE", needs_video=True)


@_by_holder
def like(request: Request, creator: Creator, body: dict[str, Any]) -> Answer:
    """Takes the action LIKE or UNLIKE, and no video_id."""
    return _set_mark(request, creator, body, "liked", "LIKE", "UNLIKE", needs_video=False)


@_by_holder
def pin(request: Request, creator: Creator, body: dict[str, Any]) -> Answer:
    """Takes the action PIN or UNPIN."""
    return _set_mark(request, creator, body, "pinned", "PIN", "UNPIN", needs_video=True)


@_by_holder
def delete(request: Request, creator: Creator, body: dict[str, Any]) -> Answer:
    """Takes business_id, comment_id. Deletes one of the creator's own comments or replies."""
    sandbox = sandbox_of(request)
    comment = comment_of(sandbox, creator, body, needs_video=False)
    if isinstance(comment, BusinessRefusal):
        return comment
    if not comment.by_owner:
        return BusinessRefusal(NO_PERMISSION, "Only comments of this account can be deleted.")
    sandbox.comments.delete(comment)
    return BusinessDone()


def video_refusal(sandbox: Sandbox, creator: Creator, asked: Mapping[str, Any]) -> BusinessRefusal | None:
    """The refusal if `asked` has no video_id of a public video of the creator, otherwise None."""
    video_id = asked.get("video_id")
    if not isinstance(video_id, str) or not video_id:
        return wrong_parameter("video_id: value is required but missing.")
    if video_id not in {video["id"] for video in public_videos(sandbox, creator.open_id)}:
        return wrong_parameter("video_id: is not a video of this account.")
    return None


def comment_of(
    sandbox: Sandbox, creator: Creator, asked: Mapping[str, Any], *, needs_video: bool = True
) -> Comment | BusinessRefusal:
    """The comment with the `comment_id` in `asked`, on the creator's video with the `video_id` in `asked`.

    If `needs_video` is false, the comment may be on any video of the creator.
    """
    comment_id = asked.get("comment_id")
    if not isinstance(comment_id, str) or not comment_id:
        return wrong_parameter("comment_id: value is required but missing.")
    if needs_video and (refusal := video_refusal(sandbox, creator, asked)):
        return refusal
    comment = sandbox.comments.get(comment_id)
    video_id = asked["video_id"] if needs_video else comment and comment.video_id
    if (
        comment is None
        or comment.video_id != video_id
        or video_refusal(sandbox, creator, {"video_id": comment.video_id})
    ):
        return wrong_parameter("comment_id: no such comment under a video of this account.")
    return comment


def _add_comment(request: Request, creator: Creator, body: dict[str, Any], *, parent: Comment | None) -> Answer:
    text, sandbox = body.get("text"), sandbox_of(request)
    if not isinstance(text, str) or not 1 <= len(text) <= LONGEST_TEXT:
        return wrong_parameter(f"text: 1 to {LONGEST_TEXT} characters are required.")
    comment = sandbox.comments.add(
        body["video_id"],
        creator.username,
        text,
        at=sandbox.clock.now(),
        by_owner=True,
        parent_id=(parent.parent_id or parent.id) if parent else None,
    )
    if parent is not None:
        comment.listed_from = comment.created_at + sandbox.settings.reply_delay
    return BusinessDone({"comment_id": comment.id if sandbox.settings.bare_comment_ids else str(comment.id)})


def _set_mark(
    request: Request, creator: Creator, body: dict[str, Any], mark: str, on: str, off: str, *, needs_video: bool
) -> Answer:
    comment = comment_of(sandbox_of(request), creator, body, needs_video=needs_video)
    if isinstance(comment, BusinessRefusal):
        return comment
    if body.get("action") not in (on, off):
        return wrong_parameter(f"action: must be {on} or {off}.")
    sandbox = sandbox_of(request)
    if _is_too_soon(sandbox, comment, body["action"]):
        return wrong_parameter("comment_id: the comment cannot be changed like this yet.")
    setattr(comment, mark, body["action"] == on)
    if mark == "hidden":
        comment.hidden_changed_at = sandbox.clock.now()
    return BusinessDone()


def _is_too_soon(sandbox: Sandbox, comment: Comment, action: str) -> bool:
    """Whether the change comes too soon.

    A new comment cannot be pinned for some time. A comment that was just hidden or shown again cannot be hidden or
    shown for some time (protocol section 17).
    """
    now, settings = sandbox.clock.now(), sandbox.settings
    if action == "PIN":
        return now < comment.created_at + settings.pin_delay
    if action in ("HIDE", "UNHIDE") and comment.hidden_changed_at is not None:
        return now < comment.hidden_changed_at + settings.hide_pause
    return False
