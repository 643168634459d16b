"""The view of a publish: the source of its media, its options, its video, and its posts."""

import json
from typing import Any

import pytest

from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Photo, Photos, PulledUrl, Source
from dropcast.publishing.model.views import api_view, event_view
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.publish_rows import from_row, to_row
from functions.http.api.publish_views import OptionsView, publish_view
from tests.unit.publishing.conftest import CREATOR, FakeTikTok, refusal, stored
from tests.unit.publishing.steps.test_photos_and_pulls import (
    BY_URL,
    DIRECT,
    DRAFT,
    FILE,
    PHOTOS,
    PULLED,
    prepared,
    taken_in,
)


@pytest.mark.parametrize(
    ("asked", "source"),
    [
        (FILE, {"type": "s3", "bucket": "videos-of-ours", "key": "a.mp4", "host": None}),
        (PULLED, {"type": "s3", "bucket": "videos-of-ours", "key": "a.mp4", "host": None}),
        (BY_URL, {"type": "url", "bucket": None, "key": None, "host": "media.example.com"}),
        (PHOTOS, {"type": "photos", "bucket": None, "key": None, "host": None}),
    ],
)
def test_the_source_is_shown_and_only_the_host_of_a_url(account, begun, asked, source):
    publish = stored(taken_in(account, asked, DIRECT))

    view = api_view(publish)

    assert view["source"] == source
    assert "canary" not in json.dumps(view)


def test_the_video_is_shown_after_its_inspection(account, begun):
    publish = taken_in(account, FILE, DIRECT)
    before = event_view(stored(publish))["video"]

    after = event_view(prepared(publish))["video"]

    assert before is None
    assert after == {
        "duration_ms": 2000,
        "container": "mp4",
        "codec": "h264",
        "width": 360,
        "height": 640,
        "frame_rate_milli": 30000,
        "has_audio": True,
    }


def test_options_are_shown_as_requested_and_no_event_contains_the_caption(account, begun):
    publish = taken_in(account, FILE, DIRECT, title="secret plans", hashtags=["demo"], allow_comment=True)

    options = api_view(stored(publish))["options"]

    assert options == PublishOptions(
        title="secret plans", hashtags=["demo"], allow_comment=True, privacy_level="SELF_ONLY"
    ).model_dump(mode="json")
    assert "secret plans" not in json.dumps(event_view(stored(publish)))


def test_the_consent_is_shown_and_no_event_contains_it(account, begun):
    consent = {"by": "ana@example.com", "at": "2026-11-20T10:00:00+01:00", "text": "I agree to secret terms"}
    publish = stored(taken_in(account, FILE, DIRECT, consent=consent))

    shown = publish_view(publish).consent

    assert shown is not None
    assert shown.model_dump(exclude_none=True) == consent
    assert "secret terms" not in json.dumps(event_view(publish))


def test_a_publish_without_consent_shows_none(account, begun):
    publish = stored(taken_in(account, FILE, DIRECT))

    assert publish_view(publish).consent is None


def test_every_option_is_in_the_view():
    assert list(OptionsView.model_fields) == list(PublishOptions.model_fields)


def test_a_drop_with_unreadable_options_has_none():
    assert api_view(new_publish("acc_1", Source(bucket="b", key="k"), "drop", None))["options"] is None


def test_a_posts_address_has_the_creators_name_at_the_init(account, begun, tiktok: FakeTikTok):
    publish = prepared(taken_in(account, FILE, DIRECT))
    tiktok.script["creator_info/query"] = [CREATOR | {"creator_username": "ana.today"}]

    start(publish.publish_id, publish.publish_id)

    named = publish_store.attach_post_ids(stored(publish), ["7123", "7124"])
    assert named is not None
    assert api_view(named)["post_urls"] == [
        "https://www.tiktok.com/@ana.today/video/7123",
        "https://www.tiktok.com/@ana.today/video/7124",
    ]


def test_a_draft_without_a_name_from_tiktok_has_no_address_yet(account, begun, tiktok: FakeTikTok):
    publish = prepared(taken_in(account, FILE, DRAFT))
    tiktok.script["creator_info/query"] = [refusal("spam_risk_too_many_posts")]

    start(publish.publish_id, publish.publish_id)

    named = publish_store.attach_post_ids(stored(publish), ["7123"])
    assert named is not None
    assert api_view(named)["post_urls"] == []


@pytest.mark.parametrize(
    ("kind", "username", "post_id", "urls"),
    [
        ("video", "ana", "7123", ["https://www.tiktok.com/@ana/video/7123"]),
        ("photo", "ana_1.b", "7123", ["https://www.tiktok.com/@ana_1.b/photo/7123"]),
        ("video", "ana", "7/../x", []),
        ("video", "an/a", "7123", []),
        ("video", "a" * 65, "7123", []),
        ("video", None, "7123", []),
    ],
)
def test_an_address_is_made_only_from_a_plain_name_and_a_number(kind, username, post_id, urls):
    source = Photos(items=(Photo(bucket="b", key="1.jpg"),)) if kind == "photo" else Source(bucket="b", key="a.mp4")
    publish = new_publish("acc_1", source, "api", PublishOptions(), kind=kind, username=username, post_ids=[post_id])

    assert event_view(publish)["post_urls"] == urls


def test_a_row_of_an_older_release_is_still_shown():
    publish = new_publish("acc_1", PulledUrl(), "api", PublishOptions())
    row: dict[str, Any] = to_row(publish)
    row["source"] = {"type": "url"}

    view = api_view(from_row(row))

    assert (view["source"]["host"], view["video"], view["post_urls"]) == (None, None, [])


def test_the_user_of_a_publish_is_shown(account, begun):
    assert event_view(stored(taken_in(account, FILE, DIRECT)))["user_id"] == "user-1"
