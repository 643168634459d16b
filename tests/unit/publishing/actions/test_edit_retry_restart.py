# ruff: noqa: F811
"""A person edits, retries and restarts publishes."""

from typing import Any

import pytest

from dropcast import clock
from dropcast.accounts.models import Account
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.resolve import resolve
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.execution.launch import launch_due
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import settle
from dropcast.publishing.outcome.settle import Ending, finish
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from tests.unit.publishing.actions.test_actions import DAY, as_publish, code, now, refused, scheduler, taken_in, through  # noqa: F401
from tests.unit.publishing.conftest import stored
from tests.unit.support.memory_aws import maker


def test_an_edit_moves_the_entry_and_is_what_is_posted(account, begun, scheduler, tiktok, now):
    publish = taken_in(account, DAY, title="before")

    changes = PublishEdit.model_validate({"title": "after", "publish_at": clock.iso(now["at"] + 2 * DAY)})
    edited = as_publish(edit(publish.publish_id, SYSTEM, changes))
    now["at"] += DAY
    old = launch_due(publish.publish_id, publish.execution)
    now["at"] += DAY
    new = launch_due(publish.publish_id, edited.execution)
    step = through(edited)

    assert scheduler.standing == {f"{publish.publish_id}-1": now["at"]}
    assert (old, new, begun) == (False, True, [f"{publish.publish_id}-1"])
    assert step.outcome == "started"
    [init] = [sent for route, sent in tiktok.calls if route == "video/init"]
    assert init["post_info"]["title"] == "after"
    assert stored(publish).history[2].code == "edited"


def test_fields_without_a_change_stay(account, begun, scheduler, now):
    publish = taken_in(account, DAY, title="kept", allow_comment=True)

    edited = as_publish(edit(publish.publish_id, SYSTEM, PublishEdit.model_validate({"is_aigc": True})))

    options = edited.asked_options
    assert (options.title, options.allow_comment, options.is_aigc) == ("kept", True, True)
    assert (edited.publish_at, edited.state) == (publish.publish_at, State.HELD)


def test_a_scheduled_publish_can_be_sent_at_once(account, begun, scheduler, tiktok, now):
    publish = taken_in(account, DAY)

    edited = as_publish(edit(publish.publish_id, SYSTEM, PublishEdit.model_validate({"publish_at": None})))
    step = through(edited)

    assert (edited.not_before, edited.publish_at, scheduler.standing) == (None, None, {})
    assert begun == [edited.execution]
    assert step.outcome == "started"


def test_an_execution_overtaken_by_an_edit_claims_nothing(account, begun, scheduler, tiktok, now):
    publish = taken_in(account)
    prepare(publish.publish_id, publish.execution)
    seen_before = stored(publish)

    edit(publish.publish_id, SYSTEM, PublishEdit.model_validate({"title": "other"}))

    assert publish_store.move(seen_before, State.STARTING) is None
    assert start(publish.publish_id, publish.execution) == StepResult(Outcome.SETTLED)
    finish(publish.publish_id, StepResult(Outcome.SETTLED), publish.execution)
    assert stored(publish).state is State.QUEUED
    assert tiktok.count("video/init") == 0


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": "x" * 2201}, "invalid_request"),
        ({"brand_content": True}, "invalid_request"),
        ({"description": "for photos"}, "invalid_request"),
        ({"publish_at": "2020-01-01T00:00:00Z"}, "publish_at_past"),
        ({"publish_at": "2099-01-01T00:00:00Z"}, "publish_at_too_far"),
        ({"cover_timestamp_ms": 10**9}, "cover_outside_video"),
    ],
)
def test_an_edit_is_validated_as_the_whole_request(account, begun, scheduler, now, changes, wrong):
    publish = taken_in(account, DAY)

    refused = edit(publish.publish_id, SYSTEM, PublishEdit.model_validate(changes))

    assert code(refused) == wrong
    assert stored(publish).revision == publish.revision


def test_a_publish_that_began_cannot_be_edited(account, begun, scheduler, tiktok):
    publish = taken_in(account)
    through(publish)

    assert code(edit(publish.publish_id, SYSTEM, PublishEdit.model_validate({"title": "late"}))) == "too_late_to_edit"


def ended(account: Account, state: State, **ending: Any) -> Publish:
    publish = taken_in(account)
    if state is State.UNKNOWN:
        through(publish)
        moved = publish_store.move(stored(publish), State.UNKNOWN)
    else:
        moved = settle.end_publish(publish, Ending(state, **ending))
    assert moved is not None
    return moved


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
def test_a_retry_is_a_new_publish_linked_in_both_directions(account, begun, scheduler, state):
    old = ended(account, state)

    new = as_publish(retry(old.publish_id, SYSTEM))
    again = as_publish(retry(old.publish_id, SYSTEM))

    assert new.publish_id == again.publish_id != old.publish_id
    assert (new.retry_of, stored(old).retried_as) == (old.publish_id, new.publish_id)
    assert (new.asked_options, new.video.key) == (old.asked_options, old.video.key)
    assert begun.count(new.publish_id) == 1
    assert stored(old).state is state


