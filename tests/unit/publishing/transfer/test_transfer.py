import hashlib
import io
import re

import httpx
import pytest

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model import chunk_plan
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.sources import s3_object
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.transfer import transfer
from tests.unit.publishing.conftest import BUCKET, FakeTikTok, options, stored, time_left, upload_object
from tests.unit.support.memory_aws import maker

CHUNK = 50_000
SIZE = 3 * CHUNK + 777
BODY = bytes(range(256)) * (SIZE // 256) + b"z" * (SIZE % 256)


class UploadHost:
    """Accepts chunks in order. `fail` maps the number of a PUT (from 0) to its fault: a status, "reset" or "cut".

    With "reset" the bytes count and the answer is lost. With "cut" the bytes do not count.
    """

    def __init__(self, tiktok: FakeTikTok, fail: dict[int, object] | None = None):
        self.tiktok, self.fail = tiktok, fail or {}
        self.data = b""
        self.puts: list[tuple[int, int]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        first, last, total = map(int, re.findall(r"\d+", request.headers["content-range"]))
        body = request.read()
        assert "authorization" not in request.headers
        assert len(body) == last - first + 1 == int(request.headers["content-length"])
        number = len(self.puts)
        self.puts.append((first, last))
        failure = self.fail.get(number)
        if failure == "cut":
            raise httpx.WriteError("cut", request=request)
        if isinstance(failure, int):
            return httpx.Response(failure)
        if first != len(self.data):
            return httpx.Response(416, headers={"Content-Range": f"bytes 0-{len(self.data)}/{total}"})
        self.data += body
        self.tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": len(self.data)}
        if len(self.data) == total:
            self.tiktok.status = {"status": "PUBLISH_COMPLETE"}
        if failure == "reset":
            raise httpx.ReadError("reset", request=request)
        if failure == "wrong range":
            return httpx.Response(206, headers={"Content-Range": f"bytes 0-1/{total}"})
        status = 201 if len(self.data) == total else 206
        return httpx.Response(status, headers={"Content-Range": f"bytes 0-{len(self.data)}/{total}"})


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunk_plan, "SINGLE_CHUNK_MAX_BYTES", CHUNK)
    monkeypatch.setattr(chunk_plan, "CHUNK_SIZES", (CHUNK,))
    monkeypatch.setattr(clock, "sleep", lambda _: None)


@pytest.fixture
def publish(account, begun, tiktok) -> Publish:
    source = upload_object("a.mp4", BODY)
    taken = submit(new_publish(account.account_id, source, "api", options()))
    assert isinstance(taken, Publish)
    start(taken.publish_id, taken.publish_id)
    return stored(taken)


def test_the_bytes_arrive_once_and_in_order(publish, tiktok):
    host = tiktok.uploads = UploadHost(tiktok)

    step = transfer(publish.publish_id, publish.publish_id)

    row = stored(publish)
    assert step == StepResult(Outcome.UPLOADED, webhooks=False)
    assert hashlib.sha256(host.data).digest() == hashlib.sha256(BODY).digest()
    assert sum(last - first + 1 for first, last in host.puts) == SIZE
    assert (row.state, row.bytes_sent, row.upload_url_sealed) == (State.PROCESSING, SIZE, None)


def test_one_get_supplies_every_chunk(publish, tiktok, monkeypatch):
    tiktok.uploads = UploadHost(tiktok)
    opened = []
    real = s3_object._get_pinned
    monkeypatch.setattr(s3_object, "_get_pinned", lambda *a: opened.append(a) or real(*a))

    transfer(publish.publish_id, publish.publish_id)

    assert len(opened) == 1


@pytest.mark.parametrize("failure", [500, 503, 429, "cut", "reset", "wrong range"])
@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_failed_chunk_is_sent_again_at_most_once(publish, tiktok, failure, number):
    host = tiktok.uploads = UploadHost(tiktok, {number: failure})

    step = transfer(publish.publish_id, publish.publish_id)

    resent = sum(last - first + 1 for first, last in host.puts) - SIZE
    assert step.outcome == "uploaded"
    assert host.data == BODY
    assert resent <= CHUNK + 777
    assert resent == 0 or failure not in ("reset", "wrong range")
    assert tiktok.count("video/init") == 1


def test_an_upload_killed_midway_continues_after_tiktoks_last_byte(publish, tiktok):
    host = tiktok.uploads = UploadHost(tiktok)
    left = iter([900.0, 900.0])
    with pytest.raises(StopIteration), time_left(lambda: next(left)):
        transfer(publish.publish_id, publish.publish_id)

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"
    assert host.data == BODY
    assert [first for first, _ in host.puts] == [0, CHUNK, 2 * CHUNK]


def test_an_upload_killed_after_its_last_byte_sends_nothing_again(publish, tiktok, monkeypatch):
    host = tiktok.uploads = UploadHost(tiktok)
    real = publish_store.move
    monkeypatch.setattr(publish_store, "move", lambda *a, **k: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        transfer(publish.publish_id, publish.publish_id)
    monkeypatch.setattr(publish_store, "move", real)
    before = len(host.puts)

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"
    assert len(host.puts) == before


def test_it_stops_in_time_and_the_next_invocation_continues(publish, tiktok):
    host = tiktok.uploads = UploadHost(tiktok)
    left = iter([900.0, 10.0])

    with time_left(lambda: next(left)):
        first = transfer(publish.publish_id, publish.publish_id)
    second = transfer(publish.publish_id, publish.publish_id)

    assert first == StepResult(Outcome.MORE)
    assert second.outcome == "uploaded"
    assert host.data == BODY
    assert len(host.puts) == 3


def test_an_older_uploader_stops_before_its_next_chunk(publish, tiktok):
    host = UploadHost(tiktok)

    def overtaken(request: httpx.Request) -> httpx.Response:
        answer = host(request)
        publish_store.take_epoch(stored(publish))
        return answer

    tiktok.uploads = overtaken

    step = transfer(publish.publish_id, publish.publish_id)

    assert step == StepResult(Outcome.MORE)
    assert len(host.puts) == 1


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_upload_url_that_is_dead_before_any_byte_gets_one_new_init(publish, tiktok, status):
    tiktok.uploads = UploadHost(tiktok, {0: status})

    first = transfer(publish.publish_id, publish.publish_id)
    decided = decide(publish.publish_id, publish.publish_id, first)
    restarted = start(publish.publish_id, publish.publish_id)
    tiktok.uploads = UploadHost(tiktok)
    second = transfer(publish.publish_id, publish.publish_id)

    assert [first.outcome, decided.outcome, restarted.outcome] == ["lost", "held", "started"]
    assert second.outcome == "uploaded"
    assert tiktok.count("video/init") == 2


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_upload_url_that_dies_midway_fails_without_a_new_init(publish, tiktok, status):
    tiktok.uploads = UploadHost(tiktok, {1: status})

    failed = settle(publish.publish_id, transfer(publish.publish_id, publish.publish_id))

    assert failed.error is not None
    assert (failed.state, failed.error.code) == (State.FAILED, "upload_url_expired")
    assert tiktok.count("video/init") == 1


def test_a_last_chunk_with_an_unknown_outcome_waits_for_tiktoks_verdict(publish, tiktok):
    tiktok.uploads = UploadHost(tiktok, dict.fromkeys(range(2, 20), "cut"))
    tiktok.script["status/fetch"] = [httpx.Response(500)] * 50

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"
    assert stored(publish).state is State.PROCESSING


def test_a_chunk_that_tiktok_calls_malformed_ends_it(publish, tiktok):
    tiktok.uploads = UploadHost(tiktok, {1: 400})

    failed = settle(publish.publish_id, transfer(publish.publish_id, publish.publish_id))

    assert failed.error is not None
    assert failed.error.code == "upload_rejected"


def test_an_overwritten_object_is_sent_in_its_old_version(publish, tiktok):
    host = tiktok.uploads = UploadHost(tiktok)
    maker("s3").put_object(Bucket=BUCKET, Key="a.mp4", Body=b"another video")

    transfer(publish.publish_id, publish.publish_id)

    assert host.data == BODY


def test_a_deleted_version_fails_and_posts_nothing(publish, tiktok):
    host = tiktok.uploads = UploadHost(tiktok)
    maker("s3").delete_object(Bucket=BUCKET, Key="a.mp4", VersionId=publish.source.version_id)

    failed = settle(publish.publish_id, transfer(publish.publish_id, publish.publish_id))

    assert failed.error is not None
    assert failed.error.code == "source_changed"
    assert host.data == b""


def test_a_source_that_ignores_the_range_never_reaches_tiktok(publish, tiktok, monkeypatch):
    host = tiktok.uploads = UploadHost(tiktok)
    whole = {"ResponseMetadata": {"HTTPStatusCode": 200}, "Body": io.BytesIO(BODY)}
    monkeypatch.setattr(s3_object, "get_object", lambda **_: whole)

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.error.code == "upload_failed"
    assert host.data == b""
