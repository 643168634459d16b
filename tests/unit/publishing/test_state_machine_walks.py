"""In any order of events at TikTok, a publish's state is true, and equal facts give equal states.

TikTok has a true state here: what it accepted, what it holds, what it decided. It reports this state by webhooks
(early, late, twice, out of order) and in its status, if it answers. The status may be some answers old. The object may
be replaced in its bucket, which has no versions. Processes die before or after any write. Earlier executions continue
beside those that took over. Persons cancel, edit, restart and resolve at any moment.
"""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dropcast import clock
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.resolve import resolve
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.intake.early_checks import pin_publish
from dropcast.publishing.model import chunk_plan, views
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.states import FINAL, RESTING, State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.recheck import recheck
from dropcast.publishing.outcome.settle import settle_execution
from dropcast.publishing.outcome.webhook_handler import handle, handle_stale
from tests.examples import examples
from tests.unit.publishing.conftest import BUCKET, options
from tests.unit.publishing.machine_steps import MachineSteps
from tests.unit.publishing.machine_world import (
    AFTER_TIMEOUT,
    ANOTHER,
    CHUNK,
    LAG_MAX,
    SAID_IN_EFFECT,
    VIDEO,
    CrashError,
    World,
)
from tests.unit.publishing.machine_world import world as world


