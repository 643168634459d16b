"""Comments below an account holder's own videos, by TikTok API for Business (protocol section 12).

The open API has no call for comments. Each call here is allowed 40 times a minute for an account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, SecretStr

from dropcast.tiktok.business import Business, ask_get, ask_post
from dropcast.tiktok.client import Refused, Unanswered, read_as
from dropcast.tiktok.models import IdText, Text, Wire

LIMIT = 30
TEXT_MAX = 150

Mark = Literal["hide", "unhide", "like", "unlike", "pin", "unpin"]
Status = Literal["public", "all"]
Sort = Literal["time", "likes", "replies"]
Order = Literal["asc", "desc"]

_ROOT = "/open_api/v1.3/business/comment"
_SORT_FIELDS = {"time": "create_time", "likes": "likes", "replies": "replies"}


def _text(value: Any) -> Any:
    """Ids and cursors come as texts or as bare numbers, whose digits all count."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _listed(value: Any) -> Any:
    """Some clients of this API count on null where nothing is listed."""
    return () if value is None else value


class Comment(Wire):
    """One comment or reply; `create_time` in seconds since the epoch. `owner`: of whose video it is. None: not told."""

    comment_id: Annotated[str, BeforeValidator(_text)]
    text: str = ""
    create_time: int | None = None
    parent_comment_id: IdText = None
    username: Text = None
    display_name: Text = None
    owner: bool | None = None
    likes: int | None = None
    replies: int | None = None
    liked: bool | None = None
    pinned: bool | None = None
    status: Text = None
    reply_list: "Annotated[tuple[Comment, ...], BeforeValidator(_listed)]" = ()


class CommentPage(Wire):
    """Some comments; with `has_more` the next ones come after `cursor`."""

    comments: Annotated[tuple[Comment, ...], BeforeValidator(_listed)]
    cursor: Annotated[str | None, BeforeValidator(_text)] = None
    has_more: bool = False
    log_id: str | None = None


class Made(Wire):
    """The new comment's or reply's id."""

    comment_id: Annotated[str, BeforeValidator(_text)]
    log_id: str | None = None


class Done(Wire):
    """TikTok did it."""

    log_id: str | None = None


@dataclass(frozen=True)
class Asked:
    """Who asks by what: the holder's `business_id` and a token of theirs, at `business`."""

    business: Business
    token: SecretStr
    business_id: str


@dataclass(frozen=True)
class Wish:
    """Which comments of a video: `status` "all" has hidden ones too; `replies`: up to three with each comment."""

    status: Status = "all"
    sort: Sort = "time"
    order: Order = "desc"
    replies: bool = False
    cursor: str | None = None
    limit: int = LIMIT


def list_comments(asked: Asked, video_id: str, wish: Wish) -> CommentPage | Refused | Unanswered:
    """A page of a video's comments."""
    query = {
        "status": wish.status.upper(),
        "sort_field": _SORT_FIELDS[wish.sort],
        "sort_order": wish.order,
        "include_replies": str(wish.replies).lower(),
    }
    return _page(asked, "list", {"video_id": video_id} | query, wish.cursor, wish.limit)


def list_replies(
    asked: Asked, video_id: str, comment_id: str, *, cursor: str | None, limit: int
) -> CommentPage | Refused | Unanswered:
    """A page of the replies to a comment, in whatever order TikTok has them."""
    return _page(asked, "reply/list", {"video_id": video_id, "comment_id": comment_id}, cursor, limit)


def create_comment(asked: Asked, video_id: str, text: str) -> Made | Refused | Unanswered:
    """Comment on an own video. There is no key against repetition: an Unanswered may have been made."""
    return read_as(Made, _post(asked, "create", {"video_id": video_id, "text": text}))


def create_reply(asked: Asked, video_id: str, comment_id: str, text: str) -> Made | Refused | Unanswered:
    """Reply below an own video. There is no key against repetition: an Unanswered may have been made."""
    return read_as(Made, _post(asked, "reply/create", {"video_id": video_id, "comment_id": comment_id, "text": text}))


def mark_comment(asked: Asked, video_id: str, comment_id: str, mark: Mark) -> Done | Refused | Unanswered:
    """Hide, like or pin a comment, or take that back. Doing so twice changes nothing."""
    which = {"comment_id": comment_id} | ({} if "like" in mark else {"video_id": video_id})
    return read_as(Done, _post(asked, mark.removeprefix("un"), which | {"action": mark.upper()}))


def delete_comment(asked: Asked, comment_id: str) -> Done | Refused | Unanswered:
    """Delete a comment of one's own; TikTok refuses others'."""
    return read_as(Done, _post(asked, "delete", {"comment_id": comment_id}))


def _page(
    asked: Asked, path: str, query: Mapping[str, str], cursor: str | None, limit: int
) -> CommentPage | Refused | Unanswered:
    params = {"business_id": asked.business_id, "max_count": str(limit), **query}
    params |= {"cursor": cursor} if cursor is not None else {}
    return read_as(CommentPage, ask_get(asked.business, f"{_ROOT}/{path}/", asked.token, params))


def _post(asked: Asked, path: str, body: Mapping[str, str]) -> Any:
    return ask_post(asked.business, f"{_ROOT}/{path}/", asked.token, {"business_id": asked.business_id, **body})
