"""Kills the transfer's process at every possible point: at most one chunk is sent twice, and no init is repeated."""

import httpx
import pytest

from dropcast.publishing.model import chunk_plan
from dropcast.publishing.model.chunk_plan import plan_chunks
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.sources import s3_object
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.checkpoint_rules import chunks_at_checkpoint
from dropcast.publishing.transfer.transfer import transfer
from tests.unit.publishing.conftest import stored
from tests.unit.publishing.transfer.test_transfer import BODY, CHUNK, SIZE, UploadHost, publish, small_chunks  # noqa: F401

LONGEST = CHUNK + 777


class Killed(BaseException):
    """None of our code catches it, because no code runs after a kill."""


class KillingHost(UploadHost):
    """Kills the process in the PUT number `at`: before its first byte, in its middle, or after TikTok accepted it."""

    def __init__(self, tiktok, at: int, when: str):
        super().__init__(tiktok)
        self.at, self.when, self.sent, self.is_armed = at, when, 0, True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_armed and len(self.puts) == self.at:
            self.is_armed = False
            return self._kill(request)
        answer = super().__call__(request)
        self.sent += len(request.content)
        return answer

    def _kill(self, request: httpx.Request) -> httpx.Response:
        if self.when == "in its middle":
            length = int(request.headers["content-length"])
            for part in request.stream:
                self.sent += len(part)
                if self.sent >= length // 2:
                    break
        if self.when == "after it":
            super().__call__(request)
            self.sent += len(request.content)
        raise Killed


@pytest.mark.parametrize("when", ["before it", "in its middle", "after it"])
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("tells", [True, False], ids=["with a status", "without a status"])
def test_after_a_kill_at_any_point_it_continues(publish, tiktok, at, when, tells):  # noqa: F811
    host = tiktok.uploads = KillingHost(tiktok, at, when)
    with pytest.raises(Killed):
        transfer(publish.publish_id, publish.publish_id)
    if not tells:
        tiktok.script["status/fetch"] = [httpx.Response(500)] * 6

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"
    assert host.data == BODY
    assert host.sent - SIZE <= LONGEST * (1 if tells else 2)
    assert tiktok.count("video/init") == 1
    assert stored(publish).state is State.PROCESSING


@pytest.mark.parametrize("taken_by_then", [1, 2])
def test_without_a_status_the_upload_hosts_own_answer_counts(publish, tiktok, taken_by_then):  # noqa: F811
    host = tiktok.uploads = KillingHost(tiktok, taken_by_then, "before it")
    with pytest.raises(Killed):
        transfer(publish.publish_id, publish.publish_id)
    tiktok.script["status/fetch"] = [httpx.Response(500)] * 30

    transfer(publish.publish_id, publish.publish_id)

    assert host.data == BODY
    assert host.sent - SIZE <= LONGEST


def test_the_row_never_has_fewer_chunks_than_were_begun(publish, tiktok):  # noqa: F811
    host = UploadHost(tiktok)
    noted = []

    def looking(request: httpx.Request) -> httpx.Response:
        noted.append(stored(publish).chunks_begun)
        return host(request)

    tiktok.uploads = looking

    transfer(publish.publish_id, publish.publish_id)

    assert all(begun > index for index, begun in enumerate(noted))
    assert noted[:-1] == [len(noted) - 1] * (len(noted) - 1)


def test_a_chunk_costs_a_read_and_only_a_checkpoint_a_write(publish, tiktok, monkeypatch):  # noqa: F811
    calls = []
    real_note, real_look = publish_store.note_progress, publish_store.is_uploader
    monkeypatch.setattr(publish_store, "note_progress", lambda *a, **k: calls.append("write") or real_note(*a, **k))
    monkeypatch.setattr(publish_store, "is_uploader", lambda row: calls.append("read") or real_look(row))
    tiktok.uploads = UploadHost(tiktok)

    transfer(publish.publish_id, publish.publish_id)

    assert calls == ["write", "read", "read", "write"]
    assert chunks_at_checkpoint(plan_chunks(SIZE), 0) == 2
    assert chunk_plan.CHUNK_SIZES == (CHUNK,)


def test_ending_the_upload_prevents_the_last_chunk(publish, tiktok):  # noqa: F811
    host = UploadHost(tiktok)

    def ended_meanwhile(request: httpx.Request) -> httpx.Response:
        answer = host(request)
        if len(host.puts) == 2:
            publish_store.take_epoch(stored(publish))
        return answer

    tiktok.uploads = ended_meanwhile

    step = transfer(publish.publish_id, publish.publish_id)

    assert step == StepResult(Outcome.MORE)
    assert len(host.puts) == 2


def test_a_single_chunk_video_whose_source_keeps_breaking_fails_at_once(publish, tiktok, monkeypatch):  # noqa: F811
    monkeypatch.setattr(chunk_plan, "SINGLE_CHUNK_MAX_BYTES", SIZE)
    host = tiktok.uploads = UploadHost(tiktok)
    real = s3_object.SourceStream.read

    def breaks(stream, limit):
        if stream.position > SIZE // 2:
            raise s3_object.SourceInterrupted("cut")
        return real(stream, min(limit, 10_000))

    monkeypatch.setattr(s3_object.SourceStream, "read", breaks)

    step = transfer(publish.publish_id, publish.publish_id)

    assert (step.outcome, step.error.code) == ("refused", "upload_failed")
    assert host.data == b""
