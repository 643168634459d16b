"""Each kind, mode and way of transfer, from the request to TikTok's init and to the end of the publish."""

from typing import Any

import pytest
from pydantic import SecretStr

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.model.publish import Photos, Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.steps import build_init
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from dropcast.tiktok.models import TokenGrant
from tests.unit.publishing.conftest import BUCKET, CREATOR, FakeTikTok, refusal, stored
from tests.unit.publishing.intake.test_accept import SAMPLE
from tests.unit.support.memory_aws import maker

URL = "https://media.example.com/a.mp4?Signature=canary-signature"
PRIVATE = CREATOR | {"privacy_level_options": ["FOLLOWER_OF_CREATOR", "SELF_ONLY"]}

FILE = {"source": {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}}
PULLED = FILE | {"via": "pull"}
BY_URL = {"source": {"type": "url", "url": URL}}
PHOTOS = {
    "kind": "photo",
    "source": {"type": "photos", "items": [{"bucket": BUCKET, "key": f"{n}.jpg"} for n in (1, 2)]},
}
DRAFT = {"mode": "draft"}
DIRECT = {"privacy_level": "SELF_ONLY"}


@pytest.fixture(autouse=True)
def _served(monkeypatch: pytest.MonkeyPatch) -> None:
    """Media URLs that contain the served object's name."""

    def media_url(source: Any) -> SecretStr:
        key = getattr(source, "prepared_key", None) or source.key
        return SecretStr(f"https://media.example.com/{key}?Signature=canary-signature")

    monkeypatch.setattr(build_init, "media_url", media_url)


def taken_in(account: Account, *parts: dict[str, Any], **changes: Any) -> Publish:
    body = {"account_id": account.account_id}
    for part in (*parts, changes):
        body |= part
    for key in ("a.mp4", "1.jpg", "2.jpg"):
        maker("s3").put_object(Bucket=BUCKET, Key=key, Body=SAMPLE.read_bytes())
    taken = accept(PublishRequest.model_validate(body), SYSTEM, idempotency_key=None)
    assert isinstance(taken, Publish), taken
    return taken


def prepared(publish: Publish) -> Publish:
    """The publish after Prepare and, for photos, after Pictures."""
    step = prepare(publish.publish_id, publish.publish_id)
    if step.outcome == "pictures":
        found = stored(publish)
        assert isinstance(found.source, Photos)
        ready = [
            item.model_copy(update={"prepared_key": f"media/{n}.jpg"}) for n, item in enumerate(found.source.items)
        ]
        publish_store.record_source(found, Photos(items=tuple(ready)))
    else:
        assert step == StepResult(Outcome.READY)
    return stored(publish)


def begin(publish: Publish) -> dict[str, Any]:
    return start(publish.publish_id, publish.publish_id)


def asked(tiktok: FakeTikTok, route: str) -> dict[str, Any]:
    (body,) = [body for name, body in tiktok.calls if name == route]
    return body


def connected(account: Account, scopes: str) -> None:
    grant = {"access_token": "act.x", "refresh_token": "rft.x", "expires_in": 7200, "refresh_expires_in": 15552000}
    save_connection("user-1", TokenGrant.model_validate({**grant, "open_id": account.open_id, "scope": scopes}))


@pytest.mark.parametrize(
    ("parts", "route", "uploads"),
    [
        ((FILE, DIRECT), "video/init", True),
        ((PULLED, DIRECT), "video/init", False),
        ((BY_URL, DIRECT), "video/init", False),
        ((FILE, DRAFT), "inbox/video/init", True),
        ((PULLED, DRAFT), "inbox/video/init", False),
        ((BY_URL, DRAFT), "inbox/video/init", False),
        ((PHOTOS, DIRECT), "content/init", False),
        ((PHOTOS, DRAFT), "content/init", False),
    ],
)
def test_each_kind_uses_its_own_init(account, begun, tiktok: FakeTikTok, parts, route, uploads):
    publish = prepared(taken_in(account, *parts))

    step = begin(publish)

    row = stored(publish)
    assert tiktok.count(route) == 1
    assert step.outcome == ("started" if uploads else "processing")
    assert row.state is (State.UPLOADING if uploads else State.PROCESSING)
    assert fact_store.publish_id_of(row.tiktok_publish_id or "") == publish.publish_id
    assert (row.processing_since is None) == uploads


@pytest.mark.parametrize(
    ("parts", "ends"), [(PULLED, "refused"), (PHOTOS, "refused"), (BY_URL, "processing"), (FILE, "started")]
)
def test_a_deployment_that_no_longer_serves_media_refuses_pulls_from_it(
    account, begun, tiktok: FakeTikTok, monkeypatch, parts, ends
):
    publish = prepared(taken_in(account, parts, DIRECT))
    monkeypatch.delenv("MEDIA_URL")
    settings.cache_clear()

    step = begin(publish)

    assert step.outcome == ends
    assert ends != "refused" or (step.error.code, tiktok.calls) == ("media_not_served", [])


