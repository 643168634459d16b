# ruff: noqa: F811
"""The outcome of an upload whose last byte was sent, whose source changed, or that another uploader took over."""

import httpx
import pytest

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model import chunk_plan
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.settle import finish, settle_execution
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.transfer import transfer
from tests.unit.publishing.conftest import BUCKET, options, stored, upload_object
from tests.unit.publishing.transfer.test_transfer import BODY, CHUNK, SIZE, UploadHost, publish, small_chunks  # noqa: F401
from tests.unit.support.memory_aws import maker


def test_an_abandoned_upload_begins_no_further_chunk(publish, monkeypatch):
    uploader = publish_store.take_epoch(publish)
    assert uploader is not None
    uploader = publish_store.note_progress(uploader, chunks_begun=2, bytes_sent=CHUNK)
    assert uploader is not None
    real = fact_store.facts_of
    begun_meanwhile = []

    def facts_of(tiktok_publish_id):
        begun_meanwhile.append(publish_store.note_progress(uploader, chunks_begun=3, bytes_sent=2 * CHUNK))
        return real(tiktok_publish_id)

    monkeypatch.setattr(fact_store, "facts_of", facts_of)

    ended = settle_execution(publish.publish_id, publish.publish_id)

    assert ended.error is not None
    assert (ended.state, ended.error.code) == (State.FAILED, "upload_failed")
    assert begun_meanwhile[0] is None


def test_an_overtaken_uploader_reads_the_publish_again(publish, tiktok, monkeypatch):
    tiktok.uploads = UploadHost(tiktok)
    real = publish_store.take_epoch

    def finished_meanwhile(row):
        monkeypatch.setattr(publish_store, "take_epoch", real)
        transfer(publish.publish_id, publish.publish_id)
        return real(row)

    monkeypatch.setattr(publish_store, "take_epoch", finished_meanwhile)

    first = transfer(publish.publish_id, publish.publish_id)
    second = transfer(publish.publish_id, publish.publish_id)

    assert first == StepResult(Outcome.MORE)
    assert second.outcome == "uploaded"


def test_an_execution_ends_only_after_its_publish(publish):
    newer = publish_store.supersede(publish, due=clock.now(), code="restarted")
    assert newer is not None

    another = finish(publish.publish_id, StepResult(Outcome.SETTLED), publish.execution)
    this = finish(publish.publish_id, StepResult(Outcome.SETTLED), newer.execution)

    assert another.state is State.UPLOADING
    assert this.error is not None
    assert (this.state, this.error.code) == (State.FAILED, "upload_failed")


UNANSWERED = httpx.Response(500)


@pytest.mark.parametrize("status", [400, 403, 404, 410])
def test_a_last_chunk_that_arrived_never_fails(publish, tiktok, status):
    tiktok.uploads = UploadHost(tiktok, {2: "reset", 3: status})
    tiktok.script["status/fetch"] = [UNANSWERED, {"status": "PROCESSING_UPLOAD", "uploaded_bytes": SIZE}]

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"


@pytest.fixture
def whole(monkeypatch, account, begun, tiktok) -> Publish:
    """A publish with a single chunk."""
    monkeypatch.setattr(chunk_plan, "SINGLE_CHUNK_MAX_BYTES", SIZE)
    taken = submit(new_publish(account.account_id, upload_object("b.mp4", BODY), "api", options()))
    assert isinstance(taken, Publish)
    start(taken.publish_id, taken.publish_id)
    return taken


@pytest.mark.parametrize("status", [403, 404, 410])
@pytest.mark.parametrize(
    "said", [{"status": "PUBLISH_COMPLETE"}, {"status": "PROCESSING_UPLOAD", "uploaded_bytes": SIZE}]
)
def test_a_whole_video_that_tiktok_has_is_not_sent_to_a_second_upload_url(whole, tiktok, status, said):
    """This holds for any answer to the video's only chunk."""
    tiktok.uploads = UploadHost(tiktok, {0: status})
    tiktok.status = said

    step = transfer(whole.publish_id, whole.publish_id)

    assert step.outcome == "uploaded"


def test_a_whole_video_without_a_status_waits_for_tiktoks_verdict(whole, tiktok):
    tiktok.uploads = UploadHost(tiktok, {0: 403})
    tiktok.script["status/fetch"] = [UNANSWERED] * 2

    step = transfer(whole.publish_id, whole.publish_id)

    assert step.outcome == "uploaded"


def test_a_sent_video_is_not_sent_to_a_second_upload_url(whole, tiktok):
    tiktok.uploads = UploadHost(tiktok, {0: 403})

    step = transfer(whole.publish_id, whole.publish_id)

    assert (step.outcome, step.error.code) == ("refused", "upload_url_expired")


def test_a_source_that_disappears_after_the_last_chunk_leaves_the_verdict_to_tiktok(publish, tiktok):
    host = UploadHost(tiktok, {2: "reset"})

    def deleted_with_the_last_chunk(request: httpx.Request) -> httpx.Response:
        if len(host.puts) == 2:
            maker("s3").delete_object(Bucket=BUCKET, Key="a.mp4", VersionId=publish.source.version_id)
        return host(request)

    tiktok.uploads = deleted_with_the_last_chunk
    tiktok.script["status/fetch"] = [UNANSWERED] * 2

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"


def test_an_unknown_status_does_not_end_the_upload(publish, tiktok):
    host = tiktok.uploads = UploadHost(tiktok, {1: "cut"})
    tiktok.script["status/fetch"] = [{"status": "PROCESSING"}]

    transfer(publish.publish_id, publish.publish_id)

    assert host.data == BODY


def test_bytes_that_tiktok_never_received_are_not_counted(publish, tiktok):
    tiktok.uploads = UploadHost(tiktok, {1: "cut"})
    tiktok.script["status/fetch"] = [{"status": "FAILED", "fail_reason": "auth_removed"}]

    transfer(publish.publish_id, publish.publish_id)

    assert stored(publish).bytes_sent == CHUNK


def test_an_upload_url_that_is_dead_twice_is_reported(publish, tiktok):
    for _ in range(2):
        tiktok.uploads = UploadHost(tiktok, {0: 404})
        decided = decide(publish.publish_id, publish.publish_id, transfer(publish.publish_id, publish.publish_id))
        if decided.outcome == "held":
            start(publish.publish_id, publish.publish_id)

    assert (decided.outcome, decided.error.code) == ("refused", "upload_url_expired")
