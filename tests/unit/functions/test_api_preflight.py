from pathlib import Path
from typing import Any

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from tests.openapi import Operation
from tests.unit.support.accounts import BUCKET, items
from tests.unit.support.api import call, with_scopes
from tests.unit.support.memory_aws import maker

SAMPLE = (Path(__file__).parents[2] / "media" / "sample.mp4").read_bytes()


@pytest.fixture
def account_id(tiktok) -> str:
    account = save_connection("user-1", tiktok.grant())
    assert isinstance(account, Account)
    maker("s3").put_object(Bucket=BUCKET, Key="a.mp4", Body=SAMPLE)
    return account.account_id


def asked(path: str, scope: str, account_id: str, **changes: Any) -> tuple[int, dict[str, Any]]:
    source = {"type": "s3", "bucket": BUCKET, "key": "a.mp4"}
    body = {"account_id": account_id, "source": source, "privacy_level": "SELF_ONLY", **changes}
    return call(Operation("POST", "POST", path, {}, body), with_scopes(scope))


@pytest.mark.parametrize("scope", ["read", "publish", "admin"])
def test_read_and_publish_keys_may_run_a_preflight(account_id, scope):
    status, told = asked("/v1/preflight", scope, account_id)

    assert (status, told["ok"], told["media"]["duration_ms"]) == (200, False, 2000)
    assert [one["code"] for one in told["problems"]] == ["unaudited_client_can_only_post_to_private_accounts"]
    assert told["problems"][0]["fix"]


def test_a_dry_run_returns_the_same_report_and_stores_nothing(account_id):
    before = asked("/v1/preflight", "publish", account_id)

    dry = asked("/v1/publishes", "publish", account_id, dry_run=True)

    assert dry[0] == before[0] == 200
    assert dry[1]["problems"] == before[1]["problems"]
    assert dry[1]["plan"]["chunks"] == {"count": 1, "size": len(SAMPLE), "last_size": len(SAMPLE)}
    assert dry[1]["plan"]["cost"]["micro_usd"] == sum(one["micro_usd"] for one in dry[1]["plan"]["cost"]["lines"]) > 0
    assert [one for one in items("publishes") if one["pk"].startswith("publish#")] == []


def test_the_command_that_fixes_a_video_is_beside_the_problem(account_id, tiktok):
    tiktok.creator = {**tiktok.creator, "max_video_post_duration_sec": 1}

    _, told = asked("/v1/preflight", "read", account_id)

    [longer] = [one for one in told["problems"] if one["code"] == "longer_than_creator_may"]
    assert longer["field"] == "source"
    assert longer["ffmpeg"].startswith("ffmpeg -i IN -t 0.5")
    assert "ffmpeg" not in longer["details"]


@pytest.mark.parametrize("path", ["/v1/preflight", "/v1/publishes"])
def test_an_invalid_publish_body_is_refused_with_all_its_fields(account_id, path):
    status, told = asked(path, "publish", account_id, privacy_level="EVERYBODY", tittle="x", dry_run=True)

    assert (status, told["error"]["code"]) == (400, "invalid_request")
    assert {one["field"].split(".")[-1] for one in told["error"]["details"]["fields"]} == {"privacy_level", "tittle"}
