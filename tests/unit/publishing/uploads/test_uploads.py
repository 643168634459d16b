"""Uploads: only the declared bytes can be sent, an interrupted upload continues, and only its own user can
publish it.
"""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast import clock
from dropcast.aws import clients
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.media.picture.convert import SOURCE_BYTES_MAX
from dropcast.publishing.model.publish import Source
from dropcast.publishing.uploads import multipart, upload_rows, uploads
from dropcast.publishing.uploads.upload_parts_and_keys import PART_BYTES, key_of, parse_key, parts_of, safe_name
from dropcast.publishing.uploads.upload_rows import Upload
from dropcast.publishing.uploads.uploads import Progress
from tests.unit.publishing.conftest import BUCKET, REGION
from tests.unit.support.memory_aws import maker

TWO_PARTS = PART_BYTES + 1000


def begun(account, size=TWO_PARTS, filename="clip.mp4", content_type="video/mp4") -> Progress:
    progress = uploads.begin(account.account_id, SYSTEM, filename, size, content_type)
    assert isinstance(progress, Progress)
    return progress


def send(upload: Upload, number: int, body: bytes) -> None:
    s3 = maker("s3")
    s3.upload_part(Bucket=BUCKET, Key=upload.key, UploadId=upload.multipart_id, PartNumber=number, Body=body)


def send_all(progress: Progress) -> None:
    for part in progress.missing:
        send(progress.upload, part.number, bytes([part.number]) * part.size)


def completed(account) -> Upload:
    progress = begun(account)
    send_all(progress)
    upload = uploads.complete(progress.upload.upload_id, SYSTEM)
    assert isinstance(upload, Upload)
    return upload


def code(answer) -> str:
    assert isinstance(answer, Problem), answer
    return answer.code


def source_of(upload: Upload) -> Source:
    return Source(bucket=upload.bucket, key=upload.key)


@given(st.integers(1, 4_000_000_000))
def test_parts_cover_the_file_and_s3_accepts_them(size):
    parts = parts_of(size)

    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    assert len(parts) <= 10_000
    assert sum(part.size for part in parts) == size
    assert [part.offset for part in parts] == [PART_BYTES * index for index in range(len(parts))]
    assert all(part.size == PART_BYTES for part in parts[:-1])
    assert 1 <= parts[-1].size <= PART_BYTES


@given(st.text(min_size=1, max_size=255))
def test_a_key_is_plain_ascii_and_can_be_parsed_for_any_file_name(filename):
    key = key_of("acc_1", "upl_1", filename)

    named = parse_key(key)
    assert re.fullmatch(r"uploads/acc_1/upl_1/[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}", key)
    assert named is not None
    assert (named.account_id, named.upload_id) == ("acc_1", "upl_1")


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("clip.mp4", "clip.mp4"),
        ("C:\\videos\\my clip.MOV", "my_clip.MOV"),
        ("../../drop/acc_2/a.mp4", "a.mp4"),
        ("😀.webm", "_.webm"),
        ("..", "file"),
        ("x" * 200 + ".mp4", "x" * 96 + ".mp4"),
    ],
)
def test_a_file_keeps_the_safe_characters_of_its_name(filename, name):
    assert safe_name(filename) == name


def test_complete_parts_become_the_object(account):
    upload = completed(account)

    object_ = maker("s3").get_object(Bucket=BUCKET, Key=upload.key)
    assert object_["Body"].read() == b"\1" * PART_BYTES + b"\2" * 1000
    assert (object_["ContentType"], object_["VersionId"]) == ("video/mp4", upload.version_id)
    assert upload.key == f"uploads/{account.account_id}/{upload.upload_id}/clip.mp4"


def test_an_upload_continues_with_the_missing_parts(account):
    progress = begun(account)
    send(progress.upload, 2, b"x" * 1000)

    later = uploads.get_progress(progress.upload.upload_id, SYSTEM)

    assert isinstance(later, Progress)
    assert [part.number for part in later.stored] == [2]
    assert [(part.number, part.offset, part.size) for part in later.missing] == [(1, 0, PART_BYTES)]
    assert set(uploads.put_urls(later)) == {1}


@pytest.mark.parametrize("length", [999, 1001])
def test_a_part_of_the_wrong_length_does_not_count(account, length):
    progress = begun(account)
    send(progress.upload, 1, b"x" * PART_BYTES)
    send(progress.upload, 2, b"x" * length)

    refused = uploads.complete(progress.upload.upload_id, SYSTEM)

    assert isinstance(refused, Problem)
    assert (refused.code, refused.details["numbers"]) == ("upload_unfinished", [2])
    assert code(uploads.upload_refusal(account.account_id, SYSTEM, source_of(progress.upload))) == "upload_unfinished"


def test_completing_twice_has_the_same_result(account):
    first = completed(account)

    again = uploads.complete(first.upload_id, SYSTEM)

    assert again == first


def test_an_upload_whose_completion_was_not_stored_is_complete(account, monkeypatch):
    progress = begun(account)
    send_all(progress)
    with monkeypatch.context() as patch:
        patch.setattr(upload_rows, "end", lambda upload, *_: upload)
        uploads.complete(progress.upload.upload_id, SYSTEM)

    upload = uploads.complete(progress.upload.upload_id, SYSTEM)

    assert isinstance(upload, Upload)
    assert upload.state == "complete"
    assert upload.version_id


def test_an_upload_whose_completion_was_not_stored_shows_as_complete(account, monkeypatch):
    progress = begun(account)
    send_all(progress)
    with monkeypatch.context() as patch:
        patch.setattr(upload_rows, "end", lambda upload, *_: upload)
        uploads.complete(progress.upload.upload_id, SYSTEM)

    shown = uploads.get_progress(progress.upload.upload_id, SYSTEM)

    assert isinstance(shown, Progress)
    assert (shown.upload.state, shown.missing) == ("complete", [])


