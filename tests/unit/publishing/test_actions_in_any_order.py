"""In any order of events, a scheduled publish is posted at most once, at its time, and never after it was cancelled.

Scheduler entries fire at any time after their own time, and repeatedly. AWS may fail to stop an execution, or refuse to
start one. Every execution that ever started may take its next step at any moment.
"""

from dataclasses import dataclass, field

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from dropcast import clock
from dropcast.aws.tables import PUBLISHES
from dropcast.budgets.ledger import Go
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.admission import budget_slots
from dropcast.publishing.execution import scheduler, state_machine
from dropcast.publishing.execution.launch import launch_due
from dropcast.publishing.intake.accept import accept
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.request import PublishRequest
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import finish
from dropcast.publishing.outcome.sweep import sweep
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from tests.examples import examples
from tests.unit.publishing.actions.test_actions import VIDEO, upload_object
from tests.unit.publishing.conftest import BUCKET, FakeTikTok

HOUR = 3600
YEAR = 365 * 24 * HOUR
OPERATIONS = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 40 * 24 * HOUR)),
    st.tuples(st.just("edit"), st.one_of(st.none(), st.integers(0, YEAR))),
    st.tuples(st.sampled_from(["cancel", "restart", "sweep", "refuse"]), st.none()),
    st.tuples(st.just("fire"), st.integers(0, 5)),
    st.tuples(st.just("step"), st.integers(0, 5)),
)


@dataclass
class World:
    """The publish's environment: time, entries, and executions with the next step of each."""

    at: int
    entries: dict[str, int] = field(default_factory=dict)
    running: dict[str, StepResult] = field(default_factory=dict)
    begun: list[str] = field(default_factory=list)
    refuses: bool = False

    def start(self, publish_id: str, execution: str) -> None:
        if self.refuses:
            self.refuses = False
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "StartExecution")
        if execution not in self.begun:
            self.begun.append(execution)
            self.running[execution] = StepResult(Outcome.BEGIN)

    def plan(self, publish_id: str, execution: str, at: int) -> None:
        if self.refuses:
            self.refuses = False
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "CreateSchedule")
        self.entries[execution] = at

    def step(self, publish_id: str, execution: str) -> None:
        """One state of the machine for one execution."""
        before = self.running.pop(execution)
        match before.outcome:
            case "begin":
                after = prepare(publish_id, execution)
            case "ready" | "start":
                after = start(publish_id, execution)
            case "held" if self.at < (before.not_before or 0):
                after = before
            case "held":
                after = start(publish_id, execution)
            case "lost":
                after = decide(publish_id, execution, before)
            case "started":
                return
            case _:
                finish(publish_id, before, execution)
                return
        self.running[execution] = after


@pytest.fixture
def world(account, tiktok: FakeTikTok, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World(clock.now())
    monkeypatch.setattr(clock, "now", lambda: world.at)
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.keep_warm_until", lambda *_: None)
    monkeypatch.setattr(state_machine, "start", lambda publish_id, execution: world.start(publish_id, execution))
    monkeypatch.setattr(state_machine, "stop", lambda _: None)
    monkeypatch.setattr(scheduler, "create_entry", lambda *planned: world.plan(*planned))
    monkeypatch.setattr(scheduler, "delete_entry", lambda _: None)
    for name, does in (
        ("take", lambda _: Go()),
        ("leave_after_init", lambda _: None),
        ("leave_queue", lambda *_: None),
    ):
        monkeypatch.setattr(budget_slots, name, does)
    monkeypatch.setattr("dropcast.publishing.outcome.sweep.queue_recheck", lambda _: None, raising=False)
    upload_object("in/a.mp4", VIDEO)
    return world


@pytest.mark.long
@given(first=st.integers(0, YEAR), operations=st.lists(OPERATIONS, min_size=1, max_size=14), calm=st.booleans())
@settings(
    max_examples=examples(10),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_in_any_order_it_is_posted_once_in_time_or_not_at_all(account, tiktok, world, first, operations, calm):
    world.entries, world.running, world.begun, world.refuses = {}, {}, [], False
    inits_before = tiktok.count("video/init")
    publish_id = taken(account, world, first).publish_id
    cancelled = False
    for name, argument in operations:
        cancelled = done(world, publish_id, name, argument) or cancelled
        judge(tiktok, world, publish_id, inits_before, cancelled=cancelled)

    if calm:
        settle_down(world, publish_id)
        row = publish_store.get(publish_id)
        assert row is not None
        assert row.state is (State.CANCELLED if cancelled else State.UPLOADING)
        judge(tiktok, world, publish_id, inits_before, cancelled=cancelled)


def taken(account, world: World, ahead: int) -> Publish:
    body = {
        "account_id": account.account_id,
        "source": {"type": "s3", "bucket": BUCKET, "key": "in/a.mp4"},
        "privacy_level": "SELF_ONLY",
        "publish_at": clock.iso(world.at + ahead),
    }
    publish = accept(PublishRequest.model_validate(body), SYSTEM, idempotency_key=None)
    assert isinstance(publish, Publish)
    return publish


def done(world: World, publish_id: str, name: str, argument: int | None) -> bool:
    """Do the action; return whether it cancelled the publish."""
    match name, argument:
        case "wait", int(seconds):
            world.at += seconds
        case "edit", ahead:
            at = None if ahead is None else clock.iso(world.at + ahead)
            edit(publish_id, SYSTEM, PublishEdit.model_validate({"publish_at": at, "title": f"title {world.at}"}))
        case "cancel", _:
            row = publish_store.get(publish_id)
            assert row is not None
            if row.state in (State.QUEUED, State.HELD):
                assert not isinstance(cancel(publish_id, SYSTEM), Problem)
                return True
        case "restart", _:
            restart(publish_id, SYSTEM)
        case "sweep", _:
            sweep()
        case "refuse", _:
            world.refuses = True
        case "fire", int(number) if due := [one for one, at in world.entries.items() if at <= world.at]:
            launch_due(publish_id, due[number % len(due)])
        case "step", int(number) if world.running:
            world.step(publish_id, list(world.running)[number % len(world.running)])
    return False


def judge(tiktok: FakeTikTok, world: World, publish_id: str, inits_before: int, *, cancelled: bool) -> None:
    row = publish_store.get(publish_id)
    assert row is not None
    inits = tiktok.count("video/init") - inits_before
    assert inits <= 1
    if inits:
        assert world.at >= row.due_at
        assert not cancelled
    assert (row.state is State.CANCELLED) == cancelled
    waits = row.state in (State.QUEUED, State.HELD) and row.publish_at is not None
    assert planned_at(publish_id) == (row.publish_at if waits else None)


def planned_at(publish_id: str) -> int | None:
    """The time of the publish in the index of waiting publishes."""
    row = PUBLISHES.get(publish_store.row_key(publish_id)) or {}
    return row["waits_at"] if row.get("waits_in") == "time" else None


def settle_down(world: World, publish_id: str) -> None:
    """Finish without further actions: time passes, the sweep runs, and every execution takes its steps."""
    world.refuses = False
    for _ in range(8):
        world.at += YEAR // 4
        sweep()
        for execution in list(world.running) * 5:
            if execution in world.running:
                world.step(publish_id, execution)
