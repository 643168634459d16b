"""Dropped photos are posted once.

Their sidecar's version prevents a second post for ever, the sidecar's request for a day.
"""

import json
from dataclasses import replace

import pytest

from dropcast.accounts.account_store import set_drop_defaults
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.intake.drops import drops
from dropcast.publishing.intake.drops.drops import accept_drop
from dropcast.publishing.sources import s3_object
from dropcast.publishing.sources.s3_object import ObjectFacts
from tests.unit.publishing.conftest import BUCKET, stored
from tests.unit.publishing.intake.drops.photo_drops import SELF, code, posted, put_pictures, take_photos
from tests.unit.publishing.intake.drops.test_drops import put
from tests.unit.publishing.intake.drops.test_duplicates import DAY, later
from tests.unit.support.memory_aws import maker


@pytest.fixture
def two(account):
    """An account with two pictures in its folder."""
    put_pictures(account, "a.jpg", "b.jpg")
    return account


def put_in_parts(key: str, body: bytes) -> None:
    s3 = maker("s3")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key=key)["UploadId"]
    part = s3.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=body)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload=parts)


def test_a_sidecars_version_is_posted_only_once(two, begun, monkeypatch):
    first = take_photos(two)
    cancel(first.publish_id, SYSTEM)
    key = f"drop/{two.account_id}/trip.photos.json"
    version = maker("s3").head_object(Bucket=BUCKET, Key=key)["VersionId"]
    put_pictures(two, "c.jpg")
    later(monkeypatch, 366 * DAY)

    again = accept_drop(BUCKET, key, version)

    assert again is not None
    assert (again.publish_id, begun) == (first.publish_id, [first.publish_id])


def test_a_failed_sidecar_can_be_fixed_by_its_next_version(two, begun):
    lacking = take_photos(two, SELF | {"items": ["a.jpg", "c.jpg"]})
    key = f"drop/{two.account_id}/trip.photos.json"
    version = maker("s3").head_object(Bucket=BUCKET, Key=key)["VersionId"]
    put_pictures(two, "c.jpg")

    again, next_one = accept_drop(BUCKET, key, version), take_photos(two, SELF | {"items": ["a.jpg", "c.jpg"]})

    assert again is not None
    assert (again.publish_id, code(lacking)) == (lacking.publish_id, "drop_pictures_missing")
    assert posted(next_one) == ["a.jpg", "c.jpg"]


def test_the_event_of_an_older_sidecar_reads_that_version(two, begun):
    key = f"drop/{two.account_id}/trip.photos.json"
    older = put(key, json.dumps(SELF | {"title": "older"}).encode())
    put(key, json.dumps(SELF | {"title": "newer"}).encode())

    publish = accept_drop(BUCKET, key, older)

    assert publish is not None
    assert publish.options is not None
    assert publish.options.title == "older"


@pytest.mark.parametrize(
    "text",
    [
        SELF | {"title": "one"},
        b'\xef\xbb\xbf{ "title": "one",\r\n  "privacy_level": "SELF_ONLY" }\r\n',
        SELF | {"title": "one", "items": ["a.jpg", "b.jpg"]},
        SELF | {"title": "one", "allow_duplicate": False},
    ],
)
def test_the_same_request_for_the_same_pictures_within_a_day_is_a_duplicate(two, begun, monkeypatch, text):
    first = take_photos(two, SELF | {"title": "one"})
    set_drop_defaults(two.account_id, {"allow_comment": True})

    second = take_photos(two, text)
    meant = take_photos(two, SELF | {"title": "one", "allow_duplicate": True})
    later(monkeypatch, DAY + 1)
    next_day = take_photos(two, text)

    assert second.error is not None
    assert (second.error.code, second.error.details["publish_id"]) == ("duplicate_drop", first.publish_id)
    assert begun == [first.publish_id, meant.publish_id, next_day.publish_id]


