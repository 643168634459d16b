"""The prepared pictures of a photo post that waits for days still exist when TikTok pulls them."""

import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Photo, Photos, Publish
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.photos.prepare_photos import prepare_pictures
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from tests.unit.publishing.admission.test_budget_slots import held_clock  # noqa: F401
from tests.unit.publishing.conftest import BUCKET, FakeTikTok, options, stored
from tests.unit.publishing.photos.test_prepare_photos import picture, put, served
from tests.unit.support.memory_aws import maker

DAY_S = 24 * 3600


@pytest.fixture
def publish(account, begun, tiktok, held_clock, monkeypatch) -> Publish:  # noqa: F811
    """Two prepared pictures."""
    monkeypatch.setattr(
        "dropcast.publishing.steps.build_init.media_url", lambda photo: SecretStr(f"https://m/{photo.prepared_key}")
    )
    put("a.jpg", picture())
    put("b.png", picture("PNG"))
    photos = Photos(items=(Photo(bucket=BUCKET, key="a.jpg"), Photo(bucket=BUCKET, key="b.png")))
    made = submit(new_publish(account.account_id, photos, "api", options(), kind="photo", via="pull"))
    assert isinstance(made, Publish)
    assert prepare(made) == StepResult(Outcome.READY)
    return made


def prepare(publish: Publish) -> StepResult:
    return prepare_pictures(publish.publish_id, publish.execution, [])


def keys(publish: Publish) -> list[str]:
    source = stored(publish).source
    assert isinstance(source, Photos)
    return [photo.prepared_key or "" for photo in source.items]


def begin(publish: Publish) -> str:
    return start(publish.publish_id, publish.execution).outcome


def delete(key: str) -> None:
    maker("s3").delete_object(Bucket=BUCKET, Key=key)


def test_pictures_that_were_just_prepared_are_not_checked_again(publish, tiktok: FakeTikTok):
    assert begin(publish) == "processing"


@pytest.mark.parametrize("days", [2, 8, 30])
def test_start_checks_old_pictures_before_it_calls_tiktok(publish, tiktok: FakeTikTok, held_clock, days):  # noqa: F811
    held_clock.at += days * DAY_S

    outcomes = [begin(publish)]
    asked_before = list(tiktok.calls)
    outcomes += [prepare(publish).outcome, begin(publish)]

    assert outcomes == ["pictures", "ready", "processing"]
    assert asked_before == []
    named = tiktok.calls[-1][1]["source_info"]["photo_images"]
    assert named == [f"https://m/{key}" for key in keys(publish)]


def test_a_picture_that_s3_deleted_is_prepared_again(publish, tiktok: FakeTikTok, held_clock):  # noqa: F811
    first, second = keys(publish)
    before = served(second)
    delete(second)
    held_clock.at += 8 * DAY_S

    assert prepare(publish) == StepResult(Outcome.READY)

    assert keys(publish) == [first, second]
    assert served(second) == before


def test_a_picture_near_its_expiry_is_stored_again_without_its_source(publish, held_clock):  # noqa: F811
    first, second = keys(publish)
    before = [(served(key), version(key)) for key in (first, second)]
    delete("a.jpg")
    delete("b.png")
    held_clock.at += 6 * DAY_S

    assert prepare(publish) == StepResult(Outcome.READY)

    for key, (content, old) in zip((first, second), before, strict=True):
        assert served(key) == content
        assert version(key) != old


def test_a_young_picture_is_not_changed(publish, held_clock):  # noqa: F811
    before = [version(key) for key in keys(publish)]
    held_clock.at += 3 * DAY_S

    assert prepare(publish) == StepResult(Outcome.READY)

    assert [version(key) for key in keys(publish)] == before
    assert begin(publish) == "processing"


def test_a_missing_picture_without_its_source_ends_the_publish_before_tiktok_is_called(
    publish,
    tiktok: FakeTikTok,
    held_clock,  # noqa: F811
):
    for key in (*keys(publish), "b.png"):
        maker("s3").delete_object(Bucket=BUCKET, Key=key)
    source = stored(publish).source
    assert isinstance(source, Photos)
    maker("s3").delete_object(Bucket=BUCKET, Key="b.png", VersionId=source.items[1].version_id)
    held_clock.at += 8 * DAY_S

    step = prepare(publish)

    assert (step.outcome, step.error.code) == ("refused", "pictures_refused")
    assert [bad["index"] for bad in step.error.details["pictures"]] == [1]


def test_a_check_overtaken_by_another_caller_does_not_count(publish, held_clock):  # noqa: F811
    held_clock.at += 2 * DAY_S
    publish_store.supersede(stored(publish), due=clock.now(), code="restarted")

    assert prepare(publish) == StepResult(Outcome.SETTLED)


def version(key: str) -> str:
    return maker("s3").head_object(Bucket=BUCKET, Key=key)["VersionId"]
