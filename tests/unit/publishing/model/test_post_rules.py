"""The rules of a request, by its kind. Each complaint names its field and has a text."""

from typing import Any

import pytest
from pydantic import ValidationError

from dropcast.publishing.intake.drops.drop_options import DropDefaults, DropOptions, merge_options
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.post_rules import PostTexts, post_texts
from dropcast.publishing.model.request import PublishRequest, option_errors

VIDEO = {"source": {"type": "s3", "bucket": "bucket", "key": "a.mp4"}}
URL = {"source": {"type": "url", "url": "https://example.com/a.mp4"}}
PHOTOS = {"kind": "photo", "source": {"type": "photos", "items": [{"bucket": "bucket", "key": "1.jpg"}] * 3}}
DIRECT = {"privacy_level": "SELF_ONLY"}
DRAFT = {"mode": "draft"}


def request(*parts: dict[str, Any]) -> PublishRequest:
    body: dict[str, Any] = {"account_id": "acc_1"}
    for part in parts:
        body |= part
    return PublishRequest.model_validate(body)


def complaints(*parts: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(ValidationError) as raised:
        request(*parts)
    return {one["field"]: one["reason"] for one in option_errors(raised.value)}


@pytest.mark.parametrize(
    ("parts", "way"),
    [
        ((VIDEO, DIRECT), "upload"),
        ((VIDEO, DIRECT, {"via": "upload"}), "upload"),
        ((VIDEO, DIRECT, {"via": "pull"}), "pull"),
        ((URL, DIRECT), "pull"),
        ((PHOTOS, DIRECT), "pull"),
        ((PHOTOS, DRAFT, {"via": "pull"}), "pull"),
    ],
)
def test_videos_in_s3_are_uploaded_unless_a_pull_was_requested_and_other_media_are_pulled(parts, way):
    assert request(*parts).way() == way


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ((VIDEO, DRAFT, {"title": "x"}), "title"),
        ((VIDEO, DRAFT, {"hashtags": ["x"]}), "hashtags"),
        ((VIDEO, DRAFT, {"privacy_level": "SELF_ONLY"}), "privacy_level"),
        ((VIDEO, DRAFT, {"on_too_long": "clamp"}), "on_too_long"),
        ((VIDEO, DRAFT, {"is_aigc": True}), "is_aigc"),
        ((VIDEO, DIRECT, {"description": "x"}), "description"),
        ((VIDEO, DIRECT, {"cover_index": 1}), "cover_index"),
        ((VIDEO, DIRECT, {"auto_add_music": True}), "auto_add_music"),
        ((PHOTOS, DIRECT, {"allow_duet": True}), "allow_duet"),
        ((PHOTOS, DIRECT, {"allow_stitch": True}), "allow_stitch"),
        ((PHOTOS, DIRECT, {"cover_timestamp_ms": 0}), "cover_timestamp_ms"),
        ((PHOTOS, DRAFT, {"allow_comment": True}), "allow_comment"),
        ((PHOTOS, DRAFT, {"brand_organic": True}), "brand_organic"),
        ((PHOTOS, DRAFT, {"auto_add_music": True}), "auto_add_music"),
        ((PHOTOS, DRAFT, DIRECT), "privacy_level"),
    ],
)
def test_an_option_that_the_kind_would_ignore_is_refused(parts, field):
    found = complaints(*parts)

    assert set(found) == {field}
    assert found[field].startswith("it does not apply to ")


def test_an_option_with_its_default_is_accepted():
    asked = request(VIDEO, DRAFT, {"title": "", "hashtags": [], "allow_duet": False, "privacy_level": None})

    assert asked.options() == PublishOptions()


