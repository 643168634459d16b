"""Plans through the API: a connected account whose video can be posted, and requests by key."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.settings import settings
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.accounts import BUCKET, items
from tests.unit.support.api import event_of
from tests.unit.support.fake_tiktok import FakeTikTok
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker
from tests.unit.support.publishes import without_executions

SAMPLE = (Path(__file__).parents[2] / "media" / "sample.mp4").read_bytes()


@dataclass(frozen=True)
class PlanAnswer:
    """An answer of the API. `replayed`: it repeats an earlier answer."""

    status: int
    body: dict[str, Any]
    replayed: bool

    @property
    def code(self) -> str | None:
        return self.body["error"]["code"] if "error" in self.body else None

    @property
    def changed(self) -> list[str]:
        """What changed since the plan was made."""
        assert self.code == "plan_changed", self.body
        return self.body["error"]["details"]["changed"]


@dataclass(frozen=True)
class Planner:
    """A caller with an API key."""

    account_id: str
    scopes: tuple[str, ...] = ("publish",)
    key_id: str = "dk_1"
    user_id: str | None = None

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None) -> PlanAnswer:
        told = {"key_id": self.key_id, "scopes": ",".join(self.scopes)}
        told |= {"user_id": self.user_id} if self.user_id else {}
        event = event_of(Operation(method, method, path, {}, body), told)
        if key is not None:
            event["headers"]["idempotency-key"] = key
        answer = handler(event, context())
        replayed = answer["headers"].get("Idempotency-Replayed") == "true"
        return PlanAnswer(answer["statusCode"], json.loads(answer["body"]), replayed)

    def request(self, **changes: Any) -> dict[str, Any]:
        """The body of a publish."""
        source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
        body = {"account_id": self.account_id, "source": source, "privacy_level": "SELF_ONLY", **changes}
        return {name: value for name, value in body.items() if value is not None}

    def plan(self, key: str | None = None, **changes: Any) -> PlanAnswer:
        return self.ask("POST", "/v1/plans", {"action": "publish", "publish": self.request(**changes)}, key)

    def plan_id(self, **changes: Any) -> str:
        planned = self.plan(**changes)
        assert planned.status == 201, planned.body
        return planned.body["plan_id"]

    def show(self, plan_id: str) -> PlanAnswer:
        return self.ask("GET", f"/v1/plans/{plan_id}")

    def execute(self, plan_id: str, body: Any = None) -> PlanAnswer:
        return self.ask("POST", f"/v1/plans/{plan_id}/execute", body)


def planner(cloud: pytest.MonkeyPatch, tiktok: FakeTikTok) -> Planner:
    """A caller with the scope publish, an account, and its video a.mp4 in a versioned bucket."""
    without_executions(cloud)
    cloud.setenv("APP_AUDIT", "audited")
    settings.cache_clear()
    maker("s3").put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    put_video(SAMPLE)
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    return Planner(account.account_id)


def put_video(body: bytes, key: str = "a.mp4") -> None:
    """Store an object in the media bucket, as a new version."""
    maker("s3").put_object(Bucket=BUCKET, Key=key, Body=body)


def stored_publishes() -> list[str]:
    """The ids of all publishes."""
    return [row["publish_id"] for row in items("publishes") if row["pk"].startswith("publish#")]
