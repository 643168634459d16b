"""Comments on an account holder's own videos, through TikTok API for Business (protocol section 12).

TikTok's open API has no call for comments. TikTok allows each call 40 times a minute per account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from dropcast.tiktok.business.client import Business, business_get, business_post
from dropcast.tiktok.client import Refused, Unanswered, read_as
from dropcast.tiktok.http.lenient_fields import (
    CaptionOrNone,
    Count,
    Flag,
    Id,
    Known,
    OrNone,
    Second,
    WordsOrNone,
    listed,
)
from dropcast.tiktok.http.wire_model import Wire
from dropcast.tiktok.models import IdText

LIMIT = 30
_ROWS_MAX = 100
TEXT_MAX = 150

Mark = Literal["hide", "unhide", "like", "unlike", "pin", "unpin"]
Status = Literal["public", "all"]
Sort = Literal["time", "likes", "replies"]
Order = Literal["asc", "desc"]

_ROOT = "/open_api/v1.3/business/comment"
_SORT_FIELDS = {"time": "create_time", "likes": "likes", "replies": "replies"}


class Reply(Wire):
    """One comment or reply; `create_time` in seconds since the epoch. `owner`: the video's owner wrote it.

    A value is None if TikTok does not return it or it cannot be parsed.
    """

    comment_id: Id
    text: CaptionOrNone = None
    create_time: Second = None
    parent_comment_id: Annotated[IdText, OrNone] = None
    username: WordsOrNone = None
    display_name: WordsOrNone = None
    owner: Flag = None
    likes: Count = None
    replies: Count = None
    liked: Flag = None
    pinned: Flag = None
    status: WordsOrNone = None


class Comment(Reply):
    """A comment, with its first replies if they were requested."""

    reply_list: Annotated[tuple[Annotated[Reply, OrNone], ...], BeforeValidator(listed(LIMIT)), Known] = ()


def _some_readable(rows: tuple[Comment | None, ...]) -> tuple[Comment | None, ...]:
    if rows and not any(rows):
        raise ValueError("no row has an id")
    return rows


class CommentPage(Wire):
    """A page of comments. If `has_more`, `cursor` requests the next page. A row without an id is None.

    A page on which no row has an id is invalid.
    """

    rows: Annotated[
        tuple[Annotated[Comment | None, OrNone], ...],
        BeforeValidator(listed(_ROWS_MAX)),
        AfterValidator(_some_readable),
    ] = Field(alias="comments")
    cursor: Annotated[Id | None, OrNone] = None
    has_more: Annotated[bool, BeforeValidator(lambda value: False if value is None else value)] = False
    log_id: str | None = None

    @property
    def comments(self) -> tuple[Comment, ...]:
        """The comments that have an id."""
        return tuple(row for row in self.rows if row is not None)

    @property
    def is_complete(self) -> bool:
        """Whether every row could be parsed. If not, the page may lack a comment that exists."""
        return None not in self.rows


class CreatedComment(Wire):
    """The id of a new comment or reply."""

    comment_id: Id
    log_id: str | None = None


class ChangedComment(Wire):
    """TikTok's answer when it has made a change to a comment."""

    log_id: str | None = None


@dataclass(frozen=True)
class HolderAccess:
    """An account holder's `business_id` and token, for calls to `business`."""

    business: Business
    token: SecretStr
    business_id: str


@dataclass(frozen=True)
class CommentQuery:
    """Which comments of a video to list, and in which order.

    `status` "all" includes hidden comments; `replies` adds up to three replies to each comment.
    """

    status: Status = "all"
    sort: Sort = "time"
    order: Order = "desc"
    replies: bool = False
    cursor: str | None = None
    limit: int = LIMIT


def list_comments(asked: HolderAccess, video_id: str, wish: CommentQuery) -> CommentPage | Refused | Unanswered:
    """A page of a video's comments."""
    query = {
        "status": wish.status.upper(),
        "sort_field": _SORT_FIELDS[wish.sort],
        "sort_order": wish.order,
        "include_replies": str(wish.replies).lower(),
    }
    return _page(asked, "list", {"video_id": video_id} | query, wish.cursor, wish.limit)


def list_replies(
    asked: HolderAccess, video_id: str, comment_id: str, *, cursor: str | None, limit: int
) -> CommentPage | Refused | Unanswered:
    """A page of the replies to a comment, in TikTok's order."""
    return _page(asked, "reply/list", {"video_id": video_id, "comment_id": comment_id}, cursor, limit)


def create_comment(asked: HolderAccess, video_id: str, text: str) -> CreatedComment | Refused | Unanswered:
    """Comment on the holder's video.

    After Unanswered the comment may exist. A repeated call may then add it twice.
    """
    return read_as(CreatedComment, _post(asked, "create", {"video_id": video_id, "text": text}))


def create_reply(
    asked: HolderAccess, video_id: str, comment_id: str, text: str
) -> CreatedComment | Refused | Unanswered:
    """Reply to a comment on the holder's video.

    After Unanswered the reply may exist. A repeated call may then add it twice.
    """
    return read_as(
        CreatedComment, _post(asked, "reply/create", {"video_id": video_id, "comment_id": comment_id, "text": text})
    )


def mark_comment(
    asked: HolderAccess, video_id: str, comment_id: str, mark: Mark
) -> ChangedComment | Refused | Unanswered:
    """Hide, like or pin a comment, or undo one of these. A repeated call changes nothing."""
    which = {"comment_id": comment_id} | ({} if "like" in mark else {"video_id": video_id})
    return read_as(ChangedComment, _post(asked, mark.removeprefix("un"), which | {"action": mark.upper()}))


def delete_comment(asked: HolderAccess, comment_id: str) -> ChangedComment | Refused | Unanswered:
    """Delete the holder's own comment; TikTok refuses to delete others' comments."""
    return read_as(ChangedComment, _post(asked, "delete", {"comment_id": comment_id}))


def _page(
    asked: HolderAccess, path: str, query: Mapping[str, str], cursor: str | None, limit: int
) -> CommentPage | Refused | Unanswered:
    params = {"business_id": asked.business_id, "max_count": str(limit), **query}
    params |= {"cursor": cursor} if cursor is not None else {}
    return read_as(CommentPage, business_get(asked.business, f"{_ROOT}/{path}/", asked.token, params))


def _post(asked: HolderAccess, path: str, body: Mapping[str, str]) -> Any:
    return business_post(asked.business, f"{_ROOT}/{path}/", asked.token, {"business_id": asked.business_id, **body})
