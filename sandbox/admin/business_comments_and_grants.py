"""The admin API for TikTok API for Business: comments of other people, and withdrawn grants."""

from dataclasses import asdict
from typing import Any

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.admin.request_checks import StrictBody, admin_error, of_creator, validated
from sandbox.creators import Creator
from sandbox.state.comments import Comment
from sandbox.state.state import sandbox_of


class NewComment(StrictBody):
    text: str = Field(min_length=1)
    username: str = Field("somebody", min_length=1)
    likes: int = Field(0, ge=0)
    parent_id: str | None = None
    """The comment to which this is a reply."""


async def comments(request: Request) -> Response:
    """List all comments on a video, including hidden ones and replies, oldest first."""
    found = sandbox_of(request).comments.of_video(request.path_params["video_id"])
    return JSONResponse({"items": [_comment_json(comment) for comment in found]})


@of_creator
async def add_comment(request: Request, creator: Creator) -> Response:
    """Add a comment or a reply. If `username` is the creator's, the comment counts as the video owner's."""
    sandbox, body = sandbox_of(request), NewComment.model_validate_json(await request.body())
    video_id = request.path_params["video_id"]
    parent = sandbox.comments.get(body.parent_id) if body.parent_id else None
    if body.parent_id and (parent is None or parent.video_id != video_id):
        return admin_error(404, "no such comment")
    comment = sandbox.comments.add(
        video_id,
        body.username,
        body.text,
        at=sandbox.clock.now(),
        by_owner=body.username == creator.username,
        parent_id=parent.id if parent else None,
    )
    comment.likes = body.likes
    return JSONResponse(_comment_json(comment), 201)


@of_creator
async def withdraw_business_grant(request: Request, creator: Creator) -> Response:
    """Remove the app in the Business portal, as the creator would. The tokens are revoked, and no webhook is sent."""
    sandbox_of(request).business_tokens.drop_holder(creator.open_id)
    return JSONResponse({})


async def advertisers(request: Request) -> Response:
    """List the advertiser accounts. DELETE revokes their grants."""
    sandbox = sandbox_of(request)
    if request.method == "DELETE":
        sandbox.business_tokens.drop_advertisers()
    return JSONResponse({"items": sandbox.advertisers})


def _comment_json(comment: Comment) -> dict[str, Any]:
    parent_id = None if comment.parent_id is None else str(comment.parent_id)
    return asdict(comment) | {"id": str(comment.id), "parent_id": parent_id}


routes = [
    Route("/creators/{name}/videos/{video_id}/comments", comments),
    Route("/creators/{name}/videos/{video_id}/comments", validated(add_comment), methods=["POST"]),
    Route("/creators/{name}/business-withdrawal", withdraw_business_grant, methods=["POST"]),
    Route("/advertisers", advertisers, methods=["GET", "DELETE"]),
]