def test_another_text_order_or_picture_is_another_drop(two, begun):
    first = take_photos(two)
    words = take_photos(two, SELF | {"title": "other"})
    order = take_photos(two, SELF | {"items": ["b.jpg", "a.jpg"]})
    fewer = take_photos(two, SELF | {"items": ["a.jpg"]})
    put_pictures(two, "b.jpg", body=b"other")
    changed = take_photos(two)

    assert begun == [one.publish_id for one in (first, words, order, fewer, changed)]


def test_a_cancelled_drop_can_be_dropped_again(two, begun):
    first = take_photos(two)
    cancel(first.publish_id, SYSTEM)
    second, third = take_photos(two), take_photos(two)

    assert begun == [first.publish_id, second.publish_id]
    assert code(third) == "duplicate_drop"


def test_the_same_pictures_uploaded_again_or_in_other_parts_are_a_duplicate(two, begun):
    first = take_photos(two)
    put_pictures(two, "a.jpg")
    put_in_parts(f"drop/{two.account_id}/trip.photos/b.jpg", b"b.jpg")

    assert code(take_photos(two)) == "duplicate_drop"
    put_in_parts(f"drop/{two.account_id}/trip.photos/b.jpg", b"B.JPG")
    other = take_photos(two)
    assert begun == [first.publish_id, other.publish_id]


@pytest.mark.parametrize(("one", "other", "reads"), [("CRC64NVME", "CRC64NVME", 0), ("CRC64NVME", "CRC32", 2)])
def test_pictures_are_read_only_if_a_common_checksum_is_missing(two, begun, monkeypatch, one, other, reads):
    first, real_head = take_photos(two), s3_object.head
    key = f"drop/{two.account_id}/trip.photos/b.jpg"
    was = maker("s3").head_object(Bucket=BUCKET, Key=key)["VersionId"]
    put_in_parts(key, b"b.jpg")
    read = list[str]()
    monkeypatch.setattr(clients.client("s3"), "get_object", _counting(read, clients.client("s3").get_object))

    def head(source, **how):
        found = real_head(source, **how)
        assert isinstance(found, ObjectFacts)
        return replace(found, checksums={one if source.version_id == was else other: "the same"})

    monkeypatch.setattr(s3_object, "head", head)

    assert code(take_photos(two)) == "duplicate_drop"
    assert read.count(key) == reads
    assert begun == [first.publish_id]


def _counting(read, real):
    def get_object(**how):
        if "VersionId" not in how:
            read.append(how["Key"])
        return real(**how)

    return get_object


def test_one_of_two_concurrent_equal_sidecars_is_posted(two, begun, monkeypatch):
    real, others = drops.submit, [1]

    def submit(*what):
        if others:
            others.pop()
            take_photos(two)
        return real(*what)

    monkeypatch.setattr(drops, "submit", submit)

    loser = take_photos(two)

    assert (code(loser), len(begun)) == ("duplicate_drop", 1)


def test_an_empty_sidecar_is_left_to_the_sweep(two, begun):
    key = f"drop/{two.account_id}/trip.photos.json"

    assert accept_drop(BUCKET, key, put(key, b"")) is None
    publish = accept_drop(BUCKET, key, None, even_empty=True)

    assert publish is not None
    assert code(stored(publish)) == "drop_sidecar_invalid"


def test_with_suspended_versioning_each_new_sidecar_is_a_drop(two, begun, monkeypatch):
    maker("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    real, key = s3_object.head, f"drop/{two.account_id}/trip.photos.json"
    stored_at = iter([1, 1, 2])

    def head(source, **how):
        found = real(source, **how)
        assert isinstance(found, ObjectFacts)
        return replace(found, version_id=None, stored_at=next(stored_at) if source.key == key else 1)

    monkeypatch.setattr(s3_object, "head", head)
    maker("s3").put_object(Bucket=BUCKET, Key=key, Body=json.dumps(SELF | {"items": ["a.jpg", "b.jpg"]}).encode())

    first, again, newer = [accept_drop(BUCKET, key, version) for version in (None, "null", None)]

    assert first is not None
    assert again is not None
    assert newer is not None
    assert again.publish_id == first.publish_id
    assert code(newer) == "duplicate_drop"
