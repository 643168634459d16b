"""If an execution gives up before a call to TikTok, the publish does not fail. The next execution tries later.

This happens at most fifteen times.
"""

import pytest

from dropcast import clock
from dropcast.errors.problem import problem
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import finish, recover
from dropcast.publishing.store import publish_store
from functions.workflow.ended import handler as ended
from tests.unit.publishing.conftest import options, outbox, stored, upload_object
from tests.unit.support.functions import context


@pytest.fixture
def publish(account, begun) -> Publish:
    made = submit(new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options()))
    assert isinstance(made, Publish)
    return made


@pytest.mark.parametrize("answer", ["begin", "ready", "pictures", "more", "held", "start"])
def test_a_publish_that_lambda_had_no_capacity_for_waits_again(publish, answer):
    finish(publish.publish_id, StepResult(Outcome(answer)), publish.execution)

    row = stored(publish)
    assert (row.state, row.execution) == (State.HELD, f"{publish.publish_id}-1")
    assert row.not_before is not None
    assert row.not_before > clock.now()
    assert row.history[-1].code == "internal_error"
    assert outbox().count("publish.held") == 1


def test_a_held_publish_is_held_again_and_announced_once(publish):
    for number in range(3):
        finish(publish.publish_id, StepResult(Outcome.BEGIN), stored(publish).execution)
        assert stored(publish).executions_lost == number + 1

    assert outbox().count("publish.held") == 1


def test_a_scheduled_publish_keeps_its_time(publish):
    later = publish_store.supersede(publish, due=clock.now(), code="edited", publish_at=clock.now() + 7200)
    assert later is not None

    finish(publish.publish_id, StepResult(Outcome.BEGIN), later.execution)

    assert stored(publish).not_before == later.due_at


def test_an_old_execution_cannot_hold_a_publish_of_the_next_one(publish):
    newer = publish_store.supersede(publish, due=clock.now(), code="restarted")
    assert newer is not None

    finish(publish.publish_id, StepResult(Outcome.BEGIN), publish.execution)

    assert stored(publish).execution == newer.execution
    assert stored(publish).state is State.QUEUED


def test_after_fifteen_executions_it_fails(publish):
    for _ in range(16):
        finish(publish.publish_id, StepResult(Outcome.BEGIN), stored(publish).execution)

    assert stored(publish).state is State.FAILED
    assert stored(publish).error == problem("workflow_died")


@pytest.mark.parametrize(
    "step",
    [StepResult(Outcome.REFUSED, error=problem("source_missing", bucket="b", key="k")), StepResult(Outcome.SETTLED)],
)
def test_a_steps_own_outcome_ends_the_publish(publish, step):
    finish(publish.publish_id, step, publish.execution)

    assert stored(publish).state is State.FAILED


def test_a_publish_after_a_tiktok_call_is_settled_by_its_facts(publish):
    publish_store.move(publish, State.STARTING)

    recover(publish.publish_id, publish.execution, aborted=False)

    assert stored(publish).state is State.FAILED
    assert stored(publish).error == problem("init_lost")


@pytest.mark.parametrize(
    ("status", "state"), [("FAILED", State.HELD), ("TIMED_OUT", State.HELD), ("ABORTED", State.FAILED)]
)
def test_a_failed_execution_is_followed_by_another_and_an_aborted_one_is_not(publish, status, state):
    detail = {"status": status, "name": publish.execution, "input": f'{{"publish_id": "{publish.publish_id}"}}'}

    ended.handler({"detail": detail}, context())

    assert stored(publish).state is state
