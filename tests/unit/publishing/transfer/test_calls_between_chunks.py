"""The calls of Transfer between two chunks, and what it sends again after a crash, with the default chunk size."""

import pytest
from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer import transfer as transfer_module
from dropcast.publishing.transfer.transfer import transfer
from dropcast.settings import settings
from dropcast.tiktok.upload import ChunkAnswer
from tests.unit.publishing.conftest import options, stored, upload_object
from tests.unit.publishing.test_cost import MB, of_size  # noqa: F401

SIZE = 200 * MB
# Chunks of 32,000,000 bytes. The last chunk also has the remainder.
LENGTHS = [32 * MB] * 5 + [40 * MB]


class Killed(BaseException):
    """None of our code catches it, because no code runs after a kill."""


class Host:
    """TikTok's upload host, which stores no bytes. It kills the process after `kill_at` bytes.

    busy_at: the index of the chunk that it refuses once.
    """

    def __init__(self, tiktok, kill_at: int | None = None):
        self.tiktok, self.kill_at = tiktok, kill_at
        self.sent, self.events, self.lengths, self.busy_at = 0, [], [], None

    def put(self, http, url, *, first, last, total, body, **_) -> ChunkAnswer:
        self.events.append("begin")
        for piece in body:
            self.sent += len(piece)
            if self.kill_at is not None and self.sent >= self.kill_at:
                self.kill_at = None
                raise Killed
        self.events.append("end")
        if self.busy_at == len(self.lengths):
            self.busy_at = None
            return ChunkAnswer("again", None, 503)
        self.lengths.append(last - first + 1)
        self.tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": last + 1}
        return ChunkAnswer("done" if last + 1 == total else "continue", last + 1, 206)


@pytest.fixture
def publish(account, begun, tiktok, of_size) -> Publish:  # noqa: F811
    of_size(SIZE)
    source = upload_object("a.mp4", b"x").model_copy(update={"size": None, "etag": None, "version_id": None})
    taken = submit(new_publish(account.account_id, source, "api", options()))
    assert isinstance(taken, Publish)
    prepare(taken.publish_id, taken.publish_id)
    start(taken.publish_id, taken.publish_id)
    return stored(taken)


@pytest.fixture
def host(tiktok, monkeypatch) -> Host:
    host = Host(tiktok)
    monkeypatch.setattr(transfer_module, "put_chunk", host.put)
    real_note, real_read = publish_store.note_progress, publish_store.is_uploader
    monkeypatch.setattr(
        publish_store, "note_progress", lambda *a, **k: host.events.append("write") or real_note(*a, **k)
    )
    monkeypatch.setattr(publish_store, "is_uploader", lambda row: host.events.append("read") or real_read(row))
    return host


def test_the_epoch_is_read_during_a_put_and_only_a_checkpoint_stands_between_two(publish, host):
    transfer(publish.publish_id, publish.publish_id)

    chunk = ["begin", "read", "end"]
    assert host.lengths == LENGTHS
    assert host.events == ["write", *chunk * 4, "write", *chunk, "write", "begin", "end"]


def test_a_read_of_the_epoch_that_fails_makes_the_next_chunk_wait_for_a_checkpoint(publish, host, monkeypatch):
    def fails(_row):
        host.events.append("fails")
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")

    monkeypatch.setattr(publish_store, "is_uploader", fails)

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"
    assert host.events == ["write", "begin", "fails", "end"] * 5 + ["write", "begin", "end"]


def test_a_check_of_one_chunk_lets_only_the_next_one_begin(publish, host, monkeypatch):
    real = publish_store.is_uploader
    reads = []

    def fails_after_the_first(row):
        reads.append(row)
        if len(reads) == 1:
            return real(row)
        raise ClientError({"Error": {"Code": "InternalServerError"}}, "GetItem")

    monkeypatch.setattr(publish_store, "is_uploader", fails_after_the_first)

    transfer(publish.publish_id, publish.publish_id)

    chunk = ["begin", "end"]
    assert host.events == ["write", "begin", "read", "end", *chunk, *["write", *chunk] * 4]


def test_a_chunk_that_is_sent_again_waits_for_a_checkpoint(publish, host, monkeypatch):
    monkeypatch.setattr(clock, "sleep", lambda _: None)
    host.busy_at = 1

    transfer(publish.publish_id, publish.publish_id)

    chunk = ["begin", "read", "end"]
    assert host.events == ["write", *chunk * 2, "write", *chunk * 4, "write", "begin", "end"]


@pytest.mark.parametrize("megabyte", range(1, SIZE // MB, 13))
def test_after_a_crash_at_most_one_chunk_is_sent_again(publish, host, megabyte):
    host.kill_at = megabyte * MB
    with pytest.raises(Killed):
        transfer(publish.publish_id, publish.publish_id)

    step = transfer(publish.publish_id, publish.publish_id)

    assert settings().upload_chunk_bytes == 32 * MB
    assert step.outcome == "uploaded"
    assert sum(host.lengths) == SIZE
    assert host.sent - SIZE <= max(LENGTHS)
    assert host.events.count("begin") == len(LENGTHS) + 1
