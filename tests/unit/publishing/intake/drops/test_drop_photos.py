"""Photo drops: pictures in NAME.photos/, then NAME.photos.json, which becomes the publish."""

import pytest

from dropcast import clock
from dropcast.accounts.account_store import set_drop_defaults
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Photos
from dropcast.publishing.model.states import State
from dropcast.settings import settings
from functions.storage.drop.handler import handler
from tests.unit.publishing.conftest import BUCKET, outbox, stored
from tests.unit.publishing.intake.drops.photo_drops import SELF, code, posted, put_pictures, take_photos
from tests.unit.publishing.intake.drops.test_drops import put
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

EVERYTHING = {
    "title": "Trip",
    "description": "Three days",
    "hashtags": ["sea"],
    "on_too_long": "clamp",
    "privacy_level": "PUBLIC_TO_EVERYONE",
    "allow_comment": True,
    "brand_content": True,
    "brand_organic": True,
    "is_aigc": True,
    "auto_add_music": True,
    "cover_index": 1,
}


@pytest.fixture
def asked(cloud) -> list[str]:
    """Every call to S3 from now on."""
    calls = list[str]()
    clients.client("s3").meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
    return calls


def test_the_sidecar_becomes_a_publish_of_the_current_pictures(account, begun):
    put_pictures(account, "a.jpg", "b.png")

    publish = take_photos(account, EVERYTHING)
    put_pictures(account, "a.jpg", "b.png", body=b"newer")

    assert (begun, publish.user_id) == ([publish.publish_id], "user-1")
    assert (publish.state, publish.origin, publish.kind, publish.mode, publish.via) == (
        State.QUEUED,
        "drop",
        "photo",
        "direct",
        "pull",
    )
    assert publish.options == PublishOptions.model_validate(EVERYTHING)
    assert isinstance(publish.source, Photos)
    first = publish.source.items[0]
    then = maker("s3").head_object(Bucket=BUCKET, Key=first.key, VersionId=first.version_id)
    assert (first.etag, first.size) == (then["ETag"], len("a.jpg"))
    assert [item.version_id is None for item in publish.source.items] == [False, False]


def test_items_choose_the_pictures_and_their_order(account, begun):
    put_pictures(account, "a.jpg", "b.jpg", "c.jpg", "notes.txt")

    assert posted(take_photos(account, SELF | {"items": ["c.jpg", "a.jpg"], "cover_index": 1})) == ["c.jpg", "a.jpg"]


def test_draft_time_consent_and_capital_letters_are_accepted(account, begun, monkeypatch):
    monkeypatch.setattr("dropcast.publishing.execution.launch.scheduler.create_entry", lambda *_: None)
    put_pictures(account, "A.JPG", folder="TRIP.PHOTOS")
    consent = {"by": "ana", "at": "2026-11-20T10:00:00Z", "text": "I agree"}
    at = clock.now() + 7 * 24 * 3600

    said = {"mode": "draft", "publish_at": clock.iso(at), "consent": consent, "via": "pull"}
    publish = take_photos(account, said, "TRIP.PHOTOS.JSON")

    assert (publish.state, publish.mode, publish.publish_at) == (State.HELD, "draft", at)
    assert publish.consent is not None
    assert (publish.consent.by, posted(publish)) == ("ana", ["A.JPG"])


def test_defaults_apply_if_they_fit_photos(account, begun):
    video = {"title": "a caption for videos " * 20, "allow_duet": True, "via": "upload", "cover_timestamp_ms": 5}
    photos = {"privacy_level": "SELF_ONLY", "allow_comment": True, "auto_add_music": True, "description": "ours"}
    set_drop_defaults(account.account_id, video | photos)
    put_pictures(account, "a.jpg")

    publish = take_photos(account, {"allow_comment": False})

    assert publish.options == PublishOptions(privacy_level="SELF_ONLY", auto_add_music=True, description="ours")


def test_a_default_title_that_fits_or_may_be_cut_is_used(account, begun):
    put_pictures(account, "a.jpg")
    set_drop_defaults(account.account_id, SELF | {"title": "short"})
    short = take_photos(account, {})
    set_drop_defaults(account.account_id, SELF | {"title": "x" * 100})
    cut = take_photos(account, {"on_too_long": "clamp"})

    assert [publish.options and len(publish.options.title) for publish in (short, cut)] == [5, 100]


def test_metadata_of_the_sidecar_adds_options_that_its_text_lacks(account, begun):
    put_pictures(account, "a.jpg")

    publish = take_photos(account, {"title": "text"}, metadata={"privacy-level": "SELF_ONLY", "title": "meta"})

    assert publish.options == PublishOptions(privacy_level="SELF_ONLY", title="text")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ({}, "privacy_required"),
        (b"{not json", "drop_sidecar_invalid"),
        (b"[]", "drop_sidecar_invalid"),
        (b" " * 70_000, "drop_sidecar_invalid"),
        ('{"privacy_level": "SELF_ONLY"}'.encode("utf-16"), "drop_sidecar_invalid"),
        (SELF | {"allow_duet": True}, "drop_options_invalid"),
        (SELF | {"via": "upload"}, "drop_options_invalid"),
        (SELF | {"title": "x" * 91}, "drop_options_invalid"),
        (SELF | {"cover_index": 1}, "drop_options_invalid"),
        (SELF | {"cover_index": 1, "items": ["a.jpg"]}, "drop_options_invalid"),
        (SELF | {"items": []}, "drop_options_invalid"),
        (SELF | {"items": ["a.jpg"] * 36}, "drop_options_invalid"),
        (SELF | {"items": "a.jpg"}, "drop_options_invalid"),
        (SELF | {"items": [{"bucket": "other", "key": "a.jpg"}]}, "drop_options_invalid"),
        (SELF | {"publish_at": "2020-01-01T00:00:00Z"}, "publish_at_past"),
        (SELF | {"publish_at": "9999-12-31T23:59:59-23:59"}, "publish_at_too_far"),
    ],
)
def test_an_invalid_sidecar_is_a_failed_publish_with_the_reason(account, begun, text, expected):
    put_pictures(account, "a.jpg")

    publish = take_photos(account, text)

    assert (publish.state, publish.kind, code(publish), begun) == (State.FAILED, "photo", expected, [])
    assert publish.user_id == "user-1"
    assert outbox()[-1] == "publish.failed"


