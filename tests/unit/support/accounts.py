"""A deployment in moto, a fixed clock, and a TikTok that rotates tokens (protocol sections 1.3 and 1.4)."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from moto.core.botocore_stubber import BotocoreStubber
from pydantic import SecretStr

from dropcast import clock
from dropcast.access import key_store
from dropcast.accounts import partner_secrets, tiktok_app
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.tiktok.client import TikTok
from dropcast.tiktok.models import TokenGrant
from tests.unit.support.memory_aws import (
    REGION,
    Index,
    empty_aws,
    make_bucket,
    make_key,
    make_queue,
    make_secret,
    make_tables,
)

NOW = 1_800_000_000
ALL_SCOPES = "user.info.basic,user.info.profile,video.publish,video.upload"
LISTED_OF_KEYS = ["name", "scopes", "status", "created_at", "last_used_at", "revoked_at", "user_id"]
BUCKET = "videos-of-ours"
TABLES = {
    "accounts": ("pk", "sk"),
    "connections": ("pk",),
    "keys": ("pk",),
    "outbox": ("pk",),
    "publishes": ("pk", "sk"),
    "budgets": ("pk", "sk"),
    "hooks": ("pk", "sk"),
    "trends": ("pk", "sk"),
}
INDEXES: dict[str, list[Index]] = {
    "accounts": [
        ("by_user", "user_id", "account_id", "S", "ALL"),
        ("by_status", "list_shard", "status", "S", "KEYS_ONLY"),
        ("due", "due_shard", "due_at", "N", "KEYS_ONLY"),
    ],
    "keys": [("by_kind", "kind", "key_id", "S", LISTED_OF_KEYS)],
    "hooks": [("due", "due_shard", "due_at", "N", "KEYS_ONLY")],
    "publishes": [
        ("unstarted", "unstarted_shard", "unstarted_at", "N", "KEYS_ONLY"),
        ("by_account", "account_id", "publish_id", "S", "ALL"),
        ("by_month", "listed_in", "publish_id", "S", "ALL"),
        ("by_reference", "referenced_in", "publish_id", "S", "KEYS_ONLY"),
    ],
    "outbox": [("unrelayed", "unrelayed_shard", "unrelayed_at", "N", "KEYS_ONLY")],
}

CREATOR = {
    "creator_avatar_url": "https://p.example/ana.jpg",
    "creator_username": "ana",
    "creator_nickname": "Ana",
    "privacy_level_options": ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": False,
    "max_video_post_duration_sec": 600,
}


@dataclass
class HeldClock:
    """Time moves when a test moves it, or when somebody sleeps. `wrong` is how far our clock is from the true one."""

    at: float = NOW
    wrong: float = 0

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@dataclass
class FakeTikTok:
    """Knows which tokens are alive. `plan` holds what the next token requests meet instead of an answer."""

    open_id: str = "open-1"
    scopes: str = ALL_SCOPES
    expires_in: int = 7200
    refresh_expires_in: int = 15_552_000
    user: dict[str, Any] = field(default_factory=lambda: {"display_name": "Ana", "username": "ana"})
    plan: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    on_refresh: Callable[[], None] = lambda: None
    live_refresh: str = "rft.canary-0"
    live_access: str = "act.canary-0"
    made: int = 0
    creator: dict[str, Any] | str = field(default_factory=lambda: dict(CREATOR))
    asked: list[str] = field(default_factory=list)
    revoked: list[str] = field(default_factory=list)
    revoke_fails: bool = False
    videos: list[dict[str, Any]] = field(default_factory=list)
    more_videos: bool = False
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def lose_grant(self) -> None:
        """The person takes the grant back: every token is dead."""
        self.live_access = self.live_refresh = "none"

    refreshes_at_once: int = 0
    under_way: int = 0

    @property
    def refreshes(self) -> int:
        return sum(form["grant_type"] == "refresh_token" for form in self.forms)

    def grant(self) -> TokenGrant:
        return TokenGrant.model_validate(self._new_tokens())

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v2/oauth/token/":
            return self._other(request)
        form = dict(parse_qsl(request.content.decode()))
        self.forms.append(form)
        if form["grant_type"] != "refresh_token":
            return self._token_answer(request, form)
        self.under_way += 1
        self.refreshes_at_once = max(self.refreshes_at_once, self.under_way)
        try:
            self.on_refresh()
            return self._token_answer(request, form)
        finally:
            self.under_way -= 1

    def _token_answer(self, request: httpx.Request, form: dict[str, str]) -> httpx.Response:
        planned = self.plan.pop(0) if self.plan else ""
        if planned == "not_connected":
            raise httpx.ConnectError("no", request=request)
        if planned == "server_error":
            return httpx.Response(503)
        if planned.startswith("refuse:"):
            return refused(planned.removeprefix("refuse:"))
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.live_refresh:
            return refused("invalid_grant")
        answer = httpx.Response(200, json=self._new_tokens())
        if planned == "lost_answer":
            raise httpx.ReadTimeout("lost", request=request)
        return answer

    def _new_tokens(self) -> dict[str, Any]:
        self.made += 1
        self.live_access, self.live_refresh = f"act.canary-{self.made}", f"rft.canary-{self.made}"
        return {
            "access_token": self.live_access,
            "refresh_token": self.live_refresh,
            "expires_in": self.expires_in,
            "refresh_expires_in": self.refresh_expires_in,
            "open_id": self.open_id,
            "scope": self.scopes,
        }

    def _other(self, request: httpx.Request) -> httpx.Response:
        """What is asked with a token (or, to revoke, about one)."""
        self.asked.append(request.url.path)
        match request.url.path:
            case "/v2/user/info/":
                return self._user_info(request)
            case "/v2/post/publish/creator_info/query/":
                return self._creator_info(request)
            case "/v2/video/list/" | "/v2/video/query/":
                self.bodies.append(json.loads(request.content))
                data = {"videos": self.videos, "cursor": 1_700_000_000_000, "has_more": self.more_videos}
                return httpx.Response(200, json={"data": data, "error": {"code": "ok", "message": "", "log_id": "3"}})
            case "/v2/oauth/revoke/":
                token = dict(parse_qsl(request.content.decode()))["token"]
                self.revoked.append(token)
                if token != self.live_access:
                    return refused("invalid_request")
                return httpx.Response(503) if self.revoke_fails else httpx.Response(200)
            case path:
                raise AssertionError(f"TikTok was asked at {path}")

    def _creator_info(self, request: httpx.Request) -> httpx.Response:
        if self._dead(request):
            return refusal("access_token_invalid", 401)
        if isinstance(self.creator, str):
            return refusal(self.creator)
        return httpx.Response(200, json={"data": self.creator, "error": {"code": "ok", "message": "", "log_id": "2"}})

    def _dead(self, request: httpx.Request) -> bool:
        return request.headers["Authorization"] != f"Bearer {self.live_access}"

    def _user_info(self, request: httpx.Request) -> httpx.Response:
        if self.user.get("fails"):
            return httpx.Response(500)
        if code := self.user.get("refusal"):
            return refusal(code)
        if self._dead(request):
            return refusal("access_token_invalid", 401)
        asked = request.url.params["fields"].split(",")
        user = {name: value for name, value in self.user.items() if name in asked} | {"open_id": self.open_id}
        return httpx.Response(200, json={"data": {"user": user}, "error": {"code": "ok", "message": "", "log_id": "1"}})


def refusal(code: str, status: int = 200) -> httpx.Response:
    """A no of the API, whose caps come with HTTP 200 (2)."""
    return httpx.Response(status, json={"data": {}, "error": {"code": code, "message": "no", "log_id": "log-no"}})


def refused(code: str) -> httpx.Response:
    """TikTok's OAuth errors come with HTTP 200 too (section 1.7)."""
    return httpx.Response(200, json={"error": code, "error_description": "no", "log_id": "log-no"})


