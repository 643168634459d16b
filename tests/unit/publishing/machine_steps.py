"""The state machine for one execution: the next step, a round of Watch, and a task that died."""

from typing import Any

from pydantic import SecretStr

from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.outcome.settle import finish
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.prepare import prepare
from dropcast.publishing.steps.start import start
from dropcast.publishing.steps.watch import watch
from dropcast.publishing.store import publish_store
from dropcast.publishing.transfer import transfer
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.publishing.machine_world import (
    EVENTS,
    CrashError,
    World,
    next_state,
)


class MachineSteps:
    """Executions of one publish in `world`."""

    world: World
    publish_id: str

    def _step(self, execution: str) -> None:
        state, step = self.world.running.pop(execution)
        match state.split():
            case ["Prepare"]:
                after = prepare(self.publish_id, execution)
            case ["Start"]:
                self.world.at += 3601
                after = start(self.publish_id, execution)
            case ["Decide"]:
                after = decide(self.publish_id, execution, step)
            case ["Transfer"]:
                after = transfer.transfer(self.publish_id, execution)
            case ["Watch", round_]:
                self._watch(execution, round_)
                return
            case _:
                finish(self.publish_id, step, execution)
                return
        self.world.running[execution] = next_state(state, after)

    def _watch(self, execution: str, round_: Any) -> None:
        self.world.tokens += 1
        token = f"token-{self.world.tokens}"
        self.world.waiting[execution] = (token, round_)
        try:
            watch(self.publish_id, execution, SecretStr(token), round_)
        except CrashError:
            self.world.waiting.pop(execution, None)
            raise

    def _after_death(self, execution: str, state: str, step: StepResult, *, gives_up: bool) -> None:
        """Do what the state machine does after a task died: retry it a few times, then catch the error."""
        if state == "Start":
            self.world.running[execution] = ("Decide", step)
        elif not gives_up:
            self.world.running[execution] = (state, step)
        elif state == "Settle":
            self.world.dead.append(execution)
        else:
            self.world.running[execution] = ("Settle", step)

    def _events(self, earlier: int) -> list[WebhookEvent]:
        told = []
        for one in self.world.taken:
            at = self.world.at - earlier
            if one.verdict:
                reason = "internal" if one.verdict == "failed" else None
                told.append(WebhookEvent(EVENTS[one.verdict], at, "open-1", one.name, None, reason, None))
            told += [
                WebhookEvent(EVENTS["public"], at, "open-1", one.name, str(post_id), None, None)
                for post_id in one.post_ids
            ]
        return told

    def _stored(self) -> Publish:
        row = publish_store.get(self.publish_id)
        assert row is not None
        return row
