"""Once the last byte of a file was sent, TikTok may post the file, whatever its upload host answers (protocol 4.6).

The upload host accepts the file here and then sends any answer. TikTok's status shows the file only later.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model import chunk_plan
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import finish
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer.transfer import transfer
from tests.unit.publishing.admission.test_budget_slots import held_clock  # noqa: F401
from tests.unit.publishing.conftest import BUCKET, FakeTikTok, options, stored, time_left, upload_object
from tests.unit.support.memory_aws import maker

pytestmark = pytest.mark.long

CHUNK = 50_000
SIZES = {"one chunk": CHUNK, "several chunks": 3 * CHUNK + 777}
LATE = [(1, 0), (3, 0), (6, 0), (0, 5), (0, 20), (0, 55)]
REFUSALS = [400, 401, 403, 404, 405, 410]


class KilledError(BaseException):
    """The process dies."""


@dataclass
class Host:
    """Accepts every chunk. `answers` are its answers to the file's last byte, in order, and then always 404.

    The status shows the last chunk `late_s` seconds after it arrived, and not in the first `late_reads` answers.
    """

    tiktok: FakeTikTok
    answers: list[Any]
    late_reads: int = 0
    late_s: int = 0
    takes: bool = True
    files: dict[str, bytes] = field(default_factory=dict)
    whole_at: int | None = None
    before_answer: Callable[[], None] = lambda: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        sent = request.headers["content-range"].removeprefix("bytes ")
        total = int(sent.partition("/")[2])
        upload = request.url.params["upload_id"]
        body = request.read()
        is_last = sent.partition("/")[0].endswith(f"-{total - 1}")
        if self.takes or not is_last:
            self.files[upload] = self.files.get(upload, b"") + body
        if not is_last:
            return httpx.Response(206)
        self.whole_at = self.whole_at or clock.now()
        self.before_answer()
        answer = self.answers.pop(0) if self.answers else 404
        if isinstance(answer, int):
            return httpx.Response(answer)
        raise answer if isinstance(answer, BaseException) else answer("lost", request=request)

    def answer(self, route: str) -> dict[str, Any]:
        if route != "status/fetch" or self.whole_at is None:
            return FakeTikTok._default(self.tiktok, route)
        self.late_reads -= 1
        if self.late_reads >= 0 or clock.now() < self.whole_at + self.late_s or not self.takes:
            return {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}
        return {"status": "PUBLISH_COMPLETE"}


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch, held_clock):  # noqa: F811
    monkeypatch.setattr(chunk_plan, "SINGLE_CHUNK_MAX_BYTES", CHUNK)
    monkeypatch.setattr(chunk_plan, "CHUNK_SIZES", (CHUNK,))


@pytest.fixture(params=SIZES)
def publish(request, account, begun, tiktok) -> Publish:
    taken = submit(
        new_publish(account.account_id, upload_object("a.mp4", b"x" * SIZES[request.param]), "api", options())
    )
    assert isinstance(taken, Publish)
    urls = [f"https://upload.tiktokapis.com/video/?upload_id={number}" for number in (1, 2)]
    tiktok.script["video/init"] = [{"publish_id": f"v_pub~{url[-1]}", "upload_url": url} for url in urls]
    start(taken.publish_id, taken.publish_id)
    return stored(taken)


def host_at(tiktok: FakeTikTok, answers: list[Any], **how: Any) -> Host:
    host = Host(tiktok, answers, **how)
    tiktok.uploads, tiktok._default = host, host.answer  # type: ignore[method-assign]
    return host


def carried_on(publish: Publish, seconds: float = 900.0) -> tuple[StepResult, Publish]:
    """The result of the transfer's last step, and the row after the workflow has followed that result."""
    me = (publish.publish_id, publish.publish_id)
    for _ in range(4):
        with time_left(lambda: seconds):
            step = transfer(*me)
        if step.outcome == "lost":
            step = decide(*me, step)
        elif step.outcome == "refused":
            finish(publish.publish_id, step, publish.publish_id)
        if step.outcome != "more":
            break
    return step, stored(publish)


def is_left_to_tiktok(publish: Publish, tiktok: FakeTikTok, host: Host) -> bool:
    """Whether the publish waits for TikTok's verdict: it has no second init and did not fail."""
    _, row = carried_on(publish)
    return row.state is State.PROCESSING and tiktok.count("video/init") == 1 and list(host.files) == ["1"]


