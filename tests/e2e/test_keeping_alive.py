"""The schedule keeps tokens valid on the local stack. Two hundred callers share one expired token."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pydantic import SecretStr

from dropcast.accounts import tiktok_app
from dropcast.accounts.tokens.fresh_token import get_fresh_token
from dropcast.aws import clients
from dropcast.settings import settings
from local.child_environment import CREDENTIALS
from tests.e2e.road import fault, requests, wait_for


def tokens_of(stack, account: str) -> dict[str, Any]:
    key = {"pk": {"S": f"account#{account}"}, "sk": {"S": "tokens"}}
    return stack.client("dynamodb").get_item(TableName=stack.outputs["AccountsTable"], Key=key)["Item"]


def outcomes(stack, account: str) -> list[str]:
    return [entry["M"]["outcome"]["S"] for entry in tokens_of(stack, account).get("journal", {"L": []})["L"]]


def sweep(stack) -> int:
    answer = stack.client("lambda").invoke(FunctionName=stack.function_name("schedule-refresh"), Payload=b"{}")
    return json.loads(answer["Payload"].read())["queued"]


@pytest.fixture
def expired_account(journey) -> str:
    """An account with an expired access token, at a TikTok that now issues long-lived tokens."""
    journey.sandbox("PATCH", "/settings", json={"access_lifetime": 1})
    name = f"creator-{time.monotonic_ns()}"
    account = journey.connect(name, user_id=name, private=True)
    journey.sandbox("PATCH", "/settings", json={"access_lifetime": 7200})
    time.sleep(1.1)
    return account


@pytest.fixture
def layer(stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The layer in this process, with the settings of one of the stack's functions."""
    environment = {
        "AWS_ENDPOINT_URL": stack.s3_endpoint_url,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": CREDENTIALS["region_name"],
        "ACCOUNTS_TABLE": stack.outputs["AccountsTable"],
        "OUTBOX_TABLE": stack.outputs["OutboxTable"],
        "APP_SECRET_ARN": stack.outputs["AppSecretArn"],
        "KMS_KEY_ID": stack.outputs["KmsKeyId"],
        "TIKTOK_API_URL": stack.sandbox_url,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    cached = (
        settings,
        clients.client,
        clients._session,
        tiktok_app._credentials,
        tiktok_app.tiktok,
        tiktok_app.http_within,
    )
    for one in cached:
        one.cache_clear()
    for service in ("dynamodb", "kms", "secretsmanager"):
        clients.client(service)
    yield
    for one in cached:
        one.cache_clear()


def test_the_schedule_finds_queues_and_refreshes_due_accounts_once(journey, stack, expired_account):
    sweep(stack)

    wait_for(lambda: outcomes(stack, expired_account) == ["refreshed"])
    assert sweep(stack) == 0
    assert tokens_of(stack, expired_account)["version"]["N"] == "2"
    assert len(refreshes(journey, expired_account)) == 1


def test_a_lost_answer_does_no_harm_if_tiktok_did_not_rotate(journey, stack, expired_account):
    fault(journey, "token", "reset_before")

    sweep(stack)

    wait_for(lambda: len(outcomes(stack, expired_account)) == 2)
    assert outcomes(stack, expired_account)[0] == "connection_lost"
    wait_for(lambda: outcomes(stack, expired_account)[1] == "refreshed")


def test_a_lost_answer_after_rotation_is_reported(journey, stack, expired_account, events):
    fault(journey, "token", "reset_after")

    sweep(stack)

    [lost] = wait_for(lambda: events.of("account.reconnect_needed", expired_account))
    assert lost["reason"] == "answer_lost"
    assert journey.api("GET", f"/v1/accounts/{expired_account}").json()["status"] == "reconnect_needed"
    assert outcomes(stack, expired_account) == ["connection_lost", "invalid_grant"]


def test_two_hundred_callers_of_an_expired_token_cause_one_refresh(journey, stack, expired_account, layer):
    with ThreadPoolExecutor(200) as pool:
        given = list(pool.map(lambda _: get_fresh_token(expired_account, outlive_s=60), range(200)))

    assert all(isinstance(one, SecretStr) for one in given)
    assert len({one.get_secret_value() for one in given if isinstance(one, SecretStr)}) == 1
    assert len(refreshes(journey, expired_account)) == 1


def refreshes(journey, account: str) -> list[dict[str, Any]]:
    return [one for one in requests(journey, account, "token") if "grant_type=refresh_token" in one["notes"]]
