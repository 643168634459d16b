"""A person asks for an account's refresh: once a minute at most, and without more calls than before."""

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


def test_a_second_one_within_a_minute_has_to_wait(account, held_clock):
    ask(account)
    held_clock.at += 20

    answer = ask(account)

    error = json.loads(answer["body"])["error"]
    assert (answer["statusCode"], error["code"], error["next"]) == (429, "refresh_too_soon", "wait")
    assert answer["headers"]["Retry-After"] == "40"
    assert len(queued()) == 1


def test_after_a_minute_it_may_be_asked_again(account, held_clock):
    ask(account)
    held_clock.at += 60

    assert ask(account)["statusCode"] == 202
    assert len(queued()) == 2


def test_one_accounts_refresh_keeps_no_other_waiting(account, tiktok):
    ask(account)
    tiktok.open_id = "open-2"
    other = save_connection("user-2", tiktok.grant())
    assert isinstance(other, Account)

    assert ask(other.account_id)["statusCode"] == 202


def test_a_time_that_a_wrong_clock_wrote_keeps_nobody_waiting(account, held_clock):
    held_clock.wrong = 3600
    ask(account)
    held_clock.wrong = 0

    assert ask(account)["statusCode"] == 202


def test_a_refused_one_does_not_put_the_next_off(account, held_clock):
    change_account(account, status="reconnect_needed")
    assert ask(account)["statusCode"] == 409
    change_account(account, status="active")

    assert ask(account)["statusCode"] == 202


def test_the_ordinary_case_takes_one_call_of_dynamodb_and_one_of_sqs(account):
    calls: list[str] = []
    for service in ("dynamodb", "kms", "sqs"):
        clients.client(service).meta.events.register(
            f"before-call.{service}", lambda model, **_: calls.append(model.name)
        )

    ask(account)

    assert calls == ["UpdateItem", "SendMessage"]
