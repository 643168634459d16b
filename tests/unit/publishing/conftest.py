"""A deployment with moto's tables, bucket and key, one connected account, and a TikTok that follows a script."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.publishing.execution import state_machine
from dropcast.publishing.model.options import PublishOptions
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.transfer import transfer
from dropcast.settings import Settings, settings
from dropcast.tiktok.client import TikTok
from dropcast.tiktok.models import TokenGrant
from tests.unit.support.memory_aws import (
    REGION,
    Index,
    empty_aws,
    make_bucket,
    make_key,
    make_secret,
    make_tables,
    maker,
)

BUCKET = "videos-of-ours"
UPLOAD_URL = "https://upload.tiktokapis.com/video/?upload_id=1&upload_token=canary-upload-token"
CREATOR = {
    "creator_username": "ana",
    "creator_nickname": "Ana",
    "creator_avatar_url": "https://example.com/a.jpg",
    "privacy_level_options": ["SELF_ONLY", "PUBLIC_TO_EVERYONE"],
    "comment_disabled": False,
    "duet_disabled": False,
    "stitch_disabled": False,
    "max_video_post_duration_sec": 300,
}
TABLES = {
    "ACCOUNTS_TABLE": ("pk", "sk"),
    "CONNECTIONS_TABLE": ("pk",),
    "CONSOLE_TABLE": ("pk",),
    "PUBLISHES_TABLE": ("pk", "sk"),
    "OUTBOX_TABLE": ("pk",),
    "BUDGETS_TABLE": ("pk", "sk"),
}

INDEXES: dict[str, list[Index]] = {
    "publishes_table": [
        ("unstarted", "unstarted_shard", "unstarted_at", "N", "KEYS_ONLY"),
        ("by_account", "account_id", "publish_id", "S", "ALL"),
        ("by_month", "listed_in", "publish_id", "S", "ALL"),
        ("by_reference", "referenced_in", "publish_id", "S", "KEYS_ONLY"),
        ("by_wait", "waits_in", "waits_at", "N", ["account_id", "user_id"]),
    ],
}


def connect(open_id: str, user_id: str = "user-1") -> str:
    """Connect another account; return its id."""
    grant = {
        "access_token": "act.canary-access",
        "refresh_token": "rft.canary-refresh",
        "expires_in": 7200,
        "refresh_expires_in": 15552000,
        "open_id": open_id,
        "scope": "user.info.basic,video.publish",
    }
    connected = save_connection(user_id, TokenGrant.model_validate(grant))
    assert isinstance(connected, Account)
    return connected.account_id


@dataclass
class FakeTikTok:
    """Answers each route with the next item of its script, and then with its default. None is a lost answer.

    A function in `meanwhile` for a route is called once, after TikTok received the request and before it answers.
    """

    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    script: dict[str, list[Any]] = field(default_factory=dict)
    meanwhile: dict[str, Callable[[], object]] = field(default_factory=dict)
    uploads: Callable[[httpx.Request], httpx.Response] | None = None
    status: dict[str, Any] = field(default_factory=lambda: {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0})

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.method == "PUT":
            assert self.uploads is not None
            return self.uploads(request)
        route = request.url.path.removeprefix("/v2/post/publish/").strip("/")
        self.calls.append((route, json.loads(request.content or b"{}")))
        self.meanwhile.pop(route, lambda: None)()
        planned = self.script.get(route, [])
        said = planned.pop(0) if planned else self._default(route)
        if said is None:
            raise httpx.ReadTimeout("lost", request=request)
        if isinstance(said, httpx.Response):
            return said
        return httpx.Response(200, json={"data": said, "error": {"code": "ok", "message": "", "log_id": "log-1"}})

    def count(self, route: str) -> int:
        return sum(1 for name, _ in self.calls if name == route)

    def _default(self, route: str) -> dict[str, Any]:
        return {
            "creator_info/query": CREATOR,
            "video/init": {"publish_id": "v_pub_file~1", "upload_url": UPLOAD_URL},
            "inbox/video/init": {"publish_id": "v_inbox_file~1", "upload_url": UPLOAD_URL},
            "content/init": {"publish_id": "p_pub_url~1"},
            "status/fetch": self.status,
        }[route]


def refusal(code: str, http_status: int = 403) -> httpx.Response:
    body = {"data": {}, "error": {"code": code, "message": "no", "log_id": "log-no"}}
    return httpx.Response(http_status, json=body)


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for setting in Settings.declared():
        monkeypatch.delenv(setting.variable, raising=False)
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "MEDIA_BUCKET": BUCKET,
        "MEDIA_URL": "https://media.example",
        "STATE_MACHINE_ARN": f"arn:aws:states:{REGION}:123456789012:stateMachine:publish",
        "PUBLIC_URL": "https://dropcast.example",
        "SCHEDULE_GROUP": "dropcast-test",
        "APP_AUDIT": "audited",
        **{name: name.lower() for name in TABLES},
    }.items():
        monkeypatch.setenv(name, value)
    with empty_aws():
        _forget()
        monkeypatch.setenv("KMS_KEY_ID", make_key())
        text = '{"client_key": "key-1", "client_secret": "canary-client-secret"}'
        monkeypatch.setenv("APP_SECRET_ARN", make_secret("app", text))
        _forget()
        make_tables({name.lower(): keys for name, keys in TABLES.items()}, INDEXES)
        make_bucket(BUCKET, versioned=True)
        yield
    _forget()


def _forget() -> None:
    for cached in (settings, clients.client, tiktok_app.tiktok, tiktok_app._credentials, tiktok_app._webhook_secrets):
        cached.cache_clear()


@pytest.fixture
def account(cloud: None) -> Account:
    grant = TokenGrant.model_validate(
        {
            "access_token": "act.canary-access",
            "refresh_token": "rft.canary-refresh",
            "expires_in": 7200,
            "refresh_expires_in": 15552000,
            "open_id": "open-1",
            "scope": "user.info.basic,video.publish,video.upload",
        }
    )
    connected = save_connection("user-1", grant)
    assert isinstance(connected, Account)
    return connected


@pytest.fixture
def tiktok(monkeypatch: pytest.MonkeyPatch) -> FakeTikTok:
    fake = FakeTikTok()
    http = httpx.Client(transport=httpx.MockTransport(fake.answer))
    for module in ("steps.start", "steps.build_init", "outcome.poll_status"):
        monkeypatch.setattr(f"dropcast.publishing.{module}.tiktok", lambda: TikTok("https://open.tiktokapis.com", http))
    monkeypatch.setattr(transfer, "_http", lambda: http)
    return fake


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The publishes whose execution was started."""
    started: list[str] = []
    monkeypatch.setattr(state_machine, "start", lambda publish_id, execution: started.append(execution))
    return started


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """The completed task tokens, with their results."""
    answers: list[tuple[str, dict[str, Any]]] = []

    def wake(token: SecretStr, step: dict[str, Any]) -> bool:
        answers.append((token.get_secret_value(), step))
        return True

    monkeypatch.setattr(state_machine, "wake", wake)
    return answers


@contextmanager
def time_left(seconds: Callable[[], float]) -> Iterator[None]:
    """This process is stopped after the number of seconds that `seconds` returns."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "seconds_left", seconds)
        yield


def options(**changes: Any) -> PublishOptions:
    return PublishOptions.model_validate({"privacy_level": "SELF_ONLY", "title": "hello", **changes})


def upload_object(key: str, body: bytes) -> Source:
    """An object in the bucket, pinned as Prepare pins it."""
    answer = maker("s3").put_object(Bucket=BUCKET, Key=key, Body=body)
    return Source(
        bucket=BUCKET,
        key=key,
        version_id=answer["VersionId"],
        etag=answer["ETag"],
        size=len(body),
        content_type="video/mp4",
        duration_ms=2000,
    )


def outbox() -> list[str]:
    """The names of the events in the outbox, in order."""
    items = maker("dynamodb").scan(TableName="outbox_table")["Items"]
    return [item["name"]["S"] for item in sorted(items, key=lambda item: item["pk"]["S"])]


def stored(publish: Publish) -> Publish:
    from dropcast.publishing.store import publish_store

    found = publish_store.get(publish.publish_id)
    assert found is not None
    return found