class Machine(MachineSteps, RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.row: Publish | None = None
        self.said: set[str] = set()
        world.__init__()

    @initialize(
        via=st.sampled_from(["upload", "upload", "upload", "pull"]),
        chunk=st.sampled_from([len(VIDEO), CHUNK]),
        lag=st.sampled_from([0, 1, LAG_MAX]),
        fate=st.sampled_from([None, "lost after", "refused", *SAID_IN_EFFECT]),
    )
    def asked_for(self, via: Any, chunk: int, lag: int, fate: str | None) -> None:
        """`fate` is the upload host's answer to the first bytes."""
        self.world.lag = lag
        self.world.fate |= {"upload": fate} if fate else {}
        chunk_plan.SINGLE_CHUNK_MAX_BYTES, chunk_plan.CHUNK_SIZES = chunk, (CHUNK,)  # type: ignore[misc]
        asked = new_publish("acc_1", Source(bucket=BUCKET, key="a.mp4"), "api", options(), via=via)
        pinned = pin_publish(asked)
        assert isinstance(pinned, Publish)
        publish = submit(pinned)
        assert isinstance(publish, Publish)
        self.publish_id = publish.publish_id
        self.row = publish

    @rule(number=st.integers(0, 2), times=st.integers(1, 5))
    def some_steps(self, number: int, times: int) -> None:
        for _ in range(times):
            if self.world.running:
                self._step(sorted(self.world.running)[number % len(self.world.running)])

    @rule(times=st.integers(1, 3))
    def steps_of_the_first(self, times: int) -> None:
        self.some_steps(0, times)

    @rule(
        where=st.sampled_from(["Prepare", "Start", "Decide", "Transfer", "Watch", "Settle"]),
        writes=st.integers(0, 3),
        after=st.booleans(),
        gives_up=st.booleans(),
    )
    def a_process_dies(self, where: str, writes: int, after: bool, gives_up: bool) -> None:
        """The first execution that takes such a step dies in it."""
        for _ in range(6):
            execution = min(self.world.running, default=None)
            if execution is None:
                return
            state, step = self.world.running[execution]
            if state.startswith(where):
                self.world.crash_in, self.world.crash_after_effect = writes, after
            try:
                self._step(execution)
            except CrashError:
                self._after_death(execution, state, step, gives_up=gives_up)
                return
            finally:
                self.world.crash_in = None

    @rule(
        route=st.sampled_from(["video/init", "status/fetch", "upload", "creator_info/query"]),
        fate=st.sampled_from(["lost before", "lost after", "gone", "refused", *SAID_IN_EFFECT]),
    )
    def tiktok_will_not_answer(self, route: str, fate: str) -> None:
        self.world.fate[route] = fate

    @rule(lag=st.integers(0, LAG_MAX))
    def the_status_is_late(self, lag: int) -> None:
        self.world.lag = lag

    @rule(body=st.sampled_from([VIDEO, ANOTHER, ANOTHER]))
    def the_object_is_replaced(self, body: bytes) -> None:
        self.world.bucket.body = body

    @rule(later=st.booleans())
    def a_person_edits(self, later: bool) -> None:
        at = {"publish_at": clock.iso(self.world.at + 60)} if later else {}
        edit(self.publish_id, SYSTEM, PublishEdit.model_validate({"title": f"title {self.world.at}"} | at))

    @precondition(lambda self: any(one.whole and not one.verdict for one in self.world.taken))
    @rule(verdict=st.sampled_from(["complete", "complete", "failed"]))
    def tiktok_decides(self, verdict: str) -> None:
        next(one for one in self.world.taken if one.whole and not one.verdict).verdict = verdict

    @precondition(lambda self: any(one.verdict == "complete" for one in self.world.taken))
    @rule()
    def a_post_becomes_public(self) -> None:
        post = next(one for one in self.world.taken if one.verdict == "complete")
        post.post_ids.append(7000 + len(post.post_ids))

    @precondition(lambda self: any(one.verdict for one in self.world.taken))
    @rule(number=st.integers(0, 5), earlier=st.integers(0, 100), stale=st.booleans())
    def a_webhook(self, number: int, earlier: int, stale: bool) -> None:
        events = list(self._events(earlier))
        (handle_stale if stale else handle)(events[number % len(events)])

    @rule(number=st.integers(0, 3))
    def a_round_is_over(self, number: int) -> None:
        if self.world.waiting:
            execution = sorted(self.world.waiting)[number % len(self.world.waiting)]
            _, round_ = self.world.waiting.pop(execution)
            self.world.running[execution] = (f"Watch {AFTER_TIMEOUT[round_]}", StepResult(Outcome.DIED))

    @rule(what=st.sampled_from(["time", "look", "cancel", "restart", "posted", "not_posted", "check_again"]))
    def time_or_a_person(self, what: Any) -> None:
        row = self._stored()
        match what:
            case "time":
                self.world.at += 90_000 if self.world.at % 2 else -3600
            case "look":
                recheck(self.publish_id)
            case "cancel":
                cancel(self.publish_id, SYSTEM)
            case "restart":
                restart(self.publish_id, SYSTEM)
            case word:
                if not isinstance(resolve(self.publish_id, SYSTEM, word), Problem) and row.state is State.UNKNOWN:
                    self.said.add(word)

    @precondition(lambda self: self.world.dead or self.world.running)
    @rule(aborted=st.booleans())
    def an_execution_ends_badly(self, aborted: bool) -> None:
        if aborted and self.world.running:
            name = sorted(self.world.running)[0]
            del self.world.running[name]
            self.world.dead.append(name)
        for name in self.world.dead:
            settle_execution(self.publish_id, name)
        self.world.dead.clear()

    @invariant()
    def what_is_said_is_true(self) -> None:
        if self.row is None:
            return
        before, now = self.row, self._stored()
        self.row = now
        assert before.state not in FINAL or now.state is before.state
        assert set(before.post_ids) <= set(now.post_ids)
        posts = [one for one in self.world.taken if one.verdict == "complete"]
        assert len(posts) <= 1
        assert sum(one.whole for one in self.world.taken) <= 1
        assert all(VIDEO.startswith(one.held) for one in self.world.taken)
        assert len(self.world.taken) <= (1 if now.via == "pull" else 1 + now.inits_lost) <= 2
        if now.state is State.PUBLISHED:
            assert posts or "posted" in self.said
        if now.state in (State.FAILED, State.CANCELLED) and "not_posted" not in self.said:
            assert not any(one.whole and one.verdict != "failed" for one in self.world.taken)

    def teardown(self) -> None:
        """TikTok reports everything twice at the end, and every execution takes its steps.

        Then the facts alone decide the state.
        """
        if self.row is None:
            return
        self.world.fate.clear()
        self.world.bucket.body = VIDEO
        for one in self.world.taken:
            one.verdict = one.verdict or ("complete" if one.whole else None)
        for event in [*self._events(0), *self._events(50)]:
            handle(event)
        self._come_to_rest()
        row = self._stored()
        assert row.state in RESTING
        posts = [one for one in self.world.taken if one.verdict == "complete"]
        if posts and posts[0].name == row.tiktok_publish_id and not self.said:
            assert row.state is State.PUBLISHED
            assert row.post_ids == [str(post_id) for post_id in posts[0].post_ids]
        self.what_is_said_is_true()
        self.what_was_told_is_what_happened(row)

    def what_was_told_is_what_happened(self, row: Publish) -> None:
        """Check that each time the publish came to rest, one event shows its state then.

        The events' numbers give the order.
        """
        bodies = [json.loads(item["body"]) for item in self.world.memory.tables.get("outbox_table", {}).values()]
        told = sorted(bodies, key=lambda body: body["sequence"])
        history = views.event_view(row)["history"]
        at_rest = [place for place, moment in enumerate(history, start=1) if moment["state"] in RESTING]
        assert [body["sequence"] for body in told if body["event"] != "publish.held"] == at_rest
        for body in told:
            assert body["data"]["history"] == history[: body["sequence"]]
            assert (
                body["event"]
                == f"publish.{body['data']['state']}"
                == f"publish.{history[body['sequence'] - 1]['state']}"
            )

    def _come_to_rest(self) -> None:
        """Without faults an execution brings its publish to rest.

        A publish that stopped earlier comes to rest after a restart.
        """
        self._run_on()
        if self._stored().state not in RESTING:
            restart(self.publish_id, SYSTEM)
            self._run_on()

    def _run_on(self) -> None:
        for _ in range(60):
            self.world.at += 1800
            for one in self.world.taken:
                one.verdict = one.verdict or ("complete" if one.whole else None)
            for execution in sorted(self.world.waiting):
                _, round_ = self.world.waiting.pop(execution)
                self.world.running[execution] = (f"Watch {AFTER_TIMEOUT[round_]}", StepResult(Outcome.DIED))
            for execution in sorted(self.world.running):
                self._step(execution)
            for name in self.world.dead:
                settle_execution(self.publish_id, name)
            if not self.world.running and not self.world.waiting:
                break


@pytest.mark.long
def test_in_any_order_the_state_of_a_publish_is_true(world: World) -> None:
    run_state_machine_as_test(
        lambda: Machine(world),
        settings=settings(
            max_examples=examples(150), stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
