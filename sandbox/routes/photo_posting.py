"""The init of a photo post, direct or as a draft (protocol section 5)."""

from starlette.requests import Request

from sandbox.answers.open_api import Done, Refusal
from sandbox.routes.bearer import caller, json_body
from sandbox.routes.pulling import pull_media
from sandbox.routes.video_posting import creator_refusal, privacy_refusal
from sandbox.rules.photo_rules import PostMode, body_problem, post_mode, warnings
from sandbox.state.publishes import Mode
from sandbox.state.state import entry_of, sandbox_of

SCOPES: dict[PostMode, str] = {"DIRECT_POST": "video.publish", "MEDIA_UPLOAD": "video.upload"}
MODES: dict[PostMode, Mode] = {"DIRECT_POST": "direct", "MEDIA_UPLOAD": "inbox"}


async def content_init(request: Request) -> Done | Refusal:
    """Start a photo post. The mode in the body decides which scope is required.

    For an unknown mode either scope suffices.
    """
    sandbox = sandbox_of(request)
    body = await json_body(request)
    if isinstance(body, dict):
        body.setdefault("post_info", {})
    mode = None if isinstance(body, Refusal) else post_mode(body)
    who = caller(request, any_of={SCOPES[mode]} if mode else set(SCOPES.values()))
    if isinstance(who, Refusal):
        return who
    if isinstance(body, Refusal):
        return body
    if mode is None:
        return sandbox.invalid_params("media_type or post_mode invalid")
    if not isinstance(body["post_info"], dict):
        return sandbox.invalid_params("post_info is not an object.")
    refusal = privacy_refusal(who.creator, body["post_info"]) if mode == "DIRECT_POST" else None
    if refusal:
        return refusal
    problem = body_problem(body, mode)
    if problem:
        return sandbox.invalid_params(problem)
    privacy_level = body["post_info"]["privacy_level"] if mode == "DIRECT_POST" else None
    urls = body["source_info"]["photo_images"]
    refusal = creator_refusal(sandbox, who.creator, MODES[mode], privacy_level, urls)
    if refusal:
        return refusal
    publish = sandbox.publishes.add(
        who.creator.open_id,
        MODES[mode],
        created_at=sandbox.clock.now(),
        post_info=body["post_info"],
        source_info=body["source_info"],
        warnings=warnings(body, mode),
        media="photo",
        is_aigc=body.get("is_aigc", False),
    )
    entry_of(request).publish_id = publish.publish_id
    sandbox.agenda.spawn(pull_media(sandbox, publish))
    return Done({"publish_id": publish.publish_id})
