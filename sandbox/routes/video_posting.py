"""creator_info, the two inits of a video, cancel and status/fetch (protocol sections 2, 3 and 6)."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request

from sandbox.answers.open_api import Done, Refusal
from sandbox.creators import Creator
from sandbox.routes.bearer import caller, json_body
from sandbox.routes.processing import fail_publish
from sandbox.routes.pulling import pull_media
from sandbox.routes.quotas import quota_refusal
from sandbox.rules.post_rules import is_ownership_proven, post_info_problem, source_info_problem, warnings
from sandbox.settings import Settings
from sandbox.state.publishes import Mode, Publish
from sandbox.state.state import Sandbox, entry_of, sandbox_of


async def creator_info(request: Request) -> Done | Refusal:
    """Return the creator_info. Refusals because of quotas have HTTP 200 here (protocol section 2)."""
    who = caller(request, any_of={"video.publish"})
    if isinstance(who, Refusal):
        return who
    sandbox = sandbox_of(request)
    type_required = sandbox.settings.creator_info_needs_content_type
    body = await json_body(request, may_be_empty=True, type_required=type_required)
    if isinstance(body, Refusal):
        return body
    refusal = quota_refusal(sandbox, who.creator, "direct")
    return replace(refusal, status=200) if refusal else Done(who.creator.info(str(request.base_url)))


async def direct_init(request: Request) -> Done | Refusal:
    return await _init(request, "direct", scope="video.publish")


async def inbox_init(request: Request) -> Done | Refusal:
    return await _init(request, "inbox", scope="video.upload")


async def status_fetch(request: Request) -> Done | Refusal:
    publish = await _find_own_publish(request)
    return publish if isinstance(publish, Refusal) else Done(_status_json(sandbox_of(request).settings, publish))


async def cancel(request: Request) -> Done | Refusal:
    """Cancel a publish that lacks bytes.

    A publish with all bytes is being processed and cannot be cancelled (protocol section 3.7).
    """
    publish = await _find_own_publish(request)
    if isinstance(publish, Refusal):
        return publish
    if publish.complete_at is not None or publish.settled:
        return Refusal("publish_not_cancellable")
    fail_publish(sandbox_of(request), publish, "publish_cancelled")
    return Done()


async def _find_own_publish(request: Request) -> Publish | Refusal:
    """The caller's publish with the body's publish_id."""
    sandbox = sandbox_of(request)
    who = caller(request, any_of={"video.publish", "video.upload"})
    if isinstance(who, Refusal):
        return who
    body = await json_body(request)
    if isinstance(body, Refusal):
        return body
    publish_id = body.get("publish_id")
    if not isinstance(publish_id, str):
        return sandbox.invalid_params("publish_id is missing or not a string.")
    entry_of(request).publish_id = publish_id
    publish = sandbox.publishes.get(publish_id)
    if publish is None:
        return Refusal("invalid_publish_id")
    if publish.open_id != who.creator.open_id:
        return Refusal("token_not_authorized_for_specified_publish_id")
    return publish


def _status_json(settings: Settings, publish: Publish) -> dict[str, Any]:
    single = settings.single_post_id and publish.post_ids
    counter = "uploaded_bytes" if publish.source == "FILE_UPLOAD" else "downloaded_bytes"
    failed = {"fail_reason": publish.fail_reason} if publish.fail_reason else {}
    return {
        "status": settings.status_names.get(publish.status, publish.status),
        **failed,
        "publicaly_available_post_id": publish.post_ids[-1] if single else publish.post_ids,
        counter: publish.received.size,
    }


async def _init(request: Request, mode: Mode, *, scope: str) -> Done | Refusal:
    """Check the privacy level first, then the rest of the body, then the creator and the URL's ownership."""
    sandbox = sandbox_of(request)
    who = caller(request, any_of={scope})
    if isinstance(who, Refusal):
        return who
    body = await json_body(request)
    if isinstance(body, Refusal):
        return body
    refusal = _body_refusal(sandbox, who.creator, body, mode)
    if refusal:
        return refusal
    privacy_level = body["post_info"]["privacy_level"] if mode == "direct" else None
    url = body["source_info"].get("video_url") if body["source_info"]["source"] == "PULL_FROM_URL" else None
    refusal = creator_refusal(sandbox, who.creator, mode, privacy_level, [url] if url else [])
    if refusal:
        return refusal
    publish = sandbox.publishes.add(
        who.creator.open_id,
        mode,
        created_at=sandbox.clock.now(),
        post_info=body.get("post_info") or {},
        source_info=body["source_info"],
        warnings=warnings(body, direct=mode == "direct"),
    )
    entry_of(request).publish_id = publish.publish_id
    if publish.source == "PULL_FROM_URL":
        sandbox.agenda.spawn(pull_media(sandbox, publish))
        return Done({"publish_id": publish.publish_id})
    return Done({"publish_id": publish.publish_id, "upload_url": _upload_url(request, publish)})


def _body_refusal(sandbox: Sandbox, creator: Creator, body: dict[str, Any], mode: Mode) -> Refusal | None:
    """The first error of the body.

    Protocol section 3.5 does not say whether TikTok checks the privacy level or the chunk plan first.
    """
    problem = None
    if mode == "direct":
        info = body.get("post_info")
        if not isinstance(info, dict):
            return sandbox.invalid_params("post_info is missing or not an object.")
        refusal = privacy_refusal(creator, info)
        if refusal:
            return refusal
        problem = post_info_problem(info)
    problem = problem or source_info_problem(body.get("source_info"))
    return sandbox.invalid_params(problem) if problem else None


def privacy_refusal(creator: Creator, post_info: dict[str, Any]) -> Refusal | None:
    """A refusal if the privacy level is missing or is not one of the creator's options (protocol section 3.5)."""
    if post_info.get("privacy_level") in creator.privacy_level_options:
        return None
    return Refusal("privacy_level_option_mismatch")


def creator_refusal(
    sandbox: Sandbox, creator: Creator, mode: Mode, privacy_level: str | None, urls: list[str]
) -> Refusal | None:
    """A refusal if the creator may not make such a post now, or if the app has not verified the ownership of one of
    `urls`.
    """
    refusal = quota_refusal(sandbox, creator, mode)
    if refusal:
        return refusal
    if privacy_level is not None:
        refusal = _unaudited_refusal(sandbox, creator, privacy_level)
    if not refusal and not all(is_ownership_proven(url, sandbox.settings.verified_urls) for url in urls):
        return Refusal("url_ownership_unverified")
    return refusal


def _unaudited_refusal(sandbox: Sandbox, creator: Creator, privacy_level: str) -> Refusal | None:
    """A refusal if the app is unaudited, unless it posts SELF_ONLY to a private account (protocol section 10.1)."""
    if not sandbox.settings.audited and (not creator.private or privacy_level != "SELF_ONLY"):
        return Refusal("unaudited_client_can_only_post_to_private_accounts")
    return None


def _upload_url(request: Request, publish: Publish) -> str:
    secret = urlencode({"upload_id": publish.upload_id, "upload_token": publish.upload_token})
    return f"{request.base_url}upload/video/?{secret}"
