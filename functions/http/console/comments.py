"""/console/accounts/{account_id}/comments: the account's videos, the comments on a video, and the replies to a
comment.

Each view of comments makes one call to TikTok, which counts in the budget `comments`. No part of the page polls.
"""

import re
from typing import Any, cast, get_args

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.api_gateway import BaseRouter
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from dropcast.accounts.account_store import visible_account
from dropcast.accounts.comments.read_and_moderate import get_comment_access, get_comments_page, get_replies_page
from dropcast.accounts.creator import get_videos_page
from dropcast.accounts.models import Account
from dropcast.budgets.budget_use import get_budget_use
from dropcast.errors.problem import Problem, http_status
from dropcast.publishing.model.states import State
from dropcast.publishing.store.listing import ListQuery, cursor, publishes_page
from dropcast.tiktok.business.comments import LIMIT, TEXT_MAX, CommentPage, CommentQuery, Sort, Status
from dropcast.tiktok.display_api import VIDEOS_MAX

from .account_views import comments_path, name_of, refusals_of
from .answers import page, with_retry_after
from .comment_views import ShownVideo, WriteForm, hint_of, shown_comments, shown_posts, shown_replies, shown_videos
from .request_session import caller
from .signed_in import refused, signed_in

router = APIGatewayHttpRouter()

_Videos = tuple[list[ShownVideo], str | None]

ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_CURSOR_MAX = 100
_NO_CONNECTION = ("business_not_connected", "business_reconnect_needed")
_SORTS: dict[str, str] = {
    "time-desc": "Newest first",
    "time-asc": "Oldest first",
    "likes-desc": "Most liked first",
    "replies-desc": "Most replies first",
}


@router.get("/console/accounts/<account_id>/comments", middlewares=signed_in("read"))
def show_comments(account_id: str) -> Response[str]:
    """The account's videos. If the address has `video`, the comments on that video. If it has `comment` too, the
    replies to that comment.
    """
    account = visible_account(account_id, caller())
    if isinstance(account, Problem):
        return refused(account)
    video, comment = _asked_id("video"), _asked_id("comment")
    if video is None:
        return _show_videos(account)
    return _show_replies(account, video, comment) if comment else _show_list(account, video)


def _show_videos(account: Account) -> Response[str]:
    """The account's videos. If there is no business connection, the page says how to create one."""
    why = get_comment_access(account.account_id, caller())
    if isinstance(why, Problem):
        return _show_unable(account, why)
    asks_tiktok = "video.list" in account.scopes
    found = _videos_of_tiktok(account) if asks_tiktok else _posts_of_dropcast(account)
    videos, after = ([], None) if isinstance(found, Problem) else found
    return _answer(
        "comments_videos.html",
        account,
        found if isinstance(found, Problem) else None,
        videos=videos,
        next_videos=after,
        asks_tiktok=asks_tiktok,
    )


def _videos_of_tiktok(account: Account) -> _Videos | Problem:
    """The account's public videos. Makes one call to the Display API."""
    after = _asked("next")
    begins_at = int(after) if re.fullmatch(r"[0-9]{1,15}", after) else None
    found = get_videos_page(account.account_id, caller(), cursor=begins_at, limit=VIDEOS_MAX)
    if isinstance(found, Problem):
        return found
    return shown_videos(found.videos), str(found.cursor) if found.has_more else None


def _posts_of_dropcast(account: Account) -> _Videos | Problem:
    """The publishes that Dropcast posted to the account. Few apps have the scope video.list, so this is the usual
    list.
    """
    wish = ListQuery(account_id=account.account_id, states=(State.PUBLISHED,), after=_asked("next") or None)
    found = publishes_page(wish, VIDEOS_MAX, caller())
    return found if isinstance(found, Problem) else (shown_posts(found.publishes), cursor(found))


def _show_list(account: Account, video_id: str) -> Response[str]:
    sort, status = _asked("sort"), _asked("status")
    sort = sort if sort in _SORTS else "time-desc"
    status = cast(Status, status) if status in get_args(Status) else "all"
    by, _, order = sort.partition("-")
    wish = CommentQuery(
        status, cast(Sort, by), "asc" if order == "asc" else "desc", replies=True, cursor=_cursor(), limit=LIMIT
    )
    found = get_comments_page(account.account_id, caller(), video_id, wish)
    path = comments_path(account.account_id)
    chosen = {"video": video_id, "sort": sort, "status": status}
    return _answer_list(account, found, video_id, None, chosen, WriteForm(path, video_id))


def _show_replies(account: Account, video_id: str, comment_id: str) -> Response[str]:
    found = get_replies_page(account.account_id, caller(), video_id, comment_id, cursor=_cursor(), limit=LIMIT)
    path = comments_path(account.account_id)
    chosen = {"video": video_id, "comment": comment_id}
    return _answer_list(account, found, video_id, comment_id, chosen, WriteForm(path, video_id, comment_id))


def _answer_list(
    account: Account,
    found: CommentPage | Problem,
    video_id: str,
    comment_id: str | None,
    chosen: dict[str, str],
    form: WriteForm,
) -> Response[str]:
    if isinstance(found, Problem) and found.code in _NO_CONNECTION:
        return _show_unable(account, found)
    rows = () if isinstance(found, Problem) else found.comments
    path = comments_path(account.account_id)
    return _answer(
        "comments.html",
        account,
        found if isinstance(found, Problem) else None,
        shown=shown_replies(path, video_id, rows) if comment_id else shown_comments(path, video_id, rows),
        next_comments=None if isinstance(found, Problem) or not found.has_more else found.cursor,
        is_complete=isinstance(found, Problem) or found.is_complete,
        video_id=video_id,
        comment_id=comment_id,
        chosen=chosen,
        sorts=_SORTS,
        form=form,
        use=next(one for one in get_budget_use(account.open_id) if one.name == "comments"),
        text_max=TEXT_MAX,
    )


def _show_unable(account: Account, why: Problem) -> Response[str]:
    """Show why the comments cannot be read, and how to connect the account for comments."""
    return page("comments_unable.html", 200, **_values(account), problem=why, no_connection=why.code in _NO_CONNECTION)


def _answer(template: str, account: Account, why: Problem | None, **values: Any) -> Response[str]:
    if why is None:
        return page(template, **_values(account), **values, problem=None)
    values |= {"problem": why, "hint": hint_of(why)}
    return with_retry_after(page(template, http_status(why.code), **_values(account), **values), why)


def _values(account: Account) -> dict[str, Any]:
    return {
        "name": name_of(account),
        "account_path": f"/console/accounts/{account.account_id}",
        "path": comments_path(account.account_id),
        "may_not": refusals_of(caller()),
    }


def _cursor() -> str | None:
    return _asked("next")[:_CURSOR_MAX] or None


def _asked_id(name: str) -> str | None:
    text = _asked(name).strip()
    return text if ID.fullmatch(text) else None


def _asked(name: str) -> str:
    return BaseRouter.current_event.query_string_parameters.get(name, "")