@pytest.mark.parametrize(
    "name", ["sub/a.jpg", "../other.photos/a.jpg", "/a.jpg", "trip.photos/a.jpg", "s3://bucket/a.jpg", "", ".", ".."]
)
def test_an_item_can_only_name_a_file_in_the_folder(account, begun, name):
    put_pictures(account, "a.jpg", "sub/a.jpg")
    put_pictures(account, "a.jpg", folder="other.photos")

    publish = take_photos(account, SELF | {"items": [name]})

    assert publish.error is not None
    assert publish.error.code == "drop_options_invalid"
    assert "items.0: " in publish.error.message


def test_an_unknown_account_and_a_deployment_without_a_media_address_are_reported(account, begun, monkeypatch):
    key = "drop/acc_none/trip.photos.json"
    unknown = accept_drop(BUCKET, key, put(key, b"{}"))
    monkeypatch.setenv("MEDIA_URL", "")
    settings.cache_clear()
    put_pictures(account, "a.jpg")

    assert unknown is not None
    assert [code(unknown), code(take_photos(account))] == ["account_not_found", "media_not_served"]


@pytest.mark.parametrize("name", ["a.jpg", "A.HEIC", "sub/a.png", ".DS_Store", "._a.jpg", "Thumbs.db", "@eaDir/x", ""])
def test_files_in_a_photo_folder_make_no_row_and_cost_nothing(account, begun, asked, name):
    key = f"drop/{account.account_id}/trip.photos/{name}"

    assert accept_drop(BUCKET, key, put(key)) is None
    assert (asked, outbox()) == ([], ["account.connected"])


@pytest.mark.parametrize(
    "name", ["trip.photos/notes.txt", "trip.photos/a.mp4", "a.photos/b.photos/c.mov", "trip.photos"]
)
def test_a_file_that_is_no_picture_gets_a_failed_row(account, begun, name):
    key = f"drop/{account.account_id}/{name}"

    publish = accept_drop(BUCKET, key, put(key))

    assert publish is not None
    assert (publish.account_id, code(publish)) == (account.account_id, "drop_key_invalid")


@pytest.mark.parametrize("name", ["trip.photos.mp4", "TRIP.PHOTOS.MP4", "trip.Photos.mov", "trip.photos.WEBM"])
def test_the_suffix_of_photos_is_reserved(account, begun, name):
    put(f"drop/{account.account_id}/{name.rsplit('.', 1)[0]}.json", b'{"privacy_level": "SELF_ONLY"}')
    key = f"drop/{account.account_id}/{name}"

    publish = accept_drop(BUCKET, key, put(key))

    assert publish is not None
    assert (code(publish), begun) == ("drop_key_invalid", [])


def test_an_account_named_like_a_photo_folder_is_still_an_account(cloud, begun):
    publish = accept_drop(BUCKET, "drop/x.photos/a.mp4", put("drop/x.photos/a.mp4"))

    assert publish is not None
    assert code(publish) == "account_not_found"


def test_the_event_of_a_sidecar_is_accepted_and_a_failed_one_can_be_retried(account, begun):
    put_pictures(account, "a.jpg")
    put(f"drop/{account.account_id}/trip.photos.json", b'{"privacy_level": "SELF_ONLY"}')
    key = f"drop/{account.account_id}/trip.photos.json"
    head = maker("s3").head_object(Bucket=BUCKET, Key=key)
    event = {"key": key, "version-id": head["VersionId"], "etag": head["ETag"].strip('"'), "size": 30}

    handler({"detail": {"bucket": {"name": BUCKET}, "object": event}}, context())
    duplicate = take_photos(account)
    again = retry(duplicate.publish_id, SYSTEM)

    assert code(duplicate) == "duplicate_drop"
    assert posted(stored(again)) == ["a.jpg"]  # pyright: ignore[reportArgumentType]
    assert len(begun) == 2


@pytest.mark.parametrize("items", [True, False])
def test_a_drop_of_35_pictures_costs_38_requests_to_s3(account, begun, asked, items):
    names = [f"{number}.jpg" for number in range(35)]
    put_pictures(account, *names)
    key = f"drop/{account.account_id}/trip.photos.json"
    version = put(key, b'{"privacy_level": "SELF_ONLY"}')

    publish = accept_drop(BUCKET, key, version)

    assert publish is not None
    assert posted(publish) == names
    assert asked == ["HeadObject", "GetObject", "ListObjectsV2"] + ["HeadObject"] * 35
