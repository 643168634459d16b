"""TikTok's true state, a bucket and the executions of one publish, for the random walks of the state machine."""

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError
from pydantic import SecretBytes, SecretStr

from dropcast.aws import dynamo
from dropcast.budgets.ledger import Go
from dropcast.errors.problem import Problem
from dropcast.publishing.model import chunk_plan
from dropcast.publishing.model.publish import Source
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.sources.s3_object import SourceRefused, read_range
from dropcast.publishing.steps.watch import Round
from dropcast.settings import settings as deployment
from dropcast.tiktok.client import TikTok
from tests.unit.publishing.conftest import CREATOR, UPLOAD_URL
from tests.unit.publishing.memory import Memory

VIDEO = b"x" * 1000
ANOTHER = b"y" * 1000
CHUNK = 400
# How many answers late the status may be. Dropcast reads more answers than this before it believes that bytes are
# missing.
LAG_MAX = 4
AFTER_TIMEOUT: dict[Round, Round] = {
    "long": "later", "soon": "second", "second": "third", "third": "later", "later": "later", "slow": "slow"
}  # fmt: skip
SAID_IN_EFFECT = {"gone, they say": 404, "expired, they say": 403, "malformed, they say": 400, "failed, they say": 502}
EVENTS = {
    "complete": "post.publish.complete",
    "failed": "post.publish.failed",
    "public": "post.publish.publicly_available",
}


class CrashError(BaseException):
    """The process dies here; none of our code catches it."""


@dataclass
class Taken:
    """One post in TikTok's true state. It has no outcome until all bytes have arrived."""

    name: str
    pulled: bool
    held: bytes = b""
    verdict: str | None = None
    post_ids: list[int] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.told = [self._status()] * 10

    @property
    def whole(self) -> bool:
        return len(self.held) == len(VIDEO)

    def status(self, lag: int) -> dict[str, Any]:
        """The current status, or the status `lag` answers ago."""
        self.told.append(self._status())
        return self.told[-1 - lag]

    def _status(self) -> dict[str, Any]:
        said = {"complete": "PUBLISH_COMPLETE", "failed": "FAILED", None: "PROCESSING_UPLOAD"}[self.verdict]
        reason = {"fail_reason": "internal"} if self.verdict == "failed" else {}
        ids = {"publicaly_available_post_id": [*self.post_ids]}
        return {"status": said, "uploaded_bytes": len(self.held), **ids, **reason}


@dataclass
class Bucket:
    """An S3 that can return the video. It has no versions, so only the ETag distinguishes two objects."""

    body: bytes = VIDEO

    def head_object(self, **_: Any) -> dict[str, Any]:
        return {"ContentLength": len(self.body), "ETag": self._etag}

    def get_object(self, *, IfMatch: str, Range: str, **_: Any) -> dict[str, Any]:
        if IfMatch != self._etag:
            said: Any = {"Error": {"Code": "PreconditionFailed"}, "ResponseMetadata": {"HTTPStatusCode": 412}}
            raise ClientError(said, "GetObject")
        first, last = map(int, re.findall(r"\d+", Range))
        answered = {"ResponseMetadata": {"HTTPStatusCode": 206}, "Body": io.BytesIO(self.body[first : last + 1])}
        return answered | {"ContentRange": f"bytes {first}-{last}/{len(self.body)}"}

    @property
    def _etag(self) -> str:
        return f'"{self.body[:1].decode()}"'


@dataclass
class World:
    """TikTok's true state, our tables, the executions, and the faults to come."""

    memory: Memory = field(default_factory=Memory)
    bucket: Bucket = field(default_factory=Bucket)
    lag: int = 0
    at: int = 4_000_000_000
    taken: list[Taken] = field(default_factory=list)
    running: dict[str, tuple[str, StepResult]] = field(default_factory=dict)
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
                self.taken.append(Taken(f"v_pub~{len(self.taken)}", pulled, VIDEO if pulled else b""))
                return {"publish_id": self.taken[-1].name, "upload_url": f"{UPLOAD_URL}&n={len(self.taken) - 1}"}
            case "status/fetch":
                return self.named(request).status(self.lag)
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
        body = request.read()
        if fate == "refused":
            return httpx.Response(403)
        first = int(re.findall(r"\d+", request.headers["content-range"])[0])
        if first != len(one.held):
            return httpx.Response(416, headers={"Content-Range": f"bytes 0-{len(one.held)}/{len(VIDEO)}"})
        one.held += body
        if fate == "lost after":
            raise httpx.ReadError("lost", request=request)
        if fate in SAID_IN_EFFECT:
            return httpx.Response(SAID_IN_EFFECT[fate])
        status = 201 if one.whole else 206
        return httpx.Response(status, headers={"Content-Range": f"bytes 0-{len(one.held)}/{len(VIDEO)}"})

    def written(self, write: Callable[..., Any]) -> Callable[..., Any]:
        """A `write` during which a process may die."""

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

    def wake(self, token: SecretStr, step: dict[str, Any]) -> bool:
        for execution, (waits_for, _) in self.waiting.items():
            if waits_for == token.get_secret_value():
                del self.waiting[execution]
                self.running[execution] = next_state("Watch", StepResult.from_json(step))
                return True
        return False

    def start(self, publish_id: str, execution: str) -> None:
        if execution not in self.begun:
            self.begun.add(execution)
            self.running[execution] = ("Prepare", StepResult(Outcome.BEGIN))