def test_a_video_draft_sends_only_its_source(account, begun, tiktok: FakeTikTok):
    begin(prepared(taken_in(account, FILE, DRAFT)))

    assert set(asked(tiktok, "inbox/video/init")) == {"source_info"}


def test_a_url_is_pulled_unchanged_and_stored_encrypted(account, begun, tiktok: FakeTikTok):
    publish = prepared(taken_in(account, BY_URL, DIRECT))

    step = begin(publish)

    assert asked(tiktok, "video/init")["source_info"] == {"source": "PULL_FROM_URL", "video_url": URL}
    rows = maker("dynamodb").scan(TableName="publishes_table")["Items"]
    assert "canary-signature" not in f"{rows}{step}{stored(publish)!r}"


def test_photos_send_their_texts_their_cover_and_the_ai_label(account, begun, tiktok: FakeTikTok):
    more = {"title": "Two", "description": "Of them", "hashtags": ["cat"], "cover_index": 1, "is_aigc": True}
    publish = prepared(taken_in(account, PHOTOS, DIRECT, more, allow_comment=True, auto_add_music=True))

    begin(publish)

    body = asked(tiktok, "content/init")
    assert (body["post_mode"], body["is_aigc"]) == ("DIRECT_POST", True)
    assert body["post_info"] == {
        "title": "Two",
        "description": "Of them #cat",
        "privacy_level": "SELF_ONLY",
        "disable_comment": False,
        "auto_add_music": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    }
    assert body["source_info"] == {
        "source": "PULL_FROM_URL",
        "photo_cover_index": 1,
        "photo_images": [f"https://media.example.com/media/{n}.jpg?Signature=canary-signature" for n in (0, 1)],
    }


def test_a_photo_draft_sends_only_texts(account, begun, tiktok: FakeTikTok):
    begin(prepared(taken_in(account, PHOTOS, DRAFT, title="Two", description="Of them", hashtags=["cat"])))

    body = asked(tiktok, "content/init")
    assert body["post_mode"] == "MEDIA_UPLOAD"
    assert body["post_info"] == {"title": "Two", "description": "Of them #cat"}


def test_hashtags_are_part_of_a_videos_title(account, begun, tiktok: FakeTikTok):
    begin(prepared(taken_in(account, FILE, DIRECT, title="Hi #Cat @ana", hashtags=["cat", "dog"])))

    assert asked(tiktok, "video/init")["post_info"]["title"] == "Hi #Cat @ana #dog"


@pytest.mark.parametrize(
    ("scopes", "parts", "missing"),
    [
        ("user.info.basic,video.upload", (FILE, DIRECT), "video.publish"),
        ("user.info.basic,video.publish", (FILE, DRAFT), "video.upload"),
        ("user.info.basic,video.publish", (PHOTOS, DRAFT), "video.upload"),
    ],
)
def test_each_mode_needs_its_own_scope(account, begun, scopes, parts, missing):
    connected(account, scopes)
    body = {"account_id": account.account_id, **parts[0], **parts[1]}

    refused = accept(PublishRequest.model_validate(body), SYSTEM, idempotency_key=None)

    assert isinstance(refused, Problem)
    assert (refused.code, refused.details["scope"]) == ("scope_not_granted", missing)


def test_a_grant_for_drafts_makes_drafts(account, begun, tiktok: FakeTikTok):
    connected(account, "user.info.basic,video.upload")

    step = begin(prepared(taken_in(account, FILE, DRAFT)))

    assert step.outcome == "started"
    assert tiktok.count("creator_info/query") == 0


def test_the_daily_cap_of_direct_posts_does_not_stop_a_draft(account, begun, tiktok: FakeTikTok):
    tiktok.script["creator_info/query"] = [refusal("spam_risk_too_many_posts", 200)]

    assert begin(prepared(taken_in(account, FILE, DRAFT))).outcome == "started"


def test_a_draft_longer_than_its_creator_may_post_is_refused_before_the_upload(account, begun, tiktok: FakeTikTok):
    tiktok.script["creator_info/query"] = [CREATOR | {"max_video_post_duration_sec": 1}]

    step = begin(prepared(taken_in(account, FILE, DRAFT)))

    assert step.error.code == "longer_than_creator_may"
    assert tiktok.count("inbox/video/init") == 0


def test_photos_need_no_duet_and_stitch_settings(account, begun, tiktok: FakeTikTok):
    tiktok.script["creator_info/query"] = [CREATOR | {"duet_disabled": True, "stitch_disabled": True}]

    assert begin(prepared(taken_in(account, PHOTOS, DIRECT))).outcome == "processing"