@pytest.fixture
def held_clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    return hold_clock(monkeypatch)


def hold_clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    held = HeldClock()
    monkeypatch.setattr(clock, "now", lambda: int(held.at + held.wrong))
    monkeypatch.setattr(clock, "monotonic", lambda: held.at)
    monkeypatch.setattr(clock, "sleep", held.sleep)
    return held


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, held_clock: HeldClock) -> Iterator[pytest.MonkeyPatch]:
    with deployment(monkeypatch):
        yield monkeypatch


@contextmanager
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "PUBLIC_URL": "https://dropcast.example",
        "RETURN_TO_ORIGINS": "https://app.example,http://127.0.0.1:3000",
        "TIKTOK_SCOPES": ALL_SCOPES,
        "MEDIA_BUCKET": BUCKET,
        "MEDIA_URL": "https://media.example",
        **{f"{name.upper()}_TABLE": name for name in TABLES},
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with empty_aws():
        forget()
        monkeypatch.setenv("KMS_KEY_ID", make_key())
        monkeypatch.setenv("REFRESH_QUEUE_URL", make_queue("refresh"))
        monkeypatch.setenv("DELIVERIES_QUEUE_URL", make_queue("deliveries"))
        monkeypatch.setenv("SLOW_DELIVERIES_QUEUE_URL", make_queue("slow"))
        monkeypatch.setenv("TRENDS_QUEUE_URL", make_queue("trends"))
        for name, text in {
            "APP_SECRET_ARN": '{"client_key": "key-1", "client_secret": "canary-client-secret"}',
            "KEY_PEPPER_ARN": "canary-pepper",
            "PARTNER_SECRET_ARN": '{"business_app_id": "set-me", "business_secret": "made-up"}',
        }.items():
            monkeypatch.setenv(name, make_secret(name, text))
        make_tables(TABLES, INDEXES)
        make_bucket(BUCKET)
        settings.cache_clear()
        yield
    forget()


