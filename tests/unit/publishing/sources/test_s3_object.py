"""An object that S3 does not return is reported with a clear code, and no step crashes because of it."""

from dataclasses import dataclass

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError

from dropcast.aws import clients
from dropcast.errors.problem import Problem
from dropcast.publishing.model.publish import Source
from dropcast.publishing.sources import s3_object
from dropcast.publishing.sources.s3_object import ObjectFacts, SourceInterrupted, SourceRefused
from dropcast.publishing.sources.video_preflight import inspect_video
from tests.unit.publishing.conftest import BUCKET, REGION, options, upload_object
from tests.unit.support.memory_aws import maker

A_VIDEO = Source(bucket=BUCKET, key="a.mp4")


@dataclass
class _Body:
    """S3 answers a HEAD only with a status."""

    text: bytes = b""

    def stream(self, **_):
        return iter([self.text])


def s3_says(status: int, operation: str = "HeadObject", body: str = "") -> None:
    def answer(request, **_):
        return AWSResponse(request.url, status, {}, _Body(body.encode()))

    clients.client("s3").meta.events.register(f"before-send.s3.{operation}", answer)


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, "source_unreadable"), (403, "source_forbidden"), (404, "source_missing"), (405, "source_missing")],
)
def test_an_object_that_s3_does_not_return_is_reported(cloud, status, code):
    s3_says(status)

    found = s3_object.head(A_VIDEO)

    assert isinstance(found, Problem)
    assert found.code == code
    assert (BUCKET in found.message, "a.mp4" in found.message) == (True, True)


def test_an_unexpected_answer_of_s3_is_raised(cloud):
    s3_says(501)

    with pytest.raises(ClientError):
        s3_object.head(A_VIDEO)


@pytest.mark.parametrize(("status", "code"), [(400, "source_unreadable"), (403, "source_forbidden")])
def test_a_visible_but_unreadable_object_is_reported(cloud, status, code):
    """For example, Dropcast has no grant for the object's KMS key."""
    upload_object("a.mp4", b"x" * 100)
    s3_says(status, "GetObject")

    found = inspect_video(A_VIDEO, options())
    opened = s3_object.open_stream(A_VIDEO.model_copy(update={"size": 100, "etag": '"e"'}), 0)

    assert isinstance(found, tuple)
    assert [one.code for one in found] == [code]
    assert isinstance(opened, Problem)
    assert opened.code == code


def test_an_object_replaced_in_a_bucket_without_versions_is_never_mixed(cloud):
    s3 = maker("s3")
    s3.create_bucket(Bucket="granted", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="granted", Key="a.mp4", Body=b"first")
    named = Source(bucket="granted", key="a.mp4")
    found = s3_object.head(named)
    assert isinstance(found, ObjectFacts)
    pinned = named.model_copy(update={"etag": found.etag, "size": found.size})

    s3.put_object(Bucket="granted", Key="a.mp4", Body=b"other")
    opened = s3_object.open_stream(pinned, 0)

    assert found.version_id is None
    assert isinstance(opened, Problem)
    assert opened.code == "source_changed"
    with pytest.raises(SourceRefused, match="source_changed"):
        s3_object.read_range(pinned, 0, 3)


@pytest.mark.parametrize("stored_as", ["GLACIER", "DEEP_ARCHIVE"])
def test_an_archived_object_is_reported_until_it_is_restored(cloud, stored_as):
    s3 = maker("s3")
    s3.put_object(Bucket=BUCKET, Key="a.mp4", Body=b"x", StorageClass=stored_as)
    archived = s3_object.head(A_VIDEO)

    s3.restore_object(Bucket=BUCKET, Key="a.mp4", RestoreRequest={"Days": 1})
    restored = s3_object.head(A_VIDEO)

    assert isinstance(archived, Problem)
    assert (archived.code, archived.details["value"]) == ("source_archived", stored_as)
    assert isinstance(restored, ObjectFacts)


def test_an_object_that_can_be_read_at_once_is_not_archived(cloud):
    maker("s3").put_object(Bucket=BUCKET, Key="a.mp4", Body=b"x", StorageClass="GLACIER_IR")

    assert isinstance(s3_object.head(A_VIDEO), ObjectFacts)


PINNED = A_VIDEO.model_copy(update={"size": 100, "etag": '"e"'})


def test_an_object_archived_after_its_check_is_reported(cloud):
    tier = "<AccessTier>ARCHIVE_ACCESS</AccessTier>"
    s3_says(403, "GetObject", f"<Error><Code>InvalidObjectState</Code>{tier}</Error>")

    opened = s3_object.open_stream(PINNED, 0)

    assert isinstance(opened, Problem)
    assert (opened.code, opened.details["value"]) == ("source_archived", "ARCHIVE_ACCESS")


def test_an_object_shorter_than_pinned_has_changed(cloud):
    s3_says(416, "GetObject", "<Error><Code>InvalidRange</Code></Error>")

    opened = s3_object.open_stream(PINNED, 0)

    assert isinstance(opened, Problem)
    assert opened.code == "source_changed"


@pytest.mark.parametrize(
    ("status", "code"),
    [(503, "SlowDown"), (500, "InternalError"), (400, "ThrottlingException"), (400, "RequestTimeout")],
)
def test_a_temporary_answer_of_s3_is_no_refusal(cloud, status, code, monkeypatch):
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)
    s3_says(status, "GetObject", f"<Error><Code>{code}</Code></Error>")

    with pytest.raises(SourceInterrupted):
        s3_object.open_stream(PINNED, 0)
    with pytest.raises(ClientError):
        s3_object.read_range(PINNED, 0, 3)
