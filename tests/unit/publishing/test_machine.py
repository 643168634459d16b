"""Whatever happens to a publish at TikTok, in whatever order: what is said is true, and the same for the same facts.

TikTok here is a truth of its own: what it took, what it holds, what it decided. It tells of that by webhooks (early,
late, twice, out of order) and when asked, if it answers at all. Processes die before or after any write, executions of
before go on beside those that took over, and persons cancel, restart and resolve at any moment.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
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
from pydantic import SecretStr

from dropcast import dynamo
from dropcast.budgets.ledger import Go
from dropcast.errors import Problem
from dropcast.publishing import publish_store, transfer
from dropcast.publishing.cancel import cancel
from dropcast.publishing.decide import decide
from dropcast.publishing.hearing import hear, hear_stale
from dropcast.publishing.intake import new_publish, submit
from dropcast.publishing.look_again import look_again
from dropcast.publishing.models import Publish, Source
from dropcast.publishing.prepare import prepare
from dropcast.publishing.resolve import resolve
from dropcast.publishing.restart import restart
from dropcast.publishing.settle import finish, settle_execution
from dropcast.publishing.start import start
from dropcast.publishing.steps import Step
from dropcast.publishing.transitions import FINAL, RESTING, State
from dropcast.publishing.watch import Round, watch
from dropcast.settings import settings as deployment
from dropcast.tiktok.client import TikTok
from dropcast.tiktok.webhooks import WebhookEvent

from .conftest import BUCKET, CREATOR, UPLOAD_URL, options
from .memory import Memory

VIDEO = b"x" * 1000
AFTER_TIMEOUT: dict[Round, Round] = {
    "long": "later", "soon": "second", "second": "third", "third": "later", "later": "later", "slow": "slow"
}  # fmt: skip
EVENTS = {
    "complete": "post.publish.complete",
    "failed": "post.publish.failed",
    "public": "post.publish.publicly_available",
}


class CrashError(BaseException):
    """The process dies here; nothing of ours catches that."""


@dataclass
class Taken:
    """One post as TikTok has it. Nothing can come of it before it is whole."""

    name: str
    pulled: bool
    whole: bool = False
    verdict: str | None = None
    post_ids: list[int] = field(default_factory=list)

    @property
    def status(self) -> dict[str, Any]:
        said = {"complete": "PUBLISH_COMPLETE", "failed": "FAILED", None: "PROCESSING_UPLOAD"}[self.verdict]
        held = len(VIDEO) if self.whole else 0
        reason = {"fail_reason": "internal"} if self.verdict == "failed" else {}
        return {"status": said, "uploaded_bytes": held, "publicaly_available_post_id": self.post_ids, **reason}


class Sent:
    """The video as its sender reads it."""

    position = 0

    def pieces(self, length: int) -> Iterator[bytes]:
        self.position = length
        yield VIDEO[:length]

    def close(self) -> None:
        pass


@dataclass
class World:
    """TikTok's truth, our tables, the executions, and what is to go wrong next."""

    memory: Memory = field(default_factory=Memory)
    at: int = 4_000_000_000
    taken: list[Taken] = field(default_factory=list)
    running: dict[str, tuple[str, Step]] = field(default_factory=dict)
    waiting: dict[str, tuple[str, Round]] = field(default_factory=dict)
    dead: list[str] = field(default_factory=list)
    begun: set[str] = field(default_factory=set)
    fate: dict[str, str] = field(default_factory=dict)
    crash_in: int | None = None
    crash_after_effect: bool = False
    tokens: int = 0

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            return self._put(request)
        route = request.url.path.removeprefix("/v2/post/publish/").strip("/")
        fate = self.fate.pop(route, "yes")
        if fate == "lost before":
            raise httpx.ReadTimeout("lost", request=request)
        data = self._done(route, request)
        if fate == "lost after":
            raise httpx.ReadTimeout("lost", request=request)
        code = "ok" if data is not None else "publish_not_cancellable"
        return httpx.Response(200, json={"data": data or {}, "error": {"code": code, "message": "", "log_id": "log-1"}})

    def _done(self, route: str, request: httpx.Request) -> dict[str, Any] | None:
        match route:
            case "creator_info/query":
                return CREATOR
            case "video/init":
                pulled = b"PULL_FROM_URL" in request.content
                self.taken.append(Taken(f"v_pub~{len(self.taken)}", pulled, whole=pulled))
                return {"publish_id": self.taken[-1].name, "upload_url": f"{UPLOAD_URL}&n={len(self.taken) - 1}"}
            case "status/fetch":
                return self.named(request).status
            case _:
                return None

    def named(self, request: httpx.Request) -> Taken:
        return next(one for one in self.taken if one.name.encode() in request.content)

    def _put(self, request: httpx.Request) -> httpx.Response:
        one = self.taken[int(request.url.params["n"])]
        fate = self.fate.pop("upload", "yes")
        if fate == "lost before":
            raise httpx.WriteError("lost", request=request)
        if fate == "gone":
            return httpx.Response(404)
        if one.whole:
            return httpx.Response(416, headers={"Content-Range": "bytes 0-1000/1000"})
        request.read()
        one.whole = True
        if fate == "lost after":
            raise httpx.ReadError("lost", request=request)
        if fate == "gone, they say":
            return httpx.Response(404)
        return httpx.Response(201, headers={"Content-Range": "bytes 0-1000/1000"})

    def written(self, write: Callable[..., Any]) -> Callable[..., Any]:
        """`write`, where a process may die."""

        def writing(*args: Any, **request: Any) -> Any:
            if self.crash_in is None:
                return write(*args, **request)
            self.crash_in -= 1
            if self.crash_in >= 0:
                return write(*args, **request)
            self.crash_in = None
            if self.crash_after_effect:
                write(*args, **request)
            raise CrashError

        return writing

    def wake(self, token: SecretStr, step: Step) -> bool:
        for execution, (waits_for, _) in self.waiting.items():
            if waits_for == token.get_secret_value():
                del self.waiting[execution]
                self.running[execution] = _next("Watch", step)
                return True
        return False

    def start(self, publish_id: str, execution: str) -> None:
        if execution not in self.begun:
            self.begun.add(execution)
            self.running[execution] = ("Prepare", {"outcome": "begin"})


