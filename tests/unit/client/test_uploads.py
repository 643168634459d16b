"""A file arrives complete in S3 after any failure."""

import asyncio
import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from dropcast_client import AsyncDropcast, S3Source, UploadFailedError, UploadProgress, upload_request, uploading
from dropcast_client.runners import Flow, PartToPut, PutParts
from tests.event_loops import run_coroutine
from tests.unit.client.conftest import Calls
from tests.unit.support.api_examples import BASE, client, example

PART = 4
FILE = b"0123456789"
PARTS = {1: b"0123", 2: b"4567", 3: b"89"}
SIGNATURE = "5ec2e7"
DONE = S3Source(bucket="b", key="uploads/k.mp4", version_id="v1")


@dataclass
class Bucket:
    """The API and S3 for one upload. `troubles`: what happens to the next parts in place of being stored."""

    parts: dict[int, bytes] = field(default_factory=dict)
    troubles: list[int | httpx.TransportError] = field(default_factory=list)
    silent: int = 0
    may_upload: bool = True
    begun: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return self._store(request)
        if self.silent and request.method == "GET":
            self.silent -= 1
            raise httpx.ConnectError("no network", request=request)
        self.begun += request.url.path == "/v1/uploads"
        complete = request.url.path.endswith("/complete")
        return httpx.Response(201 if request.url.path == "/v1/uploads" else 200, json=self._view(complete))

    def _store(self, request: httpx.Request) -> httpx.Response:
        assert "Authorization" not in request.headers
        assert request.headers["Content-Length"] == str(len(request.content))
        trouble = self.troubles.pop(0) if self.troubles else 200
        if isinstance(trouble, httpx.TransportError):
            trouble.request = request
            raise trouble
        if trouble == 200:
            self.parts[int(request.url.path[1:])] = request.content
        return httpx.Response(trouble)

    def _view(self, complete: bool) -> dict[str, Any]:
        missing = [
            {
                "number": number,
                "offset": PART * (number - 1),
                "size": len(PARTS[number]),
                "url": f"https://s3.example/{number}?X-Amz-Signature={SIGNATURE}" if self.may_upload else None,
            }
            for number in PARTS
            if number not in self.parts
        ]
        source = {"type": "s3", "bucket": "b", "key": "uploads/k.mp4", "version_id": "v1" if complete else None}
        return example(
            "UploadView",
            upload_id="upl_1",
            state="complete" if complete else "open",
            size=len(FILE),
            source=source,
            parts_there=sorted(self.parts),
            parts_missing=missing,
        )


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def calls(calls: Calls, bucket: Bucket) -> Calls:
    calls.answer = bucket.answer
    return calls


@pytest.fixture
def video(tmp_path: Path) -> Path:
    path = tmp_path / "my clip.mp4"
    path.write_bytes(FILE)
    return path


def test_a_file_is_uploaded_in_parts(calls: Calls, bucket: Bucket, video):
    assert calls.run("upload_file", video, "acc_1") == DONE
    assert bucket.parts == PARTS


def test_no_log_record_has_the_address_of_a_part(calls: Calls, bucket: Bucket, video, caplog):
    caplog.set_level(logging.DEBUG, "httpx")

    calls.run("upload_file", video, "acc_1")

    assert bucket.parts == PARTS
    assert "/v1/uploads" in caplog.text
    assert SIGNATURE not in caplog.text


def test_progress_counts_every_byte_and_names_the_upload_first(calls: Calls, bucket: Bucket, video):
    told: list[UploadProgress] = []

    calls.run("upload_file", video, "acc_1", on_progress=told.append)

    assert told[0] == UploadProgress("upl_1", 0, 10)
    assert sorted(one.bytes_sent for one in told) == [one.bytes_sent for one in told]
    assert told[-1] == UploadProgress("upl_1", 10, 10)


@pytest.mark.parametrize("trouble", [503, 403, httpx.WriteTimeout("broke off"), httpx.ConnectError("no network")])
@pytest.mark.parametrize("before", [0, 1, 2])
def test_a_part_that_fails_is_sent_again(calls: Calls, bucket: Bucket, video, before, trouble):
    bucket.troubles = [*[200] * before, trouble]

    assert calls.run("upload_file", video, "acc_1") == DONE
    assert bucket.parts == PARTS


@pytest.mark.parametrize("there", [{}, {1}, {2}, {1, 2}, {1, 3}, {1, 2, 3}], ids=str)
def test_an_upload_that_was_interrupted_at_any_part_is_resumed(calls: Calls, bucket: Bucket, video, there):
    bucket.parts = {number: PARTS[number] for number in there}

    assert calls.run("resume_upload", video, "upl_1") == DONE
    assert (bucket.parts, bucket.begun) == (PARTS, 0)
    assert [request.method for request in calls.requests].count("PUT") == 3 - len(there)


