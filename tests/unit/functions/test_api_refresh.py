"""A person requests an account's refresh: at most once a minute, without additional calls."""

import json
from typing import Any

import pytest

from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.settings import settings
from functions.http.api.handler import handler
from tests.openapi import Operation
from tests.unit.support.accounts import NOW, change_account
from tests.unit.support.api import event_of, with_scopes
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker


@pytest.fixture
def account(tiktok) -> str:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected.account_id


def ask(account_id: str) -> dict[str, Any]:
    path = f"/v1/accounts/{account_id}/refresh"
    return handler(event_of(Operation("POST", path, path, {}, None), with_scopes("publish")), context())


def queued() -> list[dict[str, Any]]:
    answer = maker("sqs").receive_message(QueueUrl=settings().refresh_queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_a_refresh_is_queued(account):
    answer = ask(account)

    assert answer["statusCode"] == 202
    assert json.loads(answer["body"]) == {"account_id": account, "queued": True}
    assert queued() == [{"account_id": account, "asked_at": NOW}]


def test_a_second_refresh_within_a_minute_is_refused(account, held_clock):
    ask(account)
    held_clock.at += 20

    answer = ask(account)

    error = json.loads(answer["body"])["error"]
    assert (answer["statusCode"], error["code"], error["next"]) == (429, "refresh_too_soon", "wait")
    assert answer["headers"]["Retry-After"] == "40"
    assert len(queued()) == 1


def test_after_a_minute_a_refresh_may_be_requested_again(account, held_clock):
    ask(account)
    held_clock.at += 60

    assert ask(account)["statusCode"] == 202
    assert len(queued()) == 2


def test_one_accounts_refresh_does_not_delay_another(account, tiktok):
    ask(account)
    tiktok.open_id = "open-2"
    other = save_connection("user-2", tiktok.grant())
    assert isinstance(other, Account)

    assert ask(other.account_id)["statusCode"] == 202


def test_a_time_written_by_a_wrong_clock_does_not_block(account, held_clock):
    held_clock.wrong = 3600
    ask(account)
    held_clock.wrong = 0

    assert ask(account)["statusCode"] == 202


def test_a_refused_request_does_not_postpone_the_next(account, held_clock):
    change_account(account, status="reconnect_needed")
    assert ask(account)["statusCode"] == 409
    change_account(account, status="active")

    assert ask(account)["statusCode"] == 202


def test_a_usual_request_costs_one_dynamodb_call_and_one_sqs_call(account):
    calls: list[str] = []
    for service in ("dynamodb", "kms", "sqs"):
        clients.client(service).meta.events.register(
            f"before-call.{service}", lambda model, **_: calls.append(model.name)
        )

    ask(account)

    assert calls == ["UpdateItem", "SendMessage"]