def _next(state: str, step: Step) -> tuple[str, Step]:
    """The state after `state` when it answered `step`, as infra/workflow.py has it."""
    ways = {
        ("Prepare", "ready"): "Start",
        ("Start", "started"): "Transfer",
        ("Start", "processing"): "Watch soon",
        ("Start", "held"): "Start",
        ("Start", "lost"): "Decide",
        ("Decide", "start"): "Start",
        ("Decide", "held"): "Start",
        ("Transfer", "more"): "Transfer",
        ("Transfer", "lost"): "Decide",
        ("Transfer", "uploaded"): "Watch soon",
        ("Watch", "later"): "Watch later",
        ("Watch", "slow"): "Watch slow",
    }
    return ways.get((state, step["outcome"]), "Settle"), step


class Machine(RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.row: Publish | None = None
        self.said: set[str] = set()
        world.__init__()

    @initialize(via=st.sampled_from(["upload", "upload", "pull"]))
    def asked_for(self, via: Any) -> None:
        source = Source(bucket=BUCKET, key="a.mp4", version_id="1", etag="e", size=len(VIDEO), duration_ms=2000)
        publish = submit(new_publish("acc_1", source, "api", options(), via=via))
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
        """The first execution's, in the next such step that it takes."""
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
        fate=st.sampled_from(["lost before", "lost after", "gone", "gone, they say"]),
    )
    def tiktok_will_not_answer(self, route: str, fate: str) -> None:
        self.world.fate[route] = fate

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
        (hear_stale if stale else hear)(events[number % len(events)])

    @rule(number=st.integers(0, 3))
    def a_round_is_over(self, number: int) -> None:
        if self.world.waiting:
            execution = sorted(self.world.waiting)[number % len(self.world.waiting)]
            _, round_ = self.world.waiting.pop(execution)
            self.world.running[execution] = (f"Watch {AFTER_TIMEOUT[round_]}", {"outcome": "timeout"})

    @rule(what=st.sampled_from(["time", "look", "cancel", "restart", "posted", "not_posted", "check_again"]))
    def time_or_a_person(self, what: Any) -> None:
        row = self._stored()
        match what:
            case "time":
                self.world.at += 90_000 if self.world.at % 2 else -3600
            case "look":
                look_again(self.publish_id)
            case "cancel":
                cancel(self.publish_id)
            case "restart":
                restart(self.publish_id)
            case word:
                if not isinstance(resolve(self.publish_id, word), Problem) and row.state is State.UNKNOWN:
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
        assert len(self.world.taken) <= (1 if now.via == "pull" else 1 + now.inits_lost) <= 2
        if now.state is State.PUBLISHED:
            assert posts or "posted" in self.said
        if now.state in (State.FAILED, State.CANCELLED) and "not_posted" not in self.said:
            assert not any(one.whole and one.verdict != "failed" for one in self.world.taken)

    def teardown(self) -> None:
        """All is told in the end, twice; everybody takes their steps. Then the facts alone say how it stands."""
        if self.row is None:
            return
        self.world.fate.clear()
        for one in self.world.taken:
            one.verdict = one.verdict or ("complete" if one.whole else None)
        for event in [*self._events(0), *self._events(50)]:
            hear(event)
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
        """An event for each time that it came to rest, none twice, each as it stood then; their numbers say when."""
        bodies = [json.loads(item["body"]) for item in self.world.memory.tables.get("outbox_table", {}).values()]
        told = sorted(bodies, key=lambda body: body["sequence"])
        history = row.view()["history"]
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
        """Without faults one execution comes to rest, and whatever stopped before does so when it is restarted."""
        self._run_on()
        if self._stored().state not in RESTING:
            restart(self.publish_id)
            self._run_on()

    def _run_on(self) -> None:
        for _ in range(60):
            self.world.at += 1800
            for one in self.world.taken:
                one.verdict = one.verdict or ("complete" if one.whole else None)
            for execution in sorted(self.world.waiting):
                _, round_ = self.world.waiting.pop(execution)
                self.world.running[execution] = (f"Watch {AFTER_TIMEOUT[round_]}", {"outcome": "timeout"})
            for execution in sorted(self.world.running):
                self._step(execution)
            for name in self.world.dead:
                settle_execution(self.publish_id, name)
            if not self.world.running and not self.world.waiting:
                break

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
                after = transfer.transfer(self.publish_id, execution, lambda: 900)
            case ["Watch", round_]:
                self._watch(execution, round_)
                return
            case _:
                finish(self.publish_id, step, execution)
                return
        self.world.running[execution] = _next(state, after)

    def _watch(self, execution: str, round_: Any) -> None:
        self.world.tokens += 1
        token = f"token-{self.world.tokens}"
        self.world.waiting[execution] = (token, round_)
        try:
            watch(self.publish_id, execution, SecretStr(token), round_)
        except CrashError:
            self.world.waiting.pop(execution, None)
            raise

    def _after_death(self, execution: str, state: str, step: Step, *, gives_up: bool) -> None:
        """What the state machine does with a task that died: a bounded retry, then what catches it."""
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


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World()
    http = httpx.Client(transport=httpx.MockTransport(lambda request: world.answer(request)))
    alone = {
        "accounts.asking.fresh_access_token": lambda *_, **__: SecretStr("token"),
        "publishing.inits.media_url": lambda _: SecretStr("https://media.example.com/a.mp4"),
        "publishing.beginning.expect_use": lambda *_: None,
        "publishing.schedule_store.plan": lambda publish_id, execution, _: world.start(publish_id, execution),
        "publishing.schedule_store.unplan": lambda _: None,
        "publishing.polling.take_now": lambda *_: None,
        "publishing.prepare.pin_video": lambda video, _: video,
        "publishing.prepare.account_refusal": lambda *_: None,
        "publishing.watch.get_account": lambda _: None,
        "publishing.look_again.with_evidence": lambda _: None,
        "publishing.start.get_account": lambda account_id: SimpleNamespace(account_id=account_id, open_id="open-1"),
        "publishing.transfer.unseal": lambda sealed, _: SecretStr(sealed.decode()),
        "publishing.start.seal": lambda url, _: url.get_secret_value().encode(),
        "publishing.transfer.open_stream": lambda *_: None,
        "publishing.transfer.SourceReader": lambda *_: Sent(),
        "publishing.transfer.SourceStream": type(None),
        "publishing.transfer._http": lambda: http,
        "aws.client": lambda *_: world.memory,
        "clock.now": lambda: world.at,
        "clock.sleep": lambda _: None,
        "publishing.executions.start": lambda publish_id, execution: world.start(publish_id, execution),
        "publishing.executions.stop": lambda _: None,
        "publishing.executions.wake": lambda token, step: world.wake(token, step),
        "dynamo.write_all": world.written(dynamo.write_all),
        "dynamo.write_if": world.written(dynamo.write_if),
        "publishing.slots.take": lambda _: Go(),
        "publishing.slots.through": lambda _: None,
        "publishing.slots.step_aside": lambda *_: None,
        "publishing.slots.free": lambda *_, **__: None,
        "publishing.slots.hear_no": lambda *_: None,
    }
    for module in ("start", "inits", "polling", "cancel"):
        alone[f"publishing.{module}.tiktok"] = lambda: TikTok("https://open.tiktokapis.com", http)
    for name, does in alone.items():
        monkeypatch.setattr(f"dropcast.{name}", does)
    for name in ("PUBLISHES_TABLE", "OUTBOX_TABLE"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("APP_AUDIT", "audited")
    monkeypatch.setenv("MEDIA_URL", "https://media.example.com")
    deployment.cache_clear()
    yield world
    deployment.cache_clear()


def test_whatever_happens_what_is_said_of_a_publish_is_true(world: World) -> None:
    run_state_machine_as_test(
        lambda: Machine(world),
        settings=settings(
            max_examples=400, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