@pytest.mark.parametrize(
    ("parts", "field", "words"),
    [
        ((VIDEO,), "privacy_level", "it has no default"),
        ((PHOTOS,), "privacy_level", "it has no default"),
        ((VIDEO, DIRECT, {"brand_content": True}), "privacy_level", "cannot be set to private"),
        ((PHOTOS, DIRECT, {"brand_content": True}), "privacy_level", "cannot be set to private"),
        ((VIDEO, DIRECT, {"title": "😀" * 1101}), "title", "2202 UTF-16 units"),
        ((VIDEO, DIRECT, {"title": "x" * 2196, "hashtags": ["cat"]}), "title", "2201 UTF-16 units"),
        ((PHOTOS, DIRECT, {"title": "x" * 91}), "title", "TikTok takes 90"),
        ((PHOTOS, DRAFT, {"description": "x" * 3998, "hashtags": ["a"]}), "description", "TikTok takes 4000"),
        (
            (VIDEO, DIRECT, {"hashtags": ["x" * 190 + str(n) for n in range(12)], "on_too_long": "clamp"}),
            "title",
            "2200",
        ),
        ((PHOTOS, DIRECT, {"cover_index": 3}), "cover_index", "no photo with this number"),
        ((URL, DIRECT, {"via": "upload"}), "via", "only by pull"),
        ((PHOTOS, DIRECT, {"via": "upload"}), "via", "only by pull"),
        ((PHOTOS, DIRECT, {"kind": "video"}), "source", "type s3 or url"),
        ((VIDEO, DIRECT, {"kind": "photo"}), "source", "type photos"),
        ((VIDEO, DIRECT, {"hashtags": ["two words"]}), "hashtags.0", "one word"),
        ((VIDEO, DIRECT, {"hashtags": ["a#b"]}), "hashtags.0", "one word"),
        ((VIDEO, DIRECT, {"publish_at": 1800000000}), "publish_at", "2026-12-24T18:00:00+01:00"),
        ((VIDEO, DIRECT, {"publish_at": "2030-01-01T00:00:00"}), "publish_at", "timezone"),
        ((VIDEO, DIRECT, {"consent": {"by": "ana", "text": "yes"}}), "consent.at", "required"),
    ],
)
def test_a_mistake_is_reported_at_its_field(parts, field, words):
    assert words in complaints(*parts)[field]


def test_every_mistake_is_reported_at_once():
    found = complaints(PHOTOS, {"allow_duet": True, "title": "x" * 91, "cover_index": 5})

    assert set(found) == {"allow_duet", "title", "cover_index", "privacy_level"}


def test_no_complaint_quotes_the_caption():
    found = complaints(VIDEO, DIRECT, {"title": "canary" * 400})

    assert "canary" not in str(found)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/a.mp4",
        "example.com/a.mp4",
        "https:///a.mp4",
        "https://user:pass@example.com/a.mp4",
        "https://example.com/a.mp4#t=1",
        "https://example.com/a b.mp4",
        "https://exämple.com/a.mp4",
        "https://example.com:port/a.mp4",
        "https://[/a.mp4",
        "https://example.com/" + "x" * 2048,
    ],
)
def test_a_url_that_tiktok_cannot_pull_is_refused(url):
    assert "source.url" in complaints({"source": {"type": "url", "url": url}}, DIRECT)


@pytest.mark.parametrize("count", [0, 36])
def test_a_photo_post_has_1_to_35_photos(count):
    source = {"type": "photos", "items": [{"bucket": "bucket", "key": "1.jpg"}] * count}

    assert "source.items" in complaints(PHOTOS, DIRECT, {"source": source})


def test_clamped_texts_fit_and_keep_their_hashtags():
    asked = request(
        PHOTOS, DIRECT, {"title": "é😀" * 40, "description": "x" * 5000, "hashtags": ["cat"], "on_too_long": "clamp"}
    )

    assert post_texts("photo", asked.options()) == PostTexts("é😀" * 30, "x" * 3995 + " #cat")


def test_a_title_that_fits_is_not_changed():
    asked = request(VIDEO, DIRECT, {"title": " Hi @ana \n#Cat ", "hashtags": ["#cat", "dog", "Dog"]})

    assert post_texts("video", asked.options()) == PostTexts(" Hi @ana \n#Cat #dog")


def test_a_draft_drop_ignores_direct_defaults_and_a_direct_drop_uses_them():
    defaults = DropDefaults.model_validate({"privacy_level": "SELF_ONLY", "title": "t", "via": "pull"}).chosen()

    direct = DropOptions.model_validate(merge_options("video", defaults, {"allow_comment": True}))
    draft = DropOptions.model_validate(merge_options("video", defaults, {"mode": "draft"}))

    assert (direct.privacy_level, direct.title, direct.way()) == ("SELF_ONLY", "t", "pull")
    assert (draft.privacy_level, draft.title, draft.way(), draft.mode) == (None, "", "pull", "draft")


def test_an_explicit_option_that_a_draft_would_ignore_is_refused():
    with pytest.raises(ValidationError, match="it does not apply to a draft of a video"):
        DropOptions.model_validate(merge_options("video", {}, {"mode": "draft", "title": "t"}))


@pytest.mark.parametrize(
    "defaults",
    [
        {"description": "x" * 4001},
        {"cover_index": 1},
        {"brand_content": True, "privacy_level": "SELF_ONLY"},
        {"title": "x" * 2201},
        {"publish_at": "2030-01-01T00:00:00Z"},
        {"consent": {"by": "a", "at": "2030-01-01T00:00:00Z", "text": "t"}},
    ],
)
def test_defaults_that_no_drop_could_use_are_refused(defaults):
    with pytest.raises(ValidationError):
        DropDefaults.model_validate(defaults)