@pytest.fixture
def tiktok(cloud: None, monkeypatch: pytest.MonkeyPatch) -> FakeTikTok:
    fake = FakeTikTok()
    put_in_tiktoks_place(fake, monkeypatch)
    return fake


def put_in_tiktoks_place(fake: FakeTikTok, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TikTok("https://open.tiktokapis.com", httpx.Client(transport=httpx.MockTransport(fake.answer)))
    monkeypatch.setattr(tiktok_app, "tiktok_within", lambda seconds: client)


@pytest.fixture
def atomic_aws(monkeypatch: pytest.MonkeyPatch, cloud: None) -> None:
    """moto looks at a condition and writes in two steps; AWS does it in one."""
    lock = threading.RLock()
    answer = BotocoreStubber.__call__

    def one_at_a_time(self: BotocoreStubber, *args: Any, **kwargs: Any) -> Any:
        with lock:
            return answer(self, *args, **kwargs)

    monkeypatch.setattr(BotocoreStubber, "__call__", one_at_a_time)
    for service in ("dynamodb", "kms", "secretsmanager"):
        clients.client(service)


@pytest.fixture
def aws_calls(cloud: None, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The AWS calls made, by name."""
    calls: list[str] = []
    for service in ("dynamodb", "kms", "secretsmanager"):
        clients.client(service).meta.events.register(
            f"before-call.{service}", lambda model, **_: calls.append(model.name)
        )
    return calls


def forget() -> None:
    for cached in (
        settings,
        clients.client,
        tiktok_app._credentials,
        tiktok_app.tiktok,
        key_store.pepper,
        partner_secrets._partners,
    ):
        cached.cache_clear()


def items(table: str) -> list[dict[str, Any]]:
    from dropcast.aws import dynamo

    return [dynamo.from_item(item) for item in clients.client("dynamodb").scan(TableName=table)["Items"]]


def event_names() -> list[str]:
    return sorted(item["name"] for item in items("outbox"))


def change_account(account_id: str, **values: Any) -> None:
    """Change an account's row as a later room would."""
    from dropcast.aws import dynamo

    clients.client("dynamodb").update_item(
        TableName="accounts",
        Key=dynamo.to_item({"pk": f"account#{account_id}", "sk": "account"}),
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
        ExpressionAttributeNames={f"#{name}": name for name in values},
        ExpressionAttributeValues=dynamo.to_item({f":{name}": value for name, value in values.items()}),
    )


def plain(token: Any) -> str:
    assert isinstance(token, SecretStr), token
    return token.get_secret_value()