@pytest.mark.parametrize(("late_reads", "late_s"), LATE)
@pytest.mark.parametrize("answer", REFUSALS)
def test_a_refusal_after_effect_with_a_late_status(publish, tiktok, answer, late_reads, late_s):
    host = host_at(tiktok, [answer], late_reads=late_reads, late_s=late_s)

    assert is_left_to_tiktok(publish, tiktok, host)


@pytest.mark.parametrize("answer", [500, 502, 503, 408, 429, 416, httpx.ReadTimeout, httpx.ReadError, httpx.WriteError])
@pytest.mark.parametrize("then", [404, 403, 500])
def test_a_lost_answer_after_which_the_upload_url_is_gone(publish, tiktok, answer, then):
    """If the second sending is refused, the first one may have arrived, even if the status does not show it yet."""
    host = host_at(tiktok, [answer] + [then] * 9, late_s=1000)

    assert is_left_to_tiktok(publish, tiktok, host)


@pytest.mark.parametrize("then", [403, 404, 410, 400, 416, 500])
def test_a_kill_after_the_last_byte_with_any_answer_to_the_next_process(publish, tiktok, then):
    """The next process cannot know whether the previous one still sends. So only TikTok's verdict ends this."""
    host = host_at(tiktok, [KilledError()] + [then] * 9, late_s=1000)
    with pytest.raises(KilledError):
        transfer(publish.publish_id, publish.publish_id)

    assert is_left_to_tiktok(publish, tiktok, host)


def test_a_source_that_is_missing_when_the_next_process_continues(publish, tiktok):
    host = host_at(tiktok, [KilledError()], late_s=1000)
    with pytest.raises(KilledError):
        transfer(publish.publish_id, publish.publish_id)
    maker("s3").delete_object(Bucket=BUCKET, Key="a.mp4", VersionId=publish.video.version_id)

    assert is_left_to_tiktok(publish, tiktok, host)


def test_an_upload_url_that_expires_during_the_last_chunk(publish, tiktok, held_clock):  # noqa: F811
    def an_hour_passes() -> None:
        held_clock.at += 3700

    host = host_at(tiktok, [403], late_s=40, before_answer=an_hour_passes)

    assert is_left_to_tiktok(publish, tiktok, host)


def test_a_process_without_time_to_poll_waits_for_tiktoks_verdict(publish, tiktok):
    host_at(tiktok, [404], takes=False)
    left = iter([900.0] * len(range(0, publish.bytes_total, CHUNK)) + [50.0] * 20)

    with time_left(lambda: next(left)):
        step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"


def test_a_single_unanswered_status_waits_for_tiktoks_verdict(publish, tiktok):
    host_at(tiktok, [404], takes=False)
    tiktok.script["status/fetch"] = [{"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}] * 3 + [None]

    step = transfer(publish.publish_id, publish.publish_id)

    assert step.outcome == "uploaded"


def test_bytes_that_tiktok_lacks_in_every_answer_for_a_minute_did_not_arrive(publish, tiktok, held_clock):  # noqa: F811
    host_at(tiktok, [403], takes=False)
    began = clock.now()

    step, row = carried_on(publish)

    assert clock.now() - began >= 60
    assert (tiktok.count("status/fetch"), tiktok.count("video/init")) == (7, 1)
    assert (row.state, step.error.code) == (State.FAILED, "upload_url_expired")


def test_an_hour_old_upload_url_gets_no_bytes(publish, tiktok, held_clock):  # noqa: F811
    host = host_at(tiktok, [201])
    held_clock.at += 3601

    _, row = carried_on(publish)

    assert host.files == {}
    assert (row.state, row.inits_lost, tiktok.count("status/fetch")) == (State.QUEUED, 1, 0)


def test_a_restart_does_not_make_the_upload_url_younger(publish, tiktok, held_clock):  # noqa: F811
    held_clock.at += 3601
    again = publish_store.supersede(publish, due=clock.now(), code="restarted")
    assert again is not None
    host = host_at(tiktok, [201])

    step = transfer(publish.publish_id, again.execution)

    assert (step, host.files) == (StepResult(Outcome.LOST, dead=True), {})