def test_a_caller_that_completes_an_aborted_upload_gets_an_error(account, monkeypatch):
    progress = begun(account)
    send_all(progress)
    finish = multipart.finish

    def finish_too_late(*args):
        upload_rows.end(progress.upload, "aborted")
        return finish(*args)

    monkeypatch.setattr(multipart, "finish", finish_too_late)

    assert code(uploads.complete(progress.upload.upload_id, SYSTEM)) == "upload_aborted"


def test_an_aborted_upload_leaves_nothing(account):
    progress = begun(account)
    send_all(progress)

    aborted = uploads.abort(progress.upload.upload_id, SYSTEM)
    again = uploads.abort(progress.upload.upload_id, SYSTEM)

    assert isinstance(aborted, Upload)
    assert aborted == again
    assert aborted.state == "aborted"
    assert "Uploads" not in maker("s3").list_multipart_uploads(Bucket=BUCKET)
    assert code(uploads.complete(progress.upload.upload_id, SYSTEM)) == "upload_aborted"
    assert code(uploads.upload_refusal(account.account_id, SYSTEM, source_of(progress.upload))) == "upload_aborted"


def test_a_complete_upload_cannot_be_aborted(account):
    upload = completed(account)

    assert code(uploads.abort(upload.upload_id, SYSTEM)) == "upload_complete"
    assert uploads.upload_refusal(account.account_id, SYSTEM, source_of(upload)) is None


@pytest.mark.parametrize(
    ("size", "content_type", "refused"),
    [
        (4_000_000_000, "video/mp4", False),
        (4_000_000_001, "video/mp4", True),
        (SOURCE_BYTES_MAX, "image/png", False),
        (SOURCE_BYTES_MAX + 1, "image/png", True),
    ],
)
def test_a_file_that_no_account_could_post_is_refused(account, size, content_type, refused):
    answer = uploads.begin(account.account_id, SYSTEM, "f", size, content_type)

    assert (isinstance(answer, Problem) and answer.code == "upload_too_large") == refused


def test_an_upload_needs_an_existing_account(account):
    assert code(uploads.begin("acc_nobody", SYSTEM, "a.mp4", 10, "video/mp4")) == "account_not_found"


@pytest.mark.parametrize("number", [1, 2])
def test_a_url_is_valid_for_one_part_of_one_length_for_an_hour(account, number):
    progress = begun(account)

    url = urlsplit(uploads.put_urls(progress)[number])

    query = parse_qs(url.query)
    assert url.hostname == f"{BUCKET}.s3.{REGION}.amazonaws.com"
    assert url.path == f"/{progress.upload.key}"
    assert query["partNumber"] == [str(number)]
    assert query["uploadId"] == [progress.upload.multipart_id]
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-SignedHeaders"] == ["content-length;host"]
    assert query["X-Amz-Expires"] == ["3600"]


def test_a_url_does_not_outlive_its_upload(account, monkeypatch):
    progress = begun(account)
    monkeypatch.setattr(clock, "now", lambda: progress.upload.expires_at - 60)

    url = uploads.put_urls(progress)[1]

    assert parse_qs(urlsplit(url).query)["X-Amz-Expires"] == ["60"]


def test_the_urls_of_the_largest_file_fit_into_an_answer(account):
    token = "t" * 1500
    clients.client("s3", clients.PRESIGNING)._request_signer._credentials.token = token

    urls = uploads.put_urls(begun(account, 4_000_000_000))

    assert len(urls) == 239
    assert token in urls[1]
    assert len(json.dumps(urls)) < 1_000_000


def test_an_expired_upload_is_gone(account, monkeypatch):
    progress = begun(account)
    monkeypatch.setattr(clock, "now", lambda: progress.upload.expires_at)

    for answer in (uploads.get_progress, uploads.complete, uploads.abort):
        assert code(answer(progress.upload.upload_id, SYSTEM)) == "upload_not_found"


def test_an_upload_that_s3_aborted_is_gone(account):
    progress = begun(account)
    s3 = maker("s3")
    s3.abort_multipart_upload(Bucket=BUCKET, Key=progress.upload.key, UploadId=progress.upload.multipart_id)

    assert code(uploads.complete(progress.upload.upload_id, SYSTEM)) == "upload_not_found"


@pytest.mark.parametrize(
    "key", ["uploads/a.mp4", "uploads/{account}/upl_none/a.mp4", "uploads/{account}/{upload}/b.mp4"]
)
def test_a_key_below_the_uploads_prefix_without_an_upload_is_refused(account, key):
    upload = completed(account)
    source = Source(bucket=BUCKET, key=key.format(account=account.account_id, upload=upload.upload_id))

    assert code(uploads.upload_refusal(account.account_id, SYSTEM, source)) == "upload_not_found"


@pytest.mark.parametrize(("bucket", "key"), [(BUCKET, "in/a.mp4"), ("granted", "uploads/acc_x/upl_x/a.mp4")])
def test_an_object_outside_the_uploads_prefix_is_not_refused(account, bucket, key):
    assert uploads.upload_refusal(account.account_id, SYSTEM, Source(bucket=bucket, key=key)) is None


def test_a_publish_scheduled_after_the_objects_end_is_refused_now(account):
    upload = completed(account)

    def refusal(at):
        return uploads.upload_refusal(account.account_id, SYSTEM, source_of(upload), publish_at=at)

    assert refusal(upload.created_at + upload_rows.KEPT_S) is None
    assert code(refusal(upload.created_at + upload_rows.KEPT_S + 1)) == "upload_gone_by_then"
