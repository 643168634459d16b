"""Dropcast posts only the objects that existed when it accepted the publish.

Otherwise the publish fails as `source_changed`.

In a bucket without versions, only the ETag distinguishes two objects with the same key.
"""

import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dropcast import clock
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Photos, Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.photos.prepare_photos import prepare_pictures
from dropcast.publishing.sources import s3_object
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.transfer import transfer
from dropcast.settings import settings
from functions.storage.drop.handler import handler
from tests.unit.publishing.conftest import BUCKET, FakeTikTok, stored
from tests.unit.publishing.photos.test_prepare_photos import picture
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import REGION, maker

OTHER = "studio-masters"
VIDEO = (Path(__file__).parents[3] / "media" / "sample.mp4").read_bytes()
ANOTHER = VIDEO + b"\0\0\0\x08free"
WEEK = 7 * 86400


@pytest.fixture
def plain(account, begun, monkeypatch) -> Any:
    """An account, and a granted bucket without versions."""
    monkeypatch.setenv("SOURCE_BUCKETS", f"arn:aws:s3:::{OTHER}")
    settings.cache_clear()
    maker("s3").create_bucket(Bucket=OTHER, CreateBucketConfiguration={"LocationConstraint": REGION})
    monkeypatch.setattr("dropcast.publishing.execution.launch.scheduler.create_entry", lambda *_: None)
    monkeypatch.setattr("dropcast.publishing.execution.launch.scheduler.delete_entry", lambda *_: None)
    monkeypatch.setattr("dropcast.publishing.execution.launch.state_machine.stop", lambda *_: None)
    put("v.mp4", VIDEO)
    return account


def put(key: str, body: bytes, bucket: str = OTHER) -> None:
    maker("s3").put_object(Bucket=bucket, Key=key, Body=body)


def ask(account, **more: Any) -> Publish | Problem:
    source = {"type": "s3", "bucket": OTHER, "key": "v.mp4"}
    body = {"account_id": account.account_id, "privacy_level": "SELF_ONLY", "source": source} | more
    return accept(PublishRequest.model_validate(body), SYSTEM, idempotency_key=None)


def accepted(account, **more: Any) -> Publish:
    publish = ask(account, **more)
    assert isinstance(publish, Publish), publish
    return publish


def photos(*keys: str, bucket: str = OTHER) -> dict[str, Any]:
    return {"kind": "photo", "source": {"type": "photos", "items": [{"bucket": bucket, "key": key} for key in keys]}}


def in_a_week() -> str:
    return datetime.fromtimestamp(clock.now() + WEEK, UTC).isoformat()


def a_week_passes(monkeypatch) -> None:
    later = clock.now() + WEEK + 1
    monkeypatch.setattr(clock, "now", lambda: later)


def prepared(publish: Publish) -> StepResult:
    row = stored(publish)
    step = prepare(row.publish_id, row.execution)
    if step.outcome == "pictures":
        return prepare_pictures(row.publish_id, row.execution, [])
    return step


def codes(step: StepResult) -> set[str]:
    """The code of the refusal, or of each refused picture."""
    assert step.outcome == "refused"
    pictures = step.error.details.get("pictures", [])
    return {one["code"] for one in pictures} or {step.error.code}


def gone(key: str) -> None:
    maker("s3").delete_object(Bucket=OTHER, Key=key)


def replaced(key: str) -> None:
    put(key, ANOTHER if key.endswith(".mp4") else picture(side=60))


@pytest.fixture(params=[replaced, gone])
def harm(request) -> Any:
    return request.param


@pytest.mark.parametrize("what", [{}, photos("a.jpg", "b.jpg")])
def test_a_scheduled_publish_posts_the_accepted_object_or_fails(plain, monkeypatch, harm, what):
    put("a.jpg", picture(side=40))
    put("b.jpg", picture(side=41))
    publish = accepted(plain, publish_at=in_a_week(), **what)
    harm("b.jpg" if what else "v.mp4")
    a_week_passes(monkeypatch)

    assert codes(prepared(publish)) == {"source_changed"}


@pytest.mark.parametrize("what", [{}, photos("a.jpg")])
def test_a_just_accepted_publish_posts_the_accepted_object_or_fails(plain, harm, what):
    put("a.jpg", picture(side=40))
    publish = accepted(plain, **what)
    harm("a.jpg" if what else "v.mp4")

    assert codes(prepared(publish)) == {"source_changed"}


def test_a_prepared_and_restarted_publish_posts_the_accepted_object_or_fails(plain, harm):
    publish = accepted(plain)
    assert prepared(publish) == StepResult(Outcome.READY)
    harm("v.mp4")
    restart(publish.publish_id, SYSTEM)

    assert codes(prepared(publish)) == {"source_changed"}