def test_a_retry_and_an_edit_keep_the_consent_of_the_first_publish(account, begun, scheduler):
    given = {"by": "ana", "at": "2026-11-20T10:00:00Z", "text": "I agree"}
    old = taken_in(account, consent=given)
    edit(old.publish_id, SYSTEM, PublishEdit.model_validate({"is_aigc": True}))
    cancel(old.publish_id, SYSTEM)

    new = as_publish(retry(old.publish_id, SYSTEM))

    assert stored(old).consent is not None
    assert stored(new).consent == stored(old).consent


def test_an_unknown_publish_is_retried_only_after_a_persons_decision(account, begun, scheduler, tiktok):
    old = ended(account, State.UNKNOWN)

    assert code(retry(old.publish_id, SYSTEM)) == "say_whether_posted"
    resolve(old.publish_id, SYSTEM, "not_posted")
    new = as_publish(retry(old.publish_id, SYSTEM))

    row = stored(old)
    assert new.retry_of == old.publish_id
    assert (row.state, row.history[-1].code) == (State.FAILED, "said_not_posted")


def test_a_publish_that_may_still_succeed_is_not_retried(account, begun, scheduler):
    assert code(retry(taken_in(account).publish_id, SYSTEM)) == "not_retryable"


def test_a_retry_is_refused_like_a_new_request(account, begun, scheduler):
    old = ended(account, State.FAILED)
    maker("dynamodb").update_item(
        TableName="accounts_table",
        Key={"pk": {"S": f"account#{account.account_id}"}, "sk": {"S": "account"}},
        UpdateExpression="SET #status = :gone",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":gone": {"S": "disconnected"}},
    )

    assert code(retry(old.publish_id, SYSTEM)) == "account_disconnected"
    assert stored(old).retried_as is None


@pytest.mark.parametrize("state", [State.QUEUED, State.UPLOADING, State.PROCESSING])
def test_a_restart_is_a_new_execution_from_the_rows_state(account, begun, scheduler, tiktok, state):
    publish = taken_in(account)
    if state is not State.QUEUED:
        through(publish)
    if state is State.PROCESSING:
        publish_store.move(stored(publish), State.PROCESSING)

    restarted = as_publish(restart(publish.publish_id, SYSTEM))
    step = through(restarted)

    assert restarted.execution == begun[-1] == f"{publish.publish_id}-1"
    assert scheduler.stopped == [publish.publish_id]
    assert start(publish.publish_id, publish.execution) == StepResult(Outcome.SETTLED)
    assert step.outcome == ("processing" if state is State.PROCESSING else "started")
    assert tiktok.count("video/init") == 1


def test_a_start_in_progress_is_not_restarted_until_it_must_have_ended(account, begun, scheduler, tiktok, now):
    publish = taken_in(account)
    publish_store.move(publish, State.STARTING)

    at_once = restart(publish.publish_id, SYSTEM)
    now["at"] += 91
    later = restart(publish.publish_id, SYSTEM)

    assert code(at_once) == "publish_starting"
    assert as_publish(later).execution == f"{publish.publish_id}-1"
    assert through(as_publish(later)) == StepResult(Outcome.LOST)


def test_an_unknown_publish_is_watched_again(account, begun, scheduler, tiktok, now):
    publish = ended(account, State.UNKNOWN)
    now["at"] += 3 * DAY

    restarted = as_publish(restart(publish.publish_id, SYSTEM))

    assert (restarted.state, restarted.error, restarted.processing_since) == (State.PROCESSING, None, now["at"])
    assert through(restarted).outcome == "processing"


def test_an_unknown_publish_without_a_tiktok_id_is_not_watched_again(account, begun, scheduler):
    publish = taken_in(account)
    publish_store.move(publish, State.STARTING)
    publish_store.move(stored(publish), State.UNKNOWN)

    assert code(restart(publish.publish_id, SYSTEM)) == "nothing_to_watch"
    assert stored(publish).execution == publish.execution


@pytest.mark.parametrize("act", [restart, retry], ids=["restart", "retry"])
def test_an_action_overtaken_by_another_reads_the_row_again(account, begun, scheduler, monkeypatch, act):
    publish = ended(account, State.FAILED) if act is retry else taken_in(account)
    real = publish_store.get

    def get_before_another_acts(publish_id):
        seen = real(publish_id)
        monkeypatch.setattr(publish_store, "get", real)
        as_publish(act(publish_id, SYSTEM))
        return seen

    monkeypatch.setattr(publish_store, "get", get_before_another_acts)
    last = as_publish(act(publish.publish_id, SYSTEM))

    if act is retry:
        assert stored(publish).retried_as == last.publish_id
    else:
        assert stored(publish).execution == last.execution == f"{publish.publish_id}-2"


def test_an_ended_publish_is_not_restarted(account, begun, scheduler):
    assert code(restart(ended(account, State.FAILED).publish_id, SYSTEM)) == "not_restartable"


def test_a_restarted_scheduled_publish_still_waits(account, begun, scheduler, now):
    publish = taken_in(account, DAY)

    restarted = as_publish(restart(publish.publish_id, SYSTEM))

    assert begun == []
    assert scheduler.standing == {restarted.execution: now["at"] + DAY}


@pytest.mark.parametrize("act", [cancel, restart, retry, lambda one, caller: edit(one, caller, PublishEdit())])
def test_an_unknown_publish_id_is_not_found(cloud, act):
    assert code(act("pub_nothing", SYSTEM)) == "not_found"
