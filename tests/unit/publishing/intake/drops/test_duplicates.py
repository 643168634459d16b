"""A drop is posted once. Its object's version prevents a second post for ever, its content for a day."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dropcast import clock
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.intake.drops import drops
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.sources import s3_object
from dropcast.publishing.sources.s3_object import ObjectFacts
from functions.storage.drop.handler import handler
from tests.unit.publishing.conftest import BUCKET, stored
from tests.unit.publishing.intake.drops.test_drops import put
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

OPTIONS = {"privacy-level": "SELF_ONLY"}
DAY = 24 * 3600


@pytest.fixture
def key(account) -> str:
    return f"drop/{account.account_id}/a.mp4"


def later(monkeypatch, seconds: int) -> None:
    moment = clock.now() + seconds
    monkeypatch.setattr(clock, "now", lambda: moment)


def taken(key: str, version: str | None, **event) -> Publish:
    publish = accept_drop(BUCKET, key, version, **event)
    assert publish is not None
    return stored(publish)


def dropped(key: str, body: bytes = b"video", **options: str) -> Publish:
    return taken(key, put(key, body, OPTIONS | options))


def uploaded_in_parts(key: str, body: bytes = b"video") -> str:
    s3 = maker("s3")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key, Metadata=OPTIONS)["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=body)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    return s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload=parts)["VersionId"]


def code(publish: Publish) -> str | None:
    return publish.error.code if publish.error else None


@pytest.mark.parametrize("end", ["cancel", "nothing"])
def test_a_repeated_event_after_a_year_makes_no_second_post(account, begun, monkeypatch, key, end):
    first = dropped(key)
    if end == "cancel":
        cancel(first.publish_id, SYSTEM)
    later(monkeypatch, 366 * DAY)

    assert taken(key, first.video.version_id).publish_id == first.publish_id
    assert begun == [first.publish_id]


def test_a_repeated_event_after_a_failure_makes_no_second_row(account, begun, monkeypatch, key):
    first = taken(key, put(key))
    later(monkeypatch, 366 * DAY)

    assert code(first) == "privacy_required"
    assert taken(key, first.video.version_id).publish_id == first.publish_id


def test_the_same_bytes_in_other_parts_are_a_duplicate(account, begun, key):
    first = dropped(key)

    second = taken(key, uploaded_in_parts(key))

    assert second.video.etag != first.video.etag
    assert (code(second), begun) == ("duplicate_drop", [first.publish_id])


def test_another_video_of_the_same_size_is_posted(account, begun, key):
    first, second = dropped(key), taken(key, uploaded_in_parts(key, b"other"))

    assert begun == [first.publish_id, second.publish_id]


def test_a_cancelled_drop_can_be_dropped_again(account, begun, key):
    first = dropped(key)
    cancel(first.publish_id, SYSTEM)

    second = dropped(key)

    assert (second.state, begun) == (State.QUEUED, [first.publish_id, second.publish_id])
    assert code(dropped(key)) == "duplicate_drop"


def test_a_day_counts_from_the_drop_and_not_from_its_scheduled_time(account, begun, monkeypatch, key):
    monkeypatch.setattr(drops, "pin_publish", lambda publish: publish)
    monkeypatch.setattr("dropcast.publishing.execution.launch.scheduler.create_entry", lambda *_: None)
    in_a_week = datetime.fromtimestamp(clock.now() + 7 * DAY, UTC).isoformat().replace("+", "%2B")
    first = dropped(key, **{"publish-at": in_a_week})
    assert first.state is State.HELD

    assert code(dropped(key)) == "duplicate_drop"
    later(monkeypatch, DAY + 1)
    assert code(dropped(key)) is None


def test_a_drop_is_compared_with_all_drops_of_its_day(account, begun, key):
    first, other = dropped(key), dropped(key, b"other")

    again = dropped(key)

    assert again.error is not None
    assert (code(again), again.error.details["publish_id"]) == ("duplicate_drop", first.publish_id)
    assert begun == [first.publish_id, other.publish_id]


@pytest.mark.parametrize(("one", "other", "reads"), [("CRC64NVME", "CRC64NVME", 0), ("CRC64NVME", "CRC32", 2)])
def test_bytes_are_read_only_if_a_common_checksum_is_missing(account, begun, monkeypatch, key, one, other, reads):
    seen, read, real_head, real_read = iter([one, other]), [], s3_object.head, s3_object.read_range

    def head(source, **how):
        found = real_head(source, **how)
        assert isinstance(found, ObjectFacts)
        return replace(found, checksums={next(seen): "the same"})

    monkeypatch.setattr(s3_object, "head", head)
    monkeypatch.setattr(s3_object, "read_range", lambda *range: read.append(range) or real_read(*range))
    first = dropped(key)

    second = taken(key, uploaded_in_parts(key))

    assert (code(second), begun, len(read)) == ("duplicate_drop", [first.publish_id], reads)


def test_one_of_two_concurrent_equal_drops_is_posted(account, begun, monkeypatch, key):
    real, versions = drops.submit, [uploaded_in_parts(key)]

    def submit(*what):
        if versions:
            taken(key, versions.pop())
        return real(*what)

    monkeypatch.setattr(drops, "submit", submit)

    loser = dropped(key)

    assert (code(loser), len(begun)) == ("duplicate_drop", 1)


@pytest.mark.parametrize("named", [None, "", "null"])
def test_an_event_without_a_version_is_pinned_to_the_current_one(account, begun, key, named):
    version = put(key, metadata=OPTIONS)

    publish, again = taken(key, named), taken(key, named)

    assert publish.video.version_id == version
    assert again.publish_id == publish.publish_id
    assert taken(key, version).publish_id == publish.publish_id


def test_a_late_event_without_a_version_does_not_displace_the_newer_object(account, begun, key):
    put(key, b"older", OPTIONS)
    older = maker("s3").head_object(Bucket=BUCKET, Key=key)["ETag"]
    put(key, b"newer video", OPTIONS)
    newer = maker("s3").head_object(Bucket=BUCKET, Key=key)["ETag"]

    lost, found = taken(key, None, etag=older), taken(key, None, etag=newer)

    assert code(lost) == "source_changed"
    assert (code(found), begun) == (None, [found.publish_id])


def test_with_suspended_versioning_each_new_object_is_a_drop(account, begun, key, monkeypatch):
    maker("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    real, stored_at = s3_object.head, iter([1, 1, 2])

    def head(source, **how):
        found = real(source, **how)
        return replace(found, version_id=None, stored_at=next(stored_at)) if isinstance(found, ObjectFacts) else found

    monkeypatch.setattr(s3_object, "head", head)
    maker("s3").put_object(Bucket=BUCKET, Key=key, Body=b"video", Metadata=OPTIONS)

    first, again, newer = taken(key, None), taken(key, "null"), taken(key, None)

    assert again.publish_id == first.publish_id
    assert code(newer) == "duplicate_drop"


def test_an_emulators_event_is_accepted(account, begun, key):
    put(key, metadata=OPTIONS)

    handler({"detail": {"bucket": {"name": BUCKET}, "object": {"key": key}}}, context())

    assert len(begun) == 1
