"""A person's actions on a publish: cancel, edit, retry, restart. Each is one write that competes with other writes."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.execution import scheduler as eventbridge_scheduler
from dropcast.publishing.execution import state_machine
from dropcast.publishing.execution.launch import launch_due
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.model.views import event_view
from dropcast.publishing.outcome import fact_store, settle
from dropcast.publishing.outcome.facts import Fact
from dropcast.publishing.outcome.settle import Ending
from dropcast.publishing.outcome.sweep import sweep
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.tiktok.client import TikTok
from tests.unit.publishing.conftest import BUCKET, FakeTikTok, outbox, refusal, stored, upload_object

DAY = 86_400
VIDEO = (Path(__file__).parents[3] / "media" / "sample.mp4").read_bytes()


class Scheduler:
    """The existing entries, and all entries that were ever created, each with its time."""

    def __init__(self) -> None:
        self.standing: dict[str, int] = {}
        self.made: dict[str, int] = {}
        self.stopped: list[str] = []

    def plan(self, publish_id: str, execution: str, at: int) -> None:
        self.standing[execution] = self.made[execution] = at

    def unplan(self, execution: str) -> None:
        self.standing.pop(execution, None)


@pytest.fixture
def scheduler(monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    fake = Scheduler()
    monkeypatch.setattr(eventbridge_scheduler, "create_entry", fake.plan)
    monkeypatch.setattr(eventbridge_scheduler, "delete_entry", fake.unplan)
    monkeypatch.setattr(state_machine, "stop", fake.stopped.append)
    return fake


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Controls the time. Tokens never expire."""
    held = {"at": clock.now()}
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))
    monkeypatch.setattr(clock, "now", lambda: held["at"])
    return held


@pytest.fixture
def cancels(monkeypatch: pytest.MonkeyPatch, tiktok: FakeTikTok) -> FakeTikTok:
    http = httpx.Client(transport=httpx.MockTransport(tiktok.answer))
    monkeypatch.setattr(
        "dropcast.publishing.actions.cancel.tiktok", lambda: TikTok("https://open.tiktokapis.com", http)
    )
    return tiktok


def body(account: Account, **changes: Any) -> dict[str, Any]:
    upload_object("in/a.mp4", VIDEO)
    source = {"type": "s3", "bucket": BUCKET, "key": "in/a.mp4"}
    return {"account_id": account.account_id, "source": source, "privacy_level": "SELF_ONLY", **changes}


def taken_in(account: Account, ahead: int | None = None, key: str | None = None, **changes: Any) -> Publish:
    at = {} if ahead is None else {"publish_at": clock.iso(clock.now() + ahead)}
    request = PublishRequest.model_validate(body(account, **at, **changes))
    publish = accept(request, SYSTEM, idempotency_key=key)
    assert isinstance(publish, Publish), publish
    return publish


def refused(account: Account, ahead: int, **changes: Any) -> str:
    at = {"publish_at": clock.iso(clock.now() + ahead)}
    answer = accept(PublishRequest.model_validate(body(account, **at, **changes)), SYSTEM, idempotency_key=None)
    return code(answer)


def code(answer: Publish | Problem) -> str:
    assert isinstance(answer, Problem), answer
    return answer.code


def as_publish(answer: Publish | Problem) -> Publish:
    assert isinstance(answer, Publish), answer
    return answer


def through(publish: Publish, execution: str | None = None) -> StepResult:
    """Run the steps Prepare and Start of an execution; return the result of the last step that ran."""
    name = execution or publish.execution
    step = prepare(publish.publish_id, name)
    return start(publish.publish_id, name) if step.outcome == "ready" else step


def test_a_scheduled_publish_is_held_with_an_entry_and_without_execution_or_event(account, begun, scheduler, now):
    publish = taken_in(account, 300 * DAY)

    row = stored(publish)
    assert (row.state, row.not_before, row.publish_at) == (State.HELD, now["at"] + 300 * DAY, now["at"] + 300 * DAY)
    assert [(moment.state, moment.code) for moment in row.history] == [
        (State.QUEUED, None),
        (State.HELD, "scheduled"),
    ]
    assert scheduler.standing == {publish.publish_id: now["at"] + 300 * DAY}
    assert (begun, outbox()) == ([], ["account.connected"])


def test_a_publish_due_within_a_minute_begins_at_once_and_holds(account, begun, scheduler, tiktok, now):
    publish = taken_in(account, 60)

    step = through(publish)

    assert (begun, scheduler.standing) == ([publish.publish_id], {})
    assert (step.outcome, step.not_before) == ("held", now["at"] + 60)
    assert tiktok.count("video/init") == 0
    now["at"] += 60
    assert start(publish.publish_id, publish.publish_id).outcome == "started"


def test_an_entry_starts_its_execution_when_due_and_not_before(account, begun, scheduler, now):
    publish = taken_in(account, DAY)

    early = launch_due(publish.publish_id, publish.execution)
    now["at"] += DAY
    due = launch_due(publish.publish_id, publish.execution)

    assert (early, due, begun) == (False, True, [publish.publish_id])


def test_the_sweep_starts_a_publish_whose_entry_was_never_created(account, begun, scheduler, now):
    publish = taken_in(account, 200 * DAY)

    sweep()
    too_early = list(begun)
    now["at"] += 200 * DAY + 61
    sweep()

    assert (too_early, begun) == ([], [publish.publish_id])