@pytest.mark.parametrize("publish_at", [None, 2 * WEEK])
def test_an_edited_publish_posts_the_accepted_object_or_fails(plain, monkeypatch, harm, publish_at):
    publish = accepted(plain, publish_at=in_a_week())
    harm("v.mp4")
    at = None if publish_at is None else clock.iso(clock.now() + publish_at)

    edited = edit(publish.publish_id, SYSTEM, PublishEdit.model_validate({"publish_at": at, "title": "other"}))

    if publish_at is None:
        assert codes(prepared(publish)) == {"source_changed"}
    else:
        assert getattr(edited, "code", None) == "source_changed"


@pytest.mark.parametrize("what", [{}, photos("a.jpg")])
def test_a_retried_publish_posts_the_accepted_object_or_fails(plain, harm, what):
    put("a.jpg", picture(side=40))
    publish = accepted(plain, **what)
    settle(publish.publish_id, StepResult(Outcome.REFUSED, error=problem("init_lost")))
    harm("a.jpg" if what else "v.mp4")

    again = retry(publish.publish_id, SYSTEM)

    assert isinstance(again, Publish)
    assert codes(prepared(again)) == {"source_changed"}


def test_a_retry_prepares_its_pictures_again_from_the_same_objects(plain):
    put("a.jpg", picture(side=40))
    publish = accepted(plain, **photos("a.jpg"))
    prepared(publish)
    settle(publish.publish_id, StepResult(Outcome.REFUSED, error=problem("init_lost")))

    again = retry(publish.publish_id, SYSTEM)

    assert isinstance(again, Publish)
    assert isinstance(again.source, Photos)
    (old,) = stored(publish).source.items
    (new,) = again.source.items
    assert (new.etag, new.size, new.prepared_key) == (old.etag, old.size, None)
    assert old.prepared_key is not None


def test_an_upload_in_progress_sends_the_accepted_object_or_fails(plain, tiktok: FakeTikTok, harm):
    publish = accepted(plain)
    prepared(publish)
    start(publish.publish_id, publish.publish_id)
    harm("v.mp4")

    assert codes(transfer(publish.publish_id, publish.publish_id)) == {"source_changed"}


def test_in_a_bucket_with_versions_the_accepted_version_is_posted(account, begun):
    put("v.mp4", VIDEO, BUCKET)
    publish = accepted(account, source={"type": "s3", "bucket": BUCKET, "key": "v.mp4"})
    put("v.mp4", b"no video", BUCKET)

    assert prepared(publish) == StepResult(Outcome.READY)
    assert stored(publish).video.size == len(VIDEO)


@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("what", [{"source": {"type": "s3", "bucket": OTHER, "key": "none.mp4"}}, photos("none.jpg")])
def test_a_missing_object_is_refused_at_once(plain, what, later):
    asked = ask(plain, **what, **({"publish_at": in_a_week()} if later else {}))

    assert isinstance(asked, Problem)
    assert (asked.code, asked.details["bucket"]) == ("source_missing", OTHER)


def test_each_object_is_looked_up_once_until_its_last_byte(plain, tiktok: FakeTikTok):
    made: list[str] = []
    clients.client("s3").meta.events.register("before-call", lambda model, **_: made.append(model.name))
    publish = accepted(plain)

    prepared(publish)

    assert made.count("HeadObject") == 1


def test_the_requests_for_photos_run_concurrently(plain, monkeypatch):
    for number in range(35):
        put(f"{number}.jpg", b"x")
    together, real = threading.Barrier(5), s3_object.pin

    def pinned(source: Any) -> Any:
        together.wait(10)
        return real(source)

    monkeypatch.setattr(s3_object, "pin", pinned)

    publish = accepted(plain, **photos(*[f"{number}.jpg" for number in range(35)]))

    assert isinstance(publish.source, Photos)
    assert [item.key for item in publish.source.items] == [f"{number}.jpg" for number in range(35)]
    assert all(item.etag and item.size == 1 for item in publish.source.items)


def dropped(account, body: bytes = VIDEO) -> tuple[str, dict[str, Any]]:
    """A drop's key, and S3's event about it."""
    key = f"drop/{account.account_id}/v.mp4"
    answer = maker("s3").put_object(Bucket=BUCKET, Key=key, Body=body, Metadata={"privacy-level": "SELF_ONLY"})
    named = {"key": key, "version-id": answer["VersionId"], "etag": answer["ETag"].strip('"'), "size": len(body)}
    return key, {"detail": {"bucket": {"name": BUCKET}, "object": named}}


def test_a_drop_is_pinned_to_the_object_of_its_event(account, begun):
    _, event = dropped(account)

    handler(event, context())

    publish = publish_store.get(begun[0])
    assert publish is not None
    named = event["detail"]["object"]
    assert publish.video.version_id == named["version-id"]
    assert (publish.video.etag, publish.video.size) == (f'"{named["etag"]}"', named["size"])


def test_a_drop_whose_object_is_not_the_one_of_its_event_is_refused(account, begun):
    """In a bucket without versions, another object may be stored before the event is handled."""
    key, event = dropped(account)
    dropped(account, ANOTHER)

    publish = accept_drop(BUCKET, key, None, event["detail"]["object"]["etag"], len(VIDEO))

    assert publish is not None
    assert publish.error is not None
    assert publish.error.code == "source_changed"
    assert begun == []
