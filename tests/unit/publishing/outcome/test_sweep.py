"""The sweep handles every late row: no row hides another, and a publish that cannot continue comes to rest."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from dropcast import clock
from dropcast.aws import clients
from dropcast.errors.problem import problem
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import RESTING, State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.recheck import recheck
from dropcast.publishing.outcome.recheck_schedule import PAUSES_S
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.outcome.sweep import Swept, sweep
from dropcast.publishing.store import publish_store, unstarted_index
from dropcast.publishing.store.publish_rows import UNSTARTED_SHARDS
from tests.unit.publishing.conftest import options, outbox, stored, upload_object
from tests.unit.publishing.outcome.test_recheck import asked, at, processing, queue_url  # noqa: F401

pytestmark = pytest.mark.usefixtures("queue_url")


@pytest.fixture
def aws_says(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The status of each execution by its name. StartExecution starts all others."""
    known: dict[str, str] = {}

    def start(*, name: str, **_: Any) -> dict[str, Any]:
        if known.get(name, "RUNNING") != "RUNNING":
            raise ClientError({"Error": {"Code": "ExecutionAlreadyExists"}}, "StartExecution")
        known[name] = "RUNNING"
        return {}

    client = clients.client("stepfunctions")
    monkeypatch.setattr(client, "start_execution", start)
    monkeypatch.setattr(
        client, "describe_execution", lambda executionArn: {"status": known[executionArn.rpartition(":")[2]]}
    )
    return known


def submitted(account) -> Publish:
    publish = submit(new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options()))
    assert isinstance(publish, Publish)
    return publish


def test_an_execution_that_failed_before_prepare_is_followed_by_another(account, aws_says, at):  # noqa: F811
    publish = submitted(account)
    aws_says[publish.execution] = "FAILED"
    at(61)

    assert sweep() == Swept(0, 0, recovered=1)
    assert (stored(publish).state, stored(publish).execution) == (State.HELD, f"{publish.publish_id}-1")
    assert outbox().count("publish.held") == 1
    at(120)
    assert sweep() == Swept(1, 0)
    assert aws_says[f"{publish.publish_id}-1"] == "RUNNING"


def test_an_execution_that_a_person_aborted_is_not_followed_by_another(account, aws_says, at):  # noqa: F811
    publish = submitted(account)
    aws_says[publish.execution] = "ABORTED"
    at(61)

    sweep()

    assert stored(publish).state is State.FAILED
    assert stored(publish).error == problem("workflow_died")


def test_an_emulator_that_refuses_a_running_execution_does_no_harm(account, aws_says, at, monkeypatch):  # noqa: F811
    publish = submitted(account)
    refusal = ClientError({"Error": {"Code": "ExecutionAlreadyExists"}}, "StartExecution")
    monkeypatch.setattr(clients.client("stepfunctions"), "start_execution", lambda **_: (_ for _ in ()).throw(refusal))
    at(61)

    assert sweep() == Swept(1, 0)
    assert stored(publish).state is State.QUEUED


def test_an_execution_that_aws_refuses_to_start_becomes_a_failed_row(account, at, monkeypatch):  # noqa: F811
    refusal = ClientError({"Error": {"Code": "ExecutionLimitExceeded"}}, "StartExecution")
    monkeypatch.setattr(clients.client("stepfunctions"), "start_execution", lambda **_: (_ for _ in ()).throw(refusal))
    publish = submitted(account)
    at(61)

    swept = sweep()

    assert swept == Swept(0, 0, failed=1)
    assert stored(publish).state is State.QUEUED


@pytest.mark.long
def test_executions_that_always_fail_end_with_a_failed_publish(account, aws_says, at):  # noqa: F811
    publish = submitted(account)

    for _ in range(200):
        aws_says[stored(publish).execution] = "FAILED"
        at(61)
        sweep()

    assert stored(publish).state is State.FAILED
    assert stored(publish).error == problem("workflow_died")
    assert len(stored(publish).history) < 20


def test_rows_that_cannot_be_moved_hide_no_other(account, begun, at, monkeypatch):  # noqa: F811
    monkeypatch.setattr("dropcast.publishing.store.publish_rows._shard_number", lambda *_: 0)
    stuck = {submitted(account).publish_id for _ in range(130)}
    last = submitted(account).publish_id
    monkeypatch.setattr(
        "dropcast.publishing.outcome.sweep.launch_overdue", lambda publish: served.append(publish.publish_id)
    )
    monkeypatch.setattr("dropcast.publishing.outcome.sweep.recover", lambda *_, **__: None)
    served: list[str] = []
    at(61)

    sweep()

    assert set(served) == stuck | {last}


def test_the_next_run_handles_what_one_run_had_no_time_for(account, begun, at, monkeypatch):  # noqa: F811
    monkeypatch.setattr(
        "dropcast.publishing.store.publish_rows._shard_number", lambda publish_id, _: int(publish_id[-1] > "f")
    )
    wanted = {submitted(account).publish_id for _ in range(60)}
    begun.clear()
    at(61)
    calls = iter(range(10**6))
    monkeypatch.setattr(clock, "seconds_left", lambda: 0 if next(calls) % 21 == 20 else 50)

    runs = [sweep().begun for _ in range(3)]

    assert runs == [20, 20, 20]
    assert set(begun) == wanted


def test_a_row_that_changed_meanwhile_is_left_alone(account, begun, at, monkeypatch):  # noqa: F811
    publish = submitted(account)
    real = unstarted_index.put_off

    def prepared_first(overdue: unstarted_index.Overdue, until: int) -> Publish | None:
        publish_store.begin(overdue.publish_id, publish.execution)
        return real(overdue, until)

    monkeypatch.setattr("dropcast.publishing.outcome.sweep.put_off", prepared_first)
    begun.clear()
    at(61)

    assert sweep() == Swept(0, 0)
    assert begun == []


def test_every_shard_is_swept(account, begun, at):  # noqa: F811
    wanted = {submitted(account).publish_id for _ in range(4 * UNSTARTED_SHARDS)}
    begun.clear()
    at(61)

    sweep()

    assert set(begun) == wanted


@pytest.fixture
def at_rest(account, begun, tiktok) -> Publish:
    tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 1000}
    return settle(processing(account).publish_id, StepResult(Outcome.UNKNOWN, error=problem("verdict_missing")))


def test_copies_of_a_recheck_are_one_recheck(at_rest, tiktok, queue_url, at):  # noqa: F811
    at(PAUSES_S[0] + 61)
    for _ in range(6):
        sweep()
        at(181)
    copies = asked(queue_url)

    for publish_id, number in copies * 3:
        recheck(publish_id, number)

    assert copies == [(at_rest.publish_id, 0)] * 6
    assert tiktok.count("status/fetch") == 1
    assert stored(at_rest).looks == 1


def test_a_recheck_that_is_not_due_is_not_made(at_rest, tiktok, at):  # noqa: F811
    for _ in range(6):
        recheck(at_rest.publish_id)
        recheck(at_rest.publish_id, 0)
        recheck(at_rest.publish_id, 1)

    assert tiktok.count("status/fetch") == 0
    assert stored(at_rest).looks == 0
    assert stored(at_rest).state in RESTING