@pytest.mark.parametrize("ahead", [DAY, 366 * DAY])
def test_known_problems_are_reported_at_once(account, begun, scheduler, now, ahead):
    missing = {"source": {"type": "s3", "bucket": BUCKET, "key": "in/none.mp4"}}
    upload_object("in/text.mp4", b"no video at all")
    text = {"source": {"type": "s3", "bucket": BUCKET, "key": "in/text.mp4"}}

    assert refused(account, ahead, **missing) == "source_missing"
    assert refused(account, ahead, **text) == "not_a_video"
    assert refused(account, ahead, cover_timestamp_ms=10**9) == "cover_outside_video"
    assert (begun, scheduler.made) == ([], {})


def test_the_inspected_object_is_the_posted_one(account, begun, scheduler, now):
    publish = taken_in(account, DAY)
    upload_object("in/a.mp4", VIDEO + b"\0\0\0\x08free")

    assert stored(publish).video.version_id == publish.video.version_id is not None
    assert publish.video.size == len(VIDEO)


def test_an_idempotency_key_is_valid_beyond_the_scheduled_time(account, begun, scheduler, now):
    at = clock.iso(now["at"] + 300 * DAY)
    request = PublishRequest.model_validate(body(account, publish_at=at))

    def repeat_request() -> Publish:
        return as_publish(accept(request, SYSTEM, idempotency_key="one"))

    first = repeat_request()
    now["at"] += 299 * DAY
    second = repeat_request()
    now["at"] += DAY + 3600
    when_past = repeat_request()

    assert first.publish_id == second.publish_id == when_past.publish_id


@pytest.mark.parametrize("ahead", [None, DAY])
def test_a_waiting_publish_is_cancelled_with_its_event(account, begun, scheduler, tiktok, ahead):
    publish = taken_in(account, ahead)

    cancelled = as_publish(cancel(publish.publish_id, SYSTEM))
    again = as_publish(cancel(publish.publish_id, SYSTEM))

    assert cancelled.state is again.state is State.CANCELLED
    assert outbox().count("publish.cancelled") == 1
    assert (scheduler.standing, scheduler.stopped) == ({}, [publish.publish_id])
    assert start(publish.publish_id, publish.publish_id) == StepResult(Outcome.SETTLED)
    assert tiktok.count("video/init") == 0


def test_a_claimed_publish_is_not_cancelled(account, begun, scheduler, tiktok):
    publish = taken_in(account)
    publish_store.move(publish, State.STARTING)

    assert code(cancel(publish.publish_id, SYSTEM)) == "publish_starting"


def test_a_cancelled_publish_cannot_be_claimed(account, begun, scheduler, tiktok):
    publish = taken_in(account)
    seen_before = stored(publish)
    cancel(publish.publish_id, SYSTEM)

    assert publish_store.move(seen_before, State.STARTING) is None


def uploading(account: Account, *, size: int, chunks_begun: int) -> Publish:
    publish = taken_in(account)
    publish_store.record_source(publish, publish.video.model_copy(update={"size": size}))
    start(publish.publish_id, publish.publish_id)
    row = stored(publish)
    assert row.state is State.UPLOADING
    mine = publish_store.take_epoch(row)
    assert mine is not None
    publish_store.note_progress(mine, chunks_begun=chunks_begun, bytes_sent=0)
    return stored(publish)


def test_an_upload_can_be_cancelled_before_its_last_chunk_begins(account, begun, scheduler, cancels):
    publish = uploading(account, size=70_000_000, chunks_begun=1)

    cancelled = as_publish(cancel(publish.publish_id, SYSTEM))

    assert cancelled.state is State.CANCELLED
    assert cancels.count("cancel") == 0
    assert publish_store.note_progress(publish, chunks_begun=2, bytes_sent=32_000_000) is None


def test_a_cancel_that_finds_a_new_uploader_reads_again(account, begun, scheduler, cancels, monkeypatch):
    publish = uploading(account, size=70_000_000, chunks_begun=1)
    real, tries = settle.end_publish, []

    def slow_end(row: Publish, ending: Ending) -> Publish | None:
        if not tries:
            uploader = publish_store.take_epoch(row)
            assert uploader is not None
            publish_store.note_progress(uploader, chunks_begun=2, bytes_sent=32_000_000)
        tries.append(row.epoch)
        return real(row, ending)

    monkeypatch.setattr("dropcast.publishing.actions.cancel.end_publish", slow_end)
    cancels.script["cancel"] = [refusal("publish_not_cancellable", 400)]

    assert code(cancel(publish.publish_id, SYSTEM)) == "publish_not_cancellable"
    assert stored(publish).state is State.UPLOADING
    assert len(tries) == 1


def test_a_complete_upload_is_cancelled_only_if_tiktok_agrees(account, begun, scheduler, cancels):
    publish = uploading(account, size=len(VIDEO), chunks_begun=1)
    cancels.script["cancel"] = [{}]

    asked = as_publish(cancel(publish.publish_id, SYSTEM))
    fact_store.add("v_pub_file~1", Fact("failed", clock.now(), "publish_cancelled"))
    settle.settle(publish.publish_id, StepResult(Outcome.VERDICT))

    assert (asked.state, event_view(asked)["cancel_requested"]) == (State.UPLOADING, True)
    assert stored(publish).state is State.CANCELLED
