"""An execution that began under the last release waits during an upgrade and ends with today's functions."""

import pytest

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome import fact_store
from local.folder import ROOT
from tests.unit.publishing.conftest import options, outbox, refusal, stored, upload_object
from tests.unit.publishing.released_execution import RELEASED, ReleasedExecution
from tests.unit.publishing.transfer.test_transfer import UploadHost
from tests.unit.support.memory_aws import maker

BODY = (ROOT / "tests" / "media" / "sample.mp4").read_bytes()
PROCESSING = {"status": "PROCESSING_DOWNLOAD", "uploaded_bytes": len(BODY)}
COMPLETE = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7]}


@pytest.fixture
def publish(account, begun, tiktok) -> Publish:
    tiktok.uploads = UploadHost(tiktok)
    taken = submit(new_publish(account.account_id, upload_object("a.mp4", BODY), "api", options()))
    assert isinstance(taken, Publish)
    return taken


@pytest.fixture
def execution(publish, woken, monkeypatch) -> ReleasedExecution:
    run = ReleasedExecution(publish.publish_id, woken)
    began = clock.now()
    monkeypatch.setattr(clock, "now", lambda: max(began, int(run.at)))
    return run


def test_a_video_is_published(execution, publish):
    states = execution.run()

    assert states[:6] == ["Prepare", "Prepared?", "Start", "Started?", "Transfer", "Transferred?"]
    assert states[-1] == "Settle"
    assert stored(publish).state is State.PUBLISHED
    assert outbox()[-1] == "publish.published"


def test_rounds_of_waiting_end_with_tiktoks_verdict(execution, publish, tiktok):
    tiktok.script["status/fetch"] = [PROCESSING] * 4 + [COMPLETE]

    states = execution.run()

    assert [one for one in states if one.startswith("Watch") and not one.endswith("?")] == [
        "WatchSoon",
        "WatchSecond",
        "WatchThird",
        "WatchLater",
        "WatchLater",
    ]
    assert stored(publish).state is State.PUBLISHED


def test_where_webhooks_arrive_the_first_round_is_long(execution, publish, monkeypatch):
    monkeypatch.setattr(fact_store, "webhooks_arrive", lambda: True)

    assert execution.run()[-2:] == ["WatchLong", "Settle"]
    assert stored(publish).state is State.PUBLISHED


def test_a_held_publish_wakes_and_starts(execution, publish, tiktok):
    tiktok.script["video/init"] = [refusal("rate_limit_exceeded", 429)]

    states = execution.run()

    assert states[2:5] == ["Start", "Started?", "Hold"]
    assert stored(publish).state is State.PUBLISHED
    assert tiktok.count("video/init") == 2


def test_a_start_that_died_is_decided_and_waits_for_its_next_try(execution, publish, tiktok):
    execution.fail["Start"] = ["Lambda.Unknown"]

    states = execution.run()

    assert states[2:6] == ["Start", "Decide", "Decided?", "Hold"]
    assert stored(publish).state is State.PUBLISHED
    assert tiktok.count("video/init") == 1


def test_a_transfer_without_time_continues_in_a_next_invocation(execution, publish):
    execution.left_ms["Transfer"] = [100_000]

    states = execution.run()

    assert states.count("Transfer") == 2
    assert stored(publish).state is State.PUBLISHED


def test_a_refusal_ends_without_a_call_to_tiktok(execution, publish, tiktok):
    maker("s3").delete_object(Bucket=publish.source.bucket, Key="a.mp4", VersionId=publish.source.version_id)

    assert execution.run() == ["Prepare", "Prepared?", "Settle"]
    assert stored(publish).state is State.FAILED
    assert tiktok.calls == []


@pytest.mark.parametrize("state", ["Prepare", "Transfer", "WatchSoon"])
def test_a_task_that_failed_for_good_ends_in_settle(execution, publish, state):
    execution.fail[state] = ["Lambda.Unknown"]

    assert execution.run()[-2:] == [state, "Settle"]
    assert stored(publish).state is not State.QUEUED


def test_the_definition_has_no_other_kinds_of_states():
    assert {one["Type"] for one in RELEASED["States"].values()} == {"Task", "Choice", "Wait"}
