"""The console offers exactly the actions that would be accepted."""

from typing import Any

import pytest

from dropcast import clock
from dropcast.aws import clients
from dropcast.caller import SYSTEM, Caller
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.actions import cancel as cancel_module
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.offered_actions import Action, action_refusal, caller_refusal, offered_actions
from dropcast.publishing.actions.resolve import resolve
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.actions.retry import retry
from dropcast.publishing.execution import scheduler, state_machine
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import HistoryEntry, Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.store import publish_store
from tests.unit.publishing.conftest import options, upload_object

ACTIONS = {
    "cancel": cancel,
    "edit": lambda publish_id, caller: edit(publish_id, caller, PublishEdit(title="New")),
    "retry": retry,
    "restart": restart,
    "resolve": lambda publish_id, caller: resolve(publish_id, caller, "not_posted"),
}
OLD = 3600


@pytest.fixture(autouse=True)
def no_executions(begun, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_machine, "stop", lambda *_: None)
    monkeypatch.setattr(scheduler, "delete_entry", lambda *_: None)
    monkeypatch.setattr(cancel_module, "_ask_tiktok_to_cancel", lambda publish: publish)


def put(account_id: str, state: State, **fields: Any) -> Publish:
    made = new_publish(account_id, upload_object("a.mp4", b"x"), "api", options(), user_id="user-1")
    history = [HistoryEntry(at=clock.now() - OLD, state=state)]
    known = {"tiktok_publish_id": "v_pub_1"} if state in (State.UPLOADING, State.PROCESSING, State.UNKNOWN) else {}
    publish = made.model_copy(update={"state": state, "history": history, **known, **fields})
    clients.client("dynamodb").put_item(**publish_store.put_write(publish, unstarted=False)["Put"])
    return publish


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_is_offered_where_it_is_accepted(account, state: State, action: Action):
    publish = put(account.account_id, state)

    answer = ACTIONS[action](publish.publish_id, SYSTEM)

    refusal = action_refusal(action, publish)
    assert refusal == (answer if isinstance(answer, Problem) else None)
    is_done = action == "cancel" and state is State.CANCELLED
    assert (action in offered_actions(publish, SYSTEM)) == (refusal is None and not is_done)


@pytest.mark.parametrize(
    ("state", "fields", "missing"),
    [
        (State.STARTING, {"history": [HistoryEntry(at=0, state=State.STARTING)]}, "restart"),
        (State.UNKNOWN, {"tiktok_publish_id": None}, "restart"),
        (State.FAILED, {"retried_as": "pub_1"}, "retry"),
        (State.FAILED, {"options": None}, "retry"),
    ],
)
def test_an_action_that_cannot_help_is_not_offered(account, monkeypatch, state, fields, missing):
    publish = put(account.account_id, state, **fields)
    monkeypatch.setattr(clock, "now", lambda: 10)

    assert missing not in offered_actions(publish, SYSTEM)


@pytest.mark.parametrize(
    ("scopes", "mode", "refusal"),
    [
        ({"publish"}, "direct", None),
        ({"draft"}, "draft", None),
        ({"draft"}, "direct", "publish"),
        ({"read"}, "draft", "publish"),
    ],
)
def test_a_key_without_the_scope_is_offered_nothing(account, scopes, mode, refusal):
    caller = Caller("dk_1", frozenset(scopes))
    publish = put(account.account_id, State.FAILED, mode=mode, options=PublishOptions())

    assert caller_refusal(publish, caller) == (refusal and problem("scope_missing", scope=refusal))
    assert offered_actions(publish, caller) == (() if refusal else ("retry",))
