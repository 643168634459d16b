"""GET /business/comment/list/ and /business/comment/reply/list/ (protocol section 12)."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request

from sandbox.answers.business import BusinessDone, BusinessRefusal, wrong_parameter
from sandbox.business.bearer import holder
from sandbox.business.comment_actions import READ, comment_of, video_refusal
from sandbox.state.comments import Comment
from sandbox.state.state import Sandbox, sandbox_of

Answer = BusinessDone | BusinessRefusal
PAGE_MAX, PAGE_DEFAULT = 30, 20
REPLIES_SHOWN = 3
ORDERS = ("asc", "desc", "smart")


async def comments(request: Request) -> Answer:
    """The comments on a creator's own video. With include_replies, each has up to three replies."""
    query, sandbox = request.query_params, sandbox_of(request)
    creator = holder(request, query, scope=READ)
    refusal = creator if isinstance(creator, BusinessRefusal) else video_refusal(sandbox, creator, query)
    if refusal:
        return refusal
    ids = _comment_ids(query.get("comment_ids"))
    if isinstance(ids, BusinessRefusal):
        return ids
    found = sandbox.comments.under(query["video_id"]) if ids is None else _chosen(sandbox, query["video_id"], ids)
    return _page(sandbox, query, found, with_replies=query.get("include_replies", "").lower() == "true")


async def replies(request: Request) -> Answer:
    """All replies to one comment."""
    query, sandbox = request.query_params, sandbox_of(request)
    creator = holder(request, query, scope=READ)
    if isinstance(creator, BusinessRefusal):
        return creator
    parent = comment_of(sandbox, creator, query)
    if isinstance(parent, BusinessRefusal):
        return parent
    return _page(sandbox, query, sandbox.comments.replies_shown(parent, sandbox.clock.now()), with_replies=False)


def _chosen(sandbox: Sandbox, video_id: str, ids: list[str]) -> list[Comment]:
    return [one for one in sandbox.comments.of_video(video_id) if str(one.id) in ids]


def _comment_ids(text: str | None) -> list[str] | BusinessRefusal | None:
    if text is None:
        return None
    try:
        ids = json.loads(text)
    except ValueError:
        ids = None
    if not isinstance(ids, list) or len(ids) > PAGE_MAX or not all(isinstance(one, str) for one in ids):
        return wrong_parameter(f"comment_ids: a JSON array of up to {PAGE_MAX} ids is expected.")
    return ids


def _page(sandbox: Sandbox, query: Mapping[str, str], found: list[Comment], *, with_replies: bool) -> Answer:
    cursor, most = query.get("cursor", "0"), query.get("max_count", str(PAGE_DEFAULT))
    if not (cursor.isdecimal() and most.isdecimal() and 1 <= int(most) <= PAGE_MAX):
        return wrong_parameter(f"cursor: a number; max_count: 1 to {PAGE_MAX}.")
    if query.get("status", "ALL") not in ("PUBLIC", "ALL"):
        return wrong_parameter("status: must be PUBLIC or ALL.")
    ordered = _ordered(sandbox, query, _visible(found, query))
    if isinstance(ordered, BusinessRefusal):
        return ordered
    page, end = ordered[int(cursor) : int(cursor) + int(most)], int(cursor) + int(most)
    shown = [_comment_json(sandbox, one) for one in page]
    if with_replies:
        for comment, one in zip(page, shown, strict=True):
            under = _visible(sandbox.comments.replies_shown(comment, sandbox.clock.now()), query)
            one["reply_list"] = [_comment_json(sandbox, reply) for reply in under[:REPLIES_SHOWN]]
    return BusinessDone({"comments": shown, "cursor": end, "has_more": len(ordered) > end})


def _visible(found: list[Comment], query: Mapping[str, str]) -> list[Comment]:
    return [one for one in found if not one.hidden or query.get("status", "ALL") == "ALL"]


def _ordered(sandbox: Sandbox, query: Mapping[str, str], found: list[Comment]) -> list[Comment] | BusinessRefusal:
    """Sort the comments. Shuffle them if sort_field is missing, or if sort_order is missing or `smart`."""
    keys: dict[str, Callable[[Comment], float]] = {
        "create_time": lambda one: one.created_at,
        "likes": lambda one: one.likes,
        "replies": lambda one: len(sandbox.comments.under(one.video_id, one.id)),
    }
    field, order = query.get("sort_field"), query.get("sort_order", "smart")
    if (field is not None and field not in keys) or order not in ORDERS:
        return wrong_parameter(f"sort_field: one of {', '.join(keys)}; sort_order: one of {', '.join(ORDERS)}.")
    if field is None or order == "smart":
        return sorted(found, key=lambda one: one.id * 2_654_435_761 % 2**32)
    return sorted(found, key=lambda one: (keys[field](one), one.id), reverse=order == "desc")


def _comment_json(sandbox: Sandbox, comment: Comment) -> dict[str, Any]:
    return {
        "comment_id": str(comment.id),
        "video_id": comment.video_id,
        "user_id": f"user-{comment.author}",
        "unique_identifier": f"unique-{comment.author}",
        "username": comment.author,
        "display_name": comment.author,
        "profile_image": "",
        "create_time": str(int(comment.created_at)),
        "text": comment.text,
        "likes": comment.likes + comment.liked,
        "replies": len(sandbox.comments.under(comment.video_id, comment.id)),
        "owner": comment.by_owner,
        "liked": comment.liked,
        "pinned": comment.pinned,
        "status": "HIDDEN" if comment.hidden else "PUBLIC",
        **({"parent_comment_id": str(comment.parent_id)} if comment.parent_id else {}),
    }
