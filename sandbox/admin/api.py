"""The admin API under /_sandbox/: creators, consent without a browser, journal, posts, clock, faults."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.admin.consent import decide_consent
from sandbox.admin.request_checks import StrictBody, admin_error, of_creator, validated
from sandbox.creators import Creator
from sandbox.faults.faults import Fault
from sandbox.routes.oauth import disconnect
from sandbox.routes.processing import post_draft
from sandbox.settings import Settings
from sandbox.state.publishes import Publish
from sandbox.state.state import sandbox_of

USERNAME = r"^[A-Za-z0-9._-]{1,64}$"
YEAR_10000 = 253_402_300_800
Statistic = Literal["follower_count", "following_count", "likes_count", "video_count"]


class CreatorChange(StrictBody):
    username: str | None = Field(None, pattern=USERNAME)
    nickname: str | None = None
    private: bool | None = None
    banned: bool | None = None
    capped: bool | None = None
    active_user_cap: bool | None = None
    webhooks: bool | None = None
    comment_disabled: bool | None = None
    duet_disabled: bool | None = None
    stitch_disabled: bool | None = None
    max_video_post_duration_sec: int | None = Field(None, gt=0)
    bio_description: str | None = None
    is_verified: bool | None = None
    counts: dict[Statistic, Annotated[int, Field(ge=0)]] | None = None


class NewVideo(StrictBody):
    title: str = ""
    create_time: float | None = Field(None, gt=0, lt=YEAR_10000)
    is_aigc: bool = False
    like_count: int = Field(0, ge=0)
    comment_count: int = Field(0, ge=0)
    share_count: int = Field(0, ge=0)
    view_count: int = Field(0, ge=0)


class NewCreator(CreatorChange):
    username: str = Field(pattern=USERNAME)  # pyright: ignore[reportGeneralTypeIssues, reportIncompatibleVariableOverride]


class Disconnect(StrictBody):
    reason: Literal[0, 1, 2, 3, 4, 5] = 1


class Advance(StrictBody):
    advance: float = Field(ge=0)


class Outage(StrictBody):
    seconds: float = Field(gt=0, le=3600)


class PostDraft(StrictBody):
    public: bool = True


async def list_creators(request: Request) -> Response:
    return JSONResponse({"items": [asdict(creator) for creator in sandbox_of(request).creators.all()]})


async def add_creator(request: Request) -> Response:
    body = NewCreator.model_validate_json(await request.body())
    creator = sandbox_of(request).creators.add(**body.model_dump(exclude_none=True))
    return JSONResponse(asdict(creator), 201) if creator else admin_error(409, "the username is taken")


@of_creator
async def change_creator(request: Request, creator: Creator) -> Response:
    change = CreatorChange.model_validate_json(await request.body()).model_dump(exclude_none=True)
    holder = sandbox_of(request).creators.find(change.get("username", creator.username))
    if holder not in (None, creator):
        return admin_error(409, "the username is taken")
    for name, value in change.items():
        setattr(creator, name, value)
    return JSONResponse(asdict(creator))


@of_creator
async def add_video(request: Request, creator: Creator) -> Response:
    """Add a public video that the creator posted in the TikTok app."""
    sandbox = sandbox_of(request)
    body = NewVideo.model_validate_json(await request.body() or b"{}").model_dump()
    video = body | {
        "id": sandbox.publishes.new_number(),
        "create_time": body["create_time"] or sandbox.clock.now(),
    }
    creator.videos.append(video)
    return JSONResponse(video | {"id": str(video["id"])}, 201)


@of_creator
async def disconnect_creator(request: Request, creator: Creator) -> Response:
    """Remove the app, as the creator or TikTok would: revoke the tokens and send authorization.removed."""
    body = Disconnect.model_validate_json(await request.body() or b"{}")
    disconnect(sandbox_of(request), creator.open_id, reason=body.reason)
    return JSONResponse({})


async def journal(request: Request) -> Response:
    query = request.query_params
    since = query.get("since", "0")
    if not since.isdecimal():
        return admin_error(422, "since must be the seq of an entry")
    entries = sandbox_of(request).journal.read(since=int(since), route=query.get("route"), open_id=query.get("open_id"))
    return JSONResponse({"items": [asdict(entry) for entry in entries]})


async def issued(request: Request) -> Response:
    """List every issued code and token, so that a test can search logs for these secrets."""
    return JSONResponse({"items": [asdict(secret) for secret in sandbox_of(request).tokens.issued]})


async def posts(request: Request) -> Response:
    sandbox, open_id = sandbox_of(request), request.query_params.get("open_id")
    found = sandbox.publishes.of_creator(open_id) if open_id else sandbox.publishes.all()
    return JSONResponse({"items": [_publish_json(post) for post in found]})


async def post(request: Request) -> Response:
    found = sandbox_of(request).publishes.get(request.path_params["publish_id"])
    return JSONResponse(_publish_json(found)) if found else admin_error(404, "no such publish_id")


async def publish_draft(request: Request) -> Response:
    """Post a draft from the inbox, as its creator would."""
    sandbox = sandbox_of(request)
    found = sandbox.publishes.get(request.path_params["publish_id"])
    body = PostDraft.model_validate_json(await request.body() or b"{}")
    if found is None:
        return admin_error(404, "no such publish_id")
    if found.mode != "inbox" or found.status not in ("SEND_TO_USER_INBOX", "PUBLISH_COMPLETE"):
        return admin_error(409, "not a draft in the creator's inbox")
    post_draft(sandbox, found, public=body.public)
    return JSONResponse(_publish_json(found))


async def clock(request: Request) -> Response:
    sandbox = sandbox_of(request)
    if request.method == "POST":
        sandbox.clock.advanced += Advance.model_validate_json(await request.body()).advance
        sandbox.agenda.run_due()
        sandbox.agenda.wake()
    return JSONResponse({"now": sandbox.clock.now(), "advanced": sandbox.clock.advanced})


async def away(request: Request) -> Response:
    """Refuse connections for a number of real seconds."""
    sandbox, body = sandbox_of(request), Outage.model_validate_json(await request.body())
    if sandbox.stop_listening is None or sandbox.connections.is_refusing:
        return admin_error(409, "the sandbox cannot stop listening now")
    sandbox.agenda.spawn(sandbox.stop_listening(body.seconds))
    return JSONResponse({}, headers={"connection": "close"})


async def faults(request: Request) -> Response:
    sandbox = sandbox_of(request)
    if request.method == "POST":
        sandbox.faults.add(Fault.model_validate_json(await request.body()))
    elif request.method == "DELETE":
        sandbox.faults.clear()
    status = 201 if request.method == "POST" else 200
    return JSONResponse({"items": [fault.model_dump() for fault in sandbox.faults.all()]}, status)


async def settings(request: Request) -> Response:
    sandbox = sandbox_of(request)
    if request.method == "PATCH":
        change = _json_object(await request.body())
        if change is None:
            return admin_error(422, "the body must be a JSON object")
        kept = sandbox.settings.model_dump()
        if isinstance(change.get("rate_limits"), dict):
            change["rate_limits"] = kept["rate_limits"] | change["rate_limits"]
        sandbox.settings = Settings.model_validate(kept | change)
    return JSONResponse(sandbox.settings.model_dump(mode="json"))


async def reset(request: Request) -> Response:
    sandbox_of(request).reset()
    return JSONResponse({})


async def health(request: Request) -> Response:
    return JSONResponse({"ok": True, "now": sandbox_of(request).clock.now()})


def _publish_json(publish: Publish) -> dict[str, Any]:
    received = publish.received
    return {
        "publish_id": publish.publish_id,
        "open_id": publish.open_id,
        "mode": publish.mode,
        "source_info": publish.source_info,
        "title": publish.post_info.get("title"),
        "post_info": publish.post_info,
        "created_at": publish.created_at,
        "complete_at": publish.complete_at,
        "declared_size": publish.size,
        "received_bytes": received.size,
        "sha256": received.sha256,
        "media": publish.media,
        "is_video": received.is_video,
        "is_aigc": publish.is_aigc,
        "pictures": [asdict(picture) for picture in publish.pictures],
        "status": publish.status,
        "fail_reason": publish.fail_reason,
        "post_ids": [str(post_id) for post_id in publish.post_ids],
        "puts": [asdict(put) for put in publish.puts],
        "warnings": publish.warnings,
    }


def _json_object(raw: bytes) -> dict[str, Any] | None:
    try:
        return _Anything.model_validate_json(raw).model_dump()
    except ValidationError:
        return None


class _Anything(BaseModel, extra="allow"):
    """Any JSON object."""


routes = [
    Route("/health", health),
    Route("/creators", list_creators),
    Route("/creators", validated(add_creator), methods=["POST"]),
    Route("/creators/{name}", validated(change_creator), methods=["PATCH"]),
    Route("/creators/{name}/videos", validated(add_video), methods=["POST"]),
    Route("/creators/{name}/disconnect", validated(disconnect_creator), methods=["POST"]),
    Route("/authorize", validated(decide_consent), methods=["POST"]),
    Route("/journal", journal),
    Route("/issued", issued),
    Route("/posts", posts),
    Route("/posts/{publish_id}", post),
    Route("/posts/{publish_id}/publish", validated(publish_draft), methods=["POST"]),
    Route("/clock", validated(clock), methods=["GET", "POST"]),
    Route("/away", validated(away), methods=["POST"]),
    Route("/faults", validated(faults), methods=["GET", "POST", "DELETE"]),
    Route("/settings", validated(settings), methods=["GET", "PATCH"]),
    Route("/reset", reset, methods=["POST"]),
]
