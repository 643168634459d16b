"""Walks through days of one account's queue: real Starts, Decides, edits, cancellations and ends, in order of time."""

import heapq
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx
import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.budgets import ledger_store, overflow_row_store
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.publish_queue import leave
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.intake.accept import new_publish
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import Fact
from dropcast.publishing.outcome.settle import finish, settle
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.tiktok.client import TikTok
from dropcast.tiktok.models import TokenGrant
from tests.long_queue.judge import Judge
from tests.long_queue.tables import Units
from tests.long_queue.trouble import AwsTrouble, KilledError, TikTokTrouble
from tests.unit.support.accounts import BUCKET, HeldClock
from tests.unit.support.memory_aws import maker

DAY_S = 24 * 3600
_OPEN_ID = "open-1"
_WAITING = (State.QUEUED, State.HELD)


@dataclass
class Walk:
    """`publishes` of one account begin within `spread_s` seconds and are followed for `days` days."""

    held: HeldClock
    dice: random.Random
    publishes: int
    days: int
    spread_s: int = 4 * 3600
    ids: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)
    depth: int = 0

    def __post_init__(self) -> None:
        self.began = self.now()
        self.due: list[tuple[int, int, Callable[[], None]]] = []
        self.number = 0
        self.judge = Judge(self.now)
        self.units = Units("budgets")
        self.aws = AwsTrouble(self.dice, lambda: leave(BudgetOwner("acc", _OPEN_ID), "stranger", {}))
        self.tiktok = TikTokTrouble(
            self.dice, self.now, self._blocks(), self._arrived, lambda body: self.judge.gave_back(self._named(body))
        )

    def now(self) -> int:
        return int(self.held.at)

    def at(self, when: float, what: Callable[[], None]) -> None:
        """Run `what` at `when`."""
        self.number += 1
        heapq.heappush(self.due, (int(when), self.number, what))

    def run(self) -> None:
        """Run everything that is due until the days are over."""
        end = self.began + self.days * DAY_S
        for publish_id in self.ids:
            self.at(self.began + self.dice.randrange(self.spread_s), self._starter(publish_id, publish_id))
        for hour in range(self.days * 24):
            self.at(self.began + self.spread_s + hour * 3600 + self.dice.randrange(3600), self._person)
        while self.due and self.due[0][0] < end:
            self._next()

    def _next(self) -> None:
        when, _, what = heapq.heappop(self.due)
        self.held.at = max(self.held.at, when)
        what()

    def _blocks(self) -> list[tuple[int, int]]:
        """The times at which TikTok blocks the creator: once in five days on average, for up to two days."""
        begins = [self.began + self.dice.randrange(self.days * DAY_S) for _ in range(self.days // 5)]
        return [(begin, begin + self.dice.randrange(3600, 2 * DAY_S)) for begin in begins]

    # TikTok's view.

    def _named(self, body: str) -> str:
        return self.names[json.loads(body)["post_info"]["title"].split()[0]]

    def _arrived(self, route: str, body: str) -> None:
        self.judge.call(route)
        if route == "video/init":
            self.judge.init(self._named(body))

    def meanwhile(self) -> None:
        """Run other Starts while one Start waits for TikTok."""
        if self.depth < 2 and self.due and self.due[0][0] <= self.now():
            self._next()

    # The state machine.

    def _starter(self, publish_id: str, execution: str) -> Callable[[], None]:
        return lambda: self._start(publish_id, execution)

    def _start(self, publish_id: str, execution: str) -> None:
        row = _row(publish_id)
        if row.execution != execution or row.state not in _WAITING or row.due_at > self.now():
            return
        self.judge.enter(publish_id)
        self.depth += 1
        self.aws.begin()
        try:
            step = start(publish_id, execution)
        except KilledError:
            step = None
        finally:
            self.aws.end()
            self.depth -= 1
        if step is None:
            self._killed(publish_id, execution)
        else:
            self._after(publish_id, execution, step)

    def _killed(self, publish_id: str, execution: str) -> None:
        self.ends["a Start was killed"] += 1
        self.judge.failing.add(publish_id)
        if not _has_place(publish_id):
            self.judge.leave(publish_id)
        died = StepResult(Outcome.DIED)
        self.at(self.now() + self.dice.randrange(1, 120), lambda: self._decide(publish_id, execution, died))

    def _decide(self, publish_id: str, execution: str, before: StepResult) -> None:
        self._after(publish_id, execution, decide(publish_id, execution, before))

    def _after(self, publish_id: str, execution: str, step: StepResult) -> None:
        """Do what the state machine does after a step's answer `step`."""
        match step.outcome:
            case "held":
                self._held(publish_id, execution)
            case "start":
                self.at(self.now(), lambda: self._go_on(publish_id, execution))
            case "started":
                self._started(publish_id)
            case "lost":
                self.judge.failing.add(publish_id)
                self._decide(publish_id, execution, step)
            case "settled":
                finish(publish_id, step, execution)
            case _:
                self.ends[f"{step.outcome} {step.error and step.error.code}"] += 1
                self.judge.leave(publish_id)
                finish(publish_id, step, execution)

    def _go_on(self, publish_id: str, execution: str) -> None:
        """Continue after a Decide. If the answer to an init is stored, Start sends no second init."""
        if _row(publish_id).state in _WAITING:
            self._start(publish_id, execution)
        else:
            self._after(publish_id, execution, start(publish_id, execution))

    def _held(self, publish_id: str, execution: str) -> None:
        row = _row(publish_id)
        if row.failing_since is None and not row.inits_lost:
            self.judge.failing.discard(publish_id)
        else:
            self.judge.failing.add(publish_id)
        until = max(row.not_before or 0, row.due_at)
        self.judge.told[publish_id] = until
        late = self.dice.randrange(1, 660) if self.dice.random() < 0.1 else self.dice.randrange(3)
        self.at(until + late, self._starter(publish_id, execution))

    def _started(self, publish_id: str) -> None:
        self.ends["started"] += 1
        self.judge.leave(publish_id)
        said = "failed" if self.dice.random() < 0.03 else "complete"
        self.at(self.now() + self.dice.randrange(60, 600), lambda: self._verdict(publish_id, said))

    def _verdict(self, publish_id: str, said: str) -> None:
        row = _row(publish_id)
        fact_store.add(row.tiktok_publish_id or "", Fact(said, self.now()))
        if said == "failed":
            self.judge.gave_back(publish_id)
        settle(publish_id, StepResult(Outcome.VERDICT))
        self.ends[f"TikTok said {said}"] += 1

    # People's actions.

    def _person(self) -> None:
        """Once an hour a person cancels, edits, postpones or restarts a waiting publish."""
        publish_id = self.dice.choice(self.ids)
        if _row(publish_id).state not in _WAITING:
            return
        what = self.dice.choice(["cancel", "edit", "postpone", "restart", "nothing"])
        self.ends[what] += 1
        match what:
            case "cancel":
                assert isinstance(cancel(publish_id, SYSTEM), Publish)
                self.judge.leave(publish_id)
            case "edit":
                name = next(name for name, one in self.names.items() if one == publish_id)
                edit(publish_id, SYSTEM, PublishEdit.model_validate({"title": f"{name} edited"}))
            case "postpone":
                later = clock.iso(self.now() + self.dice.randrange(3600, 3 * DAY_S))
                edit(publish_id, SYSTEM, PublishEdit.model_validate({"publish_at": later}))
                self.judge.leave(publish_id)
            case "restart":
                restart(publish_id, SYSTEM)
            case _:
                pass

    def begin(self, publish_id: str, execution: str, at: int | None = None) -> None:
        """Replace Step Functions and Scheduler: begin the next execution of a publish, at once or `at` its time."""
        self.at(self.now() if at is None else at, self._starter(publish_id, execution))


def prepared(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account, its publishes, and the walk, which replaces TikTok, Step Functions and Scheduler."""
    http = httpx.Client(transport=httpx.MockTransport(walk.tiktok.answer))
    walk.tiktok.meanwhile = walk.meanwhile
    for module in ("start", "build_init"):
        name = f"dropcast.publishing.steps.{module}.tiktok"
        monkeypatch.setattr(name, lambda: TikTok("https://open.tiktokapis.com", http))
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.keep_warm_until", lambda *_: None)
    monkeypatch.setattr("dropcast.publishing.execution.state_machine.start", walk.begin)
    monkeypatch.setattr("dropcast.publishing.execution.scheduler.create_entry", walk.begin)
    for name in ("state_machine.stop", "scheduler.delete_entry"):
        monkeypatch.setattr(f"dropcast.publishing.execution.{name}", lambda *_: None)
    monkeypatch.setattr("dropcast.publishing.actions.edit.pin_publish", lambda publish: publish)
    account = _account()
    source = _source()
    for number in range(walk.publishes):
        options = PublishOptions.model_validate({"privacy_level": "SELF_ONLY", "title": f"v{number}"})
        publish = new_publish(account.account_id, source, "api", options)
        write = publish_store.put_write(publish, unstarted=False)["Put"]
        maker("dynamodb").put_item(TableName=write["TableName"], Item=write["Item"])
        walk.ids.append(publish.publish_id)
        walk.names[f"v{number}"] = publish.publish_id


def _account() -> Account:
    grant = {
        "access_token": "act.a",
        "refresh_token": "rft.a",
        "expires_in": 7200,
        "refresh_expires_in": 15552000,
        "open_id": _OPEN_ID,
        "scope": "user.info.basic,video.publish,video.upload",
    }
    connected = save_connection("user-1", TokenGrant.model_validate(grant))
    assert isinstance(connected, Account)
    return connected


def _source() -> Source:
    body = b"x" * 1000
    put = maker("s3").put_object(Bucket=BUCKET, Key="a.mp4", Body=body)
    return Source(
        bucket=BUCKET, key="a.mp4", etag=put["ETag"], size=len(body), content_type="video/mp4", duration_ms=2000
    )


def _row(publish_id: str) -> Publish:
    row = publish_store.get(publish_id)
    assert row is not None
    return row


def _has_place(publish_id: str) -> bool:
    owners = (publish_id, f"{publish_id}+1")
    in_front = {slot.owner for slot in ledger_store.read(_OPEN_ID, "posting").queue}
    return any(owner in in_front or overflow_row_store.of_owner(_OPEN_ID, owner) for owner in owners)
