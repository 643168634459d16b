"""A deployment in moto, a clock that tests control, and a fake TikTok in TikTok's place."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from moto.core.botocore_stubber import BotocoreStubber
from pydantic import SecretStr

from dropcast import clock
from dropcast.access import pepper
from dropcast.accounts import partner_secrets, tiktok_app
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.tiktok.client import TikTok
from tests.unit.support.fake_tiktok import ALL_SCOPES, FakeTikTok
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
LISTED_OF_KEYS = ["name", "scopes", "status", "created_at", "last_used_at", "revoked_at", "user_id"]
BUCKET = "videos-of-ours"
TABLES = {
    "accounts": ("pk", "sk"),
    "connections": ("pk",),
    "console": ("pk",),
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
        ("by_wait", "waits_in", "waits_at", "N", ["account_id", "user_id"]),
    ],
    "outbox": [("unrelayed", "unrelayed_shard", "unrelayed_at", "N", "KEYS_ONLY")],
}


@dataclass
class HeldClock:
    """Time moves only when a test moves it or when code sleeps. `wrong`: our clock minus the true time, in seconds."""

    at: float = NOW
    wrong: float = 0

    def sleep(self, seconds: float) -> None:
        self.at += seconds


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
    """Run one AWS call at a time, because moto checks a condition and writes in two steps, and AWS does so in one."""
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
    """The names of the AWS calls that were made."""
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
        pepper._pepper,
        partner_secrets._partners,
    ):
        cached.cache_clear()


def items(table: str) -> list[dict[str, Any]]:
    from dropcast.aws import dynamo

    return [dynamo.from_item(item) for item in clients.client("dynamodb").scan(TableName=table)["Items"]]


def event_names() -> list[str]:
    return sorted(item["name"] for item in items("outbox"))


def change_account(account_id: str, **values: Any) -> None:
    """Change an account's row, as another package would."""
    from dropcast.aws import dynamo

    clients.client("dynamodb").update_item(
        TableName="accounts",
        Key=dynamo.to_item({"pk": f"account#{account_id}", "sk": "account"}),
        UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in values),
        ExpressionAttributeNames={f"#{name}": name for name in values},
        ExpressionAttributeValues=dynamo.to_item({f":{name}": value for name, value in values.items()}),
    )


def change_row(table: str, pk: str, **values: Any) -> None:
    """Change a row of a table without a sort key directly. None removes the attribute."""
    from dropcast.aws import dynamo, tables

    given = {f":{name}": value for name, value in values.items() if value is not None}
    clients.client("dynamodb").update_item(
        TableName=table,
        Key=dynamo.to_item({"pk": pk}),
        UpdateExpression=tables.set_expression(values),
        ExpressionAttributeNames={f"#{name}": name for name in values},
        **({"ExpressionAttributeValues": dynamo.to_item(given)} if given else {}),
    )


def plain(token: Any) -> str:
    assert isinstance(token, SecretStr), token
    return token.get_secret_value()
