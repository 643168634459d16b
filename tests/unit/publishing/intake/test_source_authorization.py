"""The objects that an account may use as a source."""

import pytest

from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.intake.source_authorization import source_refusals
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.uploads import uploads
from dropcast.publishing.uploads.uploads import Progress
from dropcast.settings import settings
from tests.unit.publishing.conftest import BUCKET
from tests.unit.support.memory_aws import maker

GRANTED = "granted-videos"


@pytest.fixture(autouse=True)
def granted(cloud, monkeypatch):
    monkeypatch.setenv("SOURCE_BUCKETS", f"arn:aws:s3:::other-videos, arn:aws:s3:::{GRANTED}")
    settings.cache_clear()


def asked(account_id: str, **changes) -> PublishRequest:
    source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
    return PublishRequest.model_validate(
        {"account_id": account_id, "source": source, "privacy_level": "SELF_ONLY", **changes}
    )


def named(bucket: str, key: str = "a.mp4") -> dict[str, str]:
    return {"type": "s3", "bucket": bucket, "key": key}


def codes(request: PublishRequest) -> list[str | None]:
    return [one.code if one else None for one in source_refusals(request, SYSTEM)]


@pytest.mark.parametrize(
    ("bucket", "code"),
    [(BUCKET, None), (GRANTED, None), ("other-videos", None), ("someone-elses", "bucket_not_ours")],
)
def test_a_video_must_be_in_our_bucket_or_in_a_granted_one(bucket, code):
    assert codes(asked("acc_1", source=named(bucket))) == [code]


def test_a_foreign_bucket_is_refused_with_both_fixes():
    [refusal] = source_refusals(asked("acc_1", source=named("someone-elses")), SYSTEM)

    assert refusal is not None
    assert BUCKET in refusal.fix
    assert "SOURCE_BUCKETS" in refusal.fix


def test_tiktok_pulls_videos_only_from_our_own_bucket():
    assert codes(asked("acc_1", source=named(GRANTED), via="pull")) == ["pull_not_ours"]
    assert codes(asked("acc_1", via="pull")) == [None]


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"kind": "photo", "source": {"type": "photos", "items": [{"bucket": BUCKET, "key": "a.png"}]}}, True),
        ({"via": "pull"}, True),
        ({}, False),
        ({"source": {"type": "url", "url": "https://example.com/a.mp4"}}, False),
    ],
)
def test_a_deployment_without_a_media_address_refuses_pulls_from_its_bucket(monkeypatch, changes, refused):
    monkeypatch.delenv("MEDIA_URL")
    settings.cache_clear()

    [refusal] = source_refusals(asked("acc_1", **changes), SYSTEM)

    assert (refusal is not None and refusal.code == "media_not_served") is refused


def test_each_photo_is_checked():
    items = [
        {"bucket": BUCKET, "key": "a.png"},
        {"bucket": "someone-elses", "key": "b.png"},
        {"bucket": GRANTED, "key": "c.png"},
    ]

    found = codes(asked("acc_1", kind="photo", source={"type": "photos", "items": items}))

    assert found == [None, "bucket_not_ours", None]


def test_a_complete_upload_is_accepted_for_its_account_only(account, begun):
    progress = uploads.begin(account.account_id, SYSTEM, "a.mp4", 3, "video/mp4")
    assert isinstance(progress, Progress)
    upload = progress.upload
    source = named(BUCKET, upload.key)
    early = accept(asked(account.account_id, source=source), SYSTEM, idempotency_key=None)
    maker("s3").upload_part(Bucket=BUCKET, Key=upload.key, UploadId=upload.multipart_id, PartNumber=1, Body=b"abc")
    uploads.complete(upload.upload_id, SYSTEM)

    taken = accept(asked(account.account_id, source=source), SYSTEM, idempotency_key=None)
    others = accept(asked("acc_other", source=source), SYSTEM, idempotency_key=None)

    assert isinstance(early, Problem)
    assert early.code == "upload_unfinished"
    assert isinstance(taken, Publish)
    assert isinstance(others, Problem)
    assert others.code == "upload_not_of_account"


def test_a_publish_scheduled_after_its_uploads_end_is_refused(account):
    progress = uploads.begin(account.account_id, SYSTEM, "a.mp4", 3, "video/mp4")
    assert isinstance(progress, Progress)
    upload = progress.upload
    maker("s3").upload_part(Bucket=BUCKET, Key=upload.key, UploadId=upload.multipart_id, PartNumber=1, Body=b"abc")
    uploads.complete(upload.upload_id, SYSTEM)

    found = codes(asked(account.account_id, source=named(BUCKET, upload.key), publish_at="2099-01-01T00:00:00Z"))

    assert found == ["upload_gone_by_then"]
