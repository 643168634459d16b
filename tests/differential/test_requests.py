"""Our model and checks accept a request only if TikTok's init accepts it. They refuse a request for TikTok's reasons.

If the two disagree, protocol sections 3, 5, 9 and 10.1 decide which one is wrong.
"""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError

from dropcast.accounts.models import Account, obstacle
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.creator_rules import creator_refusal
from dropcast.publishing.model.publish import Photos, Publish, Source
from dropcast.publishing.model.request import PublishRequest, UrlSource
from dropcast.publishing.sources.pull_urls import url_refusal
from dropcast.publishing.sources.source_from_request import stored_source
from dropcast.publishing.steps import build_init
from dropcast.tiktok.client import Refused, Unanswered
from dropcast.tiktok.models import CreatorInfo, PostInit
from dropcast.tiktok.posting import creator_info
from tests.differential.conftest import PREFIX, World
from tests.differential.requests import Asked, anything, fault_names, fitting, with_fault
from tests.differential.wire import naive

pytestmark = pytest.mark.long

SCOPES = {"direct": "video.publish", "draft": "video.upload"}
ALL_SCOPES = {"user.info.basic", "video.publish", "video.upload"}

STRICTER = {"longer_than_creator_may", "duration_too_long", "interaction_switched_off", "branded_content_private"}
"""Causes for which only we refuse a request.

TikTok's init accepts such a request, but the request fails later or breaks a guideline (2, 6, 10.5).
"""

CAUSES = [
    (r"post_info\.title is longer", {"text_too_long title"}),
    (r"post_info\.description is longer", {"text_too_long description"}),
    (r"valid Unicode", {"title", "description"}),
    (r"photo_images must hold", {"source.photos.items"}),
    (r"video_url must be an https URL", {"source.url.url", "url_not_https"}),
    (r"photo_cover_index must", {"cover_outside_photos cover_index", "cover_index"}),
    (r"source info empty or incorrect", {"source_of_other_kind source", "pulled_only via"}),
    (r"video_size is missing", {"pulled_only via"}),
    (r"video_url is missing", {"source_of_other_kind source"}),
    (r"video_cover_timestamp_ms must be an int32", {"cover_timestamp_ms"}),
    (r"^privacy_level_option_mismatch", {"privacy_level_not_available", "privacy_required", "privacy_level"}),
    (
        r"^unaudited_client",
        {"unaudited_client_can_only_post_to_private_accounts", "unaudited_client_posts_self_only"},
    ),
    (r"^url_ownership_unverified", {"url_ownership_unverified"}),
    (r"^scope_not_authorized", {"scope_not_granted"}),
]
"""The sandbox's refusals, as patterns of code and message, with our causes that mean the same."""

KINDS = [("video", "direct"), ("video", "draft"), ("photo", "direct"), ("photo", "draft")]