def test_an_outage_of_some_minutes_is_survived(calls: Calls, bucket: Bucket, video):
    bucket.troubles = [httpx.ConnectError("no network") for _ in range(9)]
    bucket.silent = 0

    def begin_outage(progress: UploadProgress) -> None:
        bucket.silent = bucket.silent or (12 if bucket.troubles else 0)

    assert calls.run("upload_file", video, "acc_1", on_progress=begin_outage) == DONE
    assert bucket.parts == PARTS


def test_an_upload_that_gets_nowhere_ends_and_can_be_resumed(calls: Calls, bucket: Bucket, video):
    bucket.troubles = [503] * 100

    with pytest.raises(UploadFailedError, match="no part") as raised:
        calls.run("upload_file", video, "acc_1")

    assert raised.value.upload_id == "upl_1"
    bucket.troubles = []
    assert calls.run("resume_upload", video, raised.value.upload_id) == DONE


def test_another_file_does_not_resume_an_upload(calls: Calls, bucket: Bucket, tmp_path):
    other = tmp_path / "other.mp4"
    other.write_bytes(FILE + b"x")

    with pytest.raises(UploadFailedError, match=r"10 bytes.*has 11"):
        calls.run("resume_upload", other, "upl_1")

    assert bucket.parts == {}


@pytest.mark.parametrize("text", [FILE + b"more", b"9876543210"], ids=["grown", "rewritten"])
def test_a_file_that_changes_while_it_is_sent_is_not_completed(calls: Calls, bucket: Bucket, video, text):
    def change(progress: UploadProgress) -> None:
        if progress.bytes_sent == len(FILE):
            video.write_bytes(text)
            os.utime(video, (1, 1))

    with pytest.raises(UploadFailedError, match="changed while"):
        calls.run("upload_file", video, "acc_1", on_progress=change)

    assert not any(request.url.path.endswith("/complete") for request in calls.requests)


def test_a_key_that_may_not_upload_is_explained(calls: Calls, bucket: Bucket, video):
    bucket.may_upload = False

    with pytest.raises(UploadFailedError, match="publish or draft"):
        calls.run("resume_upload", video, "upl_1")


class StoppedError(Exception):
    """Raised by the caller's own code."""


def stop_at_the_first_byte(progress: UploadProgress) -> None:
    if progress.bytes_sent == 1:
        raise StoppedError
    if progress.bytes_sent:
        Event().wait(0.02)  # the other parts are still being sent when the upload ends


def test_an_error_of_the_callers_own_code_stops_every_part(bucket: Bucket, video, monkeypatch):
    monkeypatch.setattr(uploading, "_PIECE_BYTES", 1)

    with pytest.raises(StoppedError):
        client(bucket.answer).upload_file(video, "acc_1", on_progress=stop_at_the_first_byte)

    assert bucket.parts == {}


def test_an_error_in_one_part_does_not_wait_for_the_parts_before_it():
    sent: list[bytes] = []

    def slow() -> Iterator[bytes]:
        for _ in range(50):
            Event().wait(0.02)
            sent.append(b"x")
            yield b"x"

    def broken() -> Iterator[bytes]:
        raise StoppedError
        yield

    def upload() -> Flow[None]:
        yield PutParts([PartToPut("https://s3.example/1", 50, slow), PartToPut("https://s3.example/2", 1, broken)])

    with pytest.raises(StoppedError):
        client(lambda request: httpx.Response(200)).run(upload())

    assert len(sent) < 50


def test_an_error_of_the_callers_own_code_cancels_every_part(bucket: Bucket, video, monkeypatch):
    monkeypatch.setattr(uploading, "_PIECE_BYTES", 1)

    async def answer(request: httpx.Request) -> httpx.Response:
        await request.aread()
        return bucket.answer(request)

    async def upload() -> list[bool]:
        async with AsyncDropcast(BASE, "dk_1", httpx.MockTransport(answer)) as later:
            with pytest.raises(StoppedError):
                await later.upload_file(video, "acc_1", on_progress=stop_at_the_first_byte)
            return [bool(task.cancelling()) for task in asyncio.all_tasks() - {asyncio.current_task()}]

    assert all(run_coroutine(upload()))
    assert bucket.parts == {}


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.mp4", "video/mp4"),
        ("a.MOV", "video/quicktime"),
        ("a.webm", "video/webm"),
        ("a.xyz", "application/octet-stream"),
    ],
)
def test_the_type_of_a_file_follows_from_its_name(tmp_path, name, content_type):
    (tmp_path / name).write_bytes(FILE)

    request = upload_request(tmp_path / name, "acc_1")

    assert (request.filename, request.size, request.content_type) == (name, 10, content_type)