def next_state(state: str, step: StepResult) -> tuple[str, StepResult]:
    """The state after the answer `step` of `state`, as infra/workflow.py defines it."""
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
    return ways.get((state, step.outcome), "Settle"), step


def looked_into(video: Source) -> Source | Problem:
    """Inspect a video like Prepare: read a part of the pinned object."""
    try:
        read_range(video, 0, 9)
    except SourceRefused as refused:
        return refused.problem
    return video


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    world = World()
    http = httpx.Client(transport=httpx.MockTransport(lambda request: world.answer(request)))
    alone = {
        "accounts.tokens.fresh_token.get_fresh_token": lambda *_, **__: SecretStr("token"),
        "publishing.steps.build_init.media_url": lambda _: SecretStr("https://media.example.com/a.mp4"),
        "accounts.tokens.fresh_token.keep_warm_until": lambda *_: None,
        "publishing.execution.scheduler.create_entry": lambda publish_id, execution, _: world.start(
            publish_id, execution
        ),
        "publishing.execution.scheduler.delete_entry": lambda _: None,
        "publishing.outcome.poll_status.spend_now": lambda *_: None,
        "publishing.steps.prepare.pin_video": lambda video, _: looked_into(video),
        "publishing.actions.edit.check_account": lambda *_, **__: object(),
        "publishing.steps.prepare.postable_account": lambda *_: object(),
        "publishing.steps.watch.get_account": lambda _: None,
        "publishing.outcome.recheck.collect_evidence": lambda _: None,
        "publishing.steps.start.get_account": lambda account_id: SimpleNamespace(open_id="open-1", username="ana"),
        "publishing.transfer.transfer.unseal_url": lambda sealed, *_: SecretStr(sealed.get_secret_value().decode()),
        "publishing.steps.start.seal_url": lambda url, *_: SecretBytes(url.get_secret_value().encode()),
        "publishing.transfer.transfer._http": lambda: http,
        "aws.clients.client": lambda service, *_: world.bucket if service == "s3" else world.memory,
        "clock.now": lambda: world.at,
        "clock.sleep": lambda _: None,
        "publishing.execution.state_machine.start": lambda publish_id, execution: world.start(publish_id, execution),
        "publishing.execution.state_machine.stop": lambda _: None,
        "publishing.execution.state_machine.wake": lambda token, step: world.wake(token, step),
        "aws.dynamo.write_all": world.written(dynamo.write_all),
        "aws.dynamo.write_if": world.written(dynamo.write_if),
        "publishing.admission.budget_slots.take": lambda _: Go(),
        "publishing.admission.budget_slots.leave_after_init": lambda _: None,
        "publishing.admission.budget_slots.leave_queue": lambda *_: None,
        "publishing.admission.budget_slots.release": lambda *_, **__: None,
        "publishing.admission.budget_slots.record_failed_try": lambda *_: None,
    }
    for module in ("steps.start", "steps.build_init", "outcome.poll_status", "actions.cancel"):
        alone[f"publishing.{module}.tiktok"] = lambda: TikTok("https://open.tiktokapis.com", http)
    for name, does in alone.items():
        monkeypatch.setattr(f"dropcast.{name}", does)
    monkeypatch.setattr(chunk_plan, "SINGLE_CHUNK_MAX_BYTES", len(VIDEO))
    monkeypatch.setattr(chunk_plan, "CHUNK_SIZES", (CHUNK,))
    for name in ("PUBLISHES_TABLE", "OUTBOX_TABLE"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("APP_AUDIT", "audited")
    monkeypatch.setenv("MEDIA_URL", "https://media.example.com")
    deployment.cache_clear()
    yield world
    deployment.cache_clear()