def examples(number: int) -> settings:
    return settings(
        max_examples=number,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


def judged(asked: Asked) -> PublishRequest | set[str]:
    """The request as our model accepts it, or the causes of its refusal: `cause field`, or only the field."""
    try:
        return PublishRequest.model_validate(asked)
    except ValidationError as error:
        ours = re.compile(r"[a-z_]+_(for_this_kind|required|private|too_long|other_kind|only|photos)$")
        found = set()
        for one in error.errors():
            field = ".".join(str(part) for part in one["loc"])
            kept = ours.match(one["type"]) and one["type"] not in ("string_too_long",)
            found.add(f"{one['type']} {field}" if kept else field)
        return {cause.removesuffix(" privacy_level") for cause in found}


def theirs(world: World, token: SecretStr, asked: Asked) -> tuple[str | None, list[str]]:
    """The sandbox's reason for refusing the request (None if it accepts), and the fields that it would ignore."""
    path, body = naive(asked, PREFIX)
    headers = {"Authorization": f"Bearer {token.get_secret_value()}", "Content-Type": "application/json"}
    said = world.http.post(path, content=body, headers=headers).json()["error"]
    if said["code"] != "ok":
        return f"{said['code']} {said['message']}", []
    return None, [warning for warning in world.last().warnings if "absent" not in warning]


def same_cause(refused: str) -> set[str]:
    for pattern, ours in CAUSES:
        if re.search(pattern, refused):
            return ours
    raise AssertionError(f"an unknown refusal: {refused}")


def row_of(request: PublishRequest, size: int, duration_ms: int) -> Publish:
    """The publish as Start receives it: the video is inspected, and the pictures are prepared."""
    source = stored_source(request.source)
    match source:
        case Photos(items=items):
            source = Photos(items=tuple(item.model_copy(update={"prepared_key": item.key}) for item in items))
        case Source():
            source = source.model_copy(update={"size": size, "duration_ms": duration_ms})
        case _:
            pass
    return new_publish(
        request.account_id, source, "api", request.options(), kind=request.kind, mode=request.mode, via=request.way()
    )


def asked_of_tiktok(world: World, token: SecretStr, request: PublishRequest, row: Publish) -> Any:
    """TikTok's answer to the init that our code sends."""
    with pytest.MonkeyPatch.context() as patch:
        if isinstance(request.source, UrlSource):
            url = request.source.url
            patch.setattr(build_init, "source_url", lambda _: SecretStr(url))
        return build_init.build_init(row)(token)


def account(scopes: set[str]) -> Account:
    return Account("acc_1", "user-1", "open-1", "active", frozenset(scopes), 0)


sizes = st.integers(1, 4_000_000_000) | st.sampled_from([1, 64_000_000, 64_000_001, 128_000_000, 4_000_000_000])


@pytest.mark.parametrize(("kind", "mode"), KINDS)
@examples(120)
@given(
    data=st.data(),
    size=sizes,
    duration_ms=st.integers(1, 900_000),
    private=st.booleans(),
    audited=st.booleans(),
    verified=st.booleans(),
    off=st.tuples(st.booleans(), st.booleans(), st.booleans()),
    scopes=st.sets(st.sampled_from(["video.publish", "video.upload"])),
)
def test_our_checks_and_the_sandbox_refuse_for_the_same_cause_for_any_creator(
    world: World, kind, mode, data, size, duration_ms, private, audited, verified, off, scopes
):
    creator = world.begin(private=private, audited=audited, verified=verified)
    creator.comment_disabled, creator.duet_disabled, creator.stitch_disabled = off
    token = world.token(creator, scopes)
    asked = data.draw(fitting(kind, mode))
    request = judged(asked)
    assert isinstance(request, PublishRequest), request
    row = row_of(request, size, duration_ms)

    refused, ignored = theirs(world, token, asked)
    ours = set()
    if (why := obstacle(account(scopes), SCOPES[request.mode])) is not None:
        ours.add(why.code)
    proofs = world.sandbox.settings.verified_urls
    addresses = [request.source.url] if isinstance(request.source, UrlSource) else []
    # the operator verifies the ownership of MEDIA_URL once, and our media are below it
    if row.via == "pull" and not addresses:
        addresses = [PREFIX]
    ours |= {why.code for url in addresses if (why := url_refusal(url, proofs)) is not None}
    if "video.publish" in scopes:
        info = creator_info(world.tiktok, token)
        assert isinstance(info, CreatorInfo)
        if (why := creator_refusal(row, info, audited=audited)) is not None:
            ours.add(why.code)

    assert ignored == []
    if refused is not None:
        assert same_cause(refused) & ours, (refused, ours)
        if refused.startswith("unaudited_client"):
            assert ("unaudited_client_can_only_post_to_private_accounts" in ours) == (not private)
    elif ours:
        assert ours <= STRICTER
    if not ours:
        answer = asked_of_tiktok(world, token, request, row)
        assert isinstance(answer, PostInit), answer
        assert world.last().warnings == []


@pytest.mark.parametrize(("kind", "mode", "fault"), [(*one, fault) for one in KINDS for fault in fault_names(*one)])
@examples(10)
@given(data=st.data())
def test_a_single_fault_is_refused_for_that_cause(world: World, kind, mode, fault, data):
    asked = data.draw(fitting(kind, mode).flatmap(lambda fits: with_fault(fits, fault)))
    token = world.token(world.begin(private="FOLLOWER" in str(asked.get("privacy_level"))), ALL_SCOPES)
    request = judged(asked)
    causes = request if isinstance(request, set) else set()
    if isinstance(request, PublishRequest) and isinstance(request.source, UrlSource):
        causes = {why.code} if (why := url_refusal(request.source.url, [])) else set()

    refused, ignored = theirs(world, token, asked)

    assert causes, f"accepted; TikTok would say {refused or ignored}"
    if refused is not None:
        assert same_cause(refused) & causes, (refused, causes)
    elif ignored:
        assert any(cause.startswith("not_for_this_kind") for cause in causes), (ignored, causes)
    else:
        assert causes <= STRICTER, causes


@examples(300)
@given(asked=anything())
def test_an_accepted_request_is_accepted_by_tiktok_in_full(world: World, asked):
    token = world.token(world.begin(private=True), ALL_SCOPES)
    request = judged(asked)
    refused, ignored = theirs(world, token, asked)
    if isinstance(request, set):
        return

    row = row_of(request, 1000, 1000)
    info = creator_info(world.tiktok, token)
    assert isinstance(info, CreatorInfo)
    if (why := creator_refusal(row, info, audited=True)) is not None:
        assert why.code in STRICTER | {"privacy_level_not_available"}
        return
    answer = asked_of_tiktok(world, token, request, row)

    assert isinstance(answer, PostInit), answer
    assert world.last().warnings == []
    assert ignored == []
    assert refused is None or asked.get("on_too_long") == "clamp"


def test_the_sandbox_really_accepts_and_refuses(world: World):
    """One request is accepted and one is refused, so the two programs above do not agree by doing nothing."""
    creator = world.begin()
    request = judged(
        {"account_id": "a", "source": {"type": "s3", "bucket": "bbb", "key": "k"}, "privacy_level": "SELF_ONLY"}
    )
    assert isinstance(request, PublishRequest)
    row = row_of(request, 1000, 1000)

    yes = asked_of_tiktok(world, world.token(creator, ALL_SCOPES), request, row)
    no = asked_of_tiktok(world, world.token(creator, {"video.upload"}), request, row)

    assert isinstance(yes, PostInit)
    assert isinstance(no, Refused)
    assert not isinstance(no, Unanswered)
    assert no.code == "scope_not_authorized"
    assert json.loads(json.dumps(world.last().post_info))["privacy_level"] == "SELF_ONLY"
