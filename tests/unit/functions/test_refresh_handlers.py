import json

import pytest

from dropcast.accounts.business.connection_store import BusinessConsent, save_business
from dropcast.accounts.business.models import BusinessConnection
from dropcast.accounts.connect.save_connection import save_connection
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.settings import settings
from dropcast.tiktok.business.oauth import HolderGrant
from functions.queue.refresh.handler import handler as refresh
from functions.schedule.refresh.handler import handler as sweep
from tests.unit.support.accounts import NOW
from tests.unit.support.functions import context


@pytest.fixture
def account(tiktok) -> Account:
    connected = save_connection("user-1", tiktok.grant())
    assert isinstance(connected, Account)
    return connected


def batch(*bodies: str) -> dict:
    return {
        "Records": [
            {"messageId": str(number), "body": body, "eventSource": "aws:sqs", "receiptHandle": "r", "attributes": {}}
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def message(account_id: str) -> str:
    return json.dumps({"account_id": account_id})


def test_a_due_account_passes_the_queue_and_is_refreshed_once(account, tiktok, held_clock):
    held_clock.at = NOW + 5400

    assert sweep({}, context()) == {"queued": 1}
    received = clients.client("sqs").receive_message(QueueUrl=settings().refresh_queue_url)["Messages"]
    bodies = [one["Body"] for one in received]
    assert failed(refresh(batch(*bodies, *bodies), context())) == []

    assert tiktok.refreshes == 1
    assert sweep({}, context()) == {"queued": 0}


def test_a_business_connection_is_refreshed_the_same_way(business, held_clock):
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    save_business(BusinessConsent("user-1", "7000", NOW), grant)
    held_clock.at = NOW + 86_400

    assert sweep({}, context()) == {"queued": 1}
    received = clients.client("sqs").receive_message(QueueUrl=settings().refresh_queue_url)["Messages"]
    assert failed(refresh(batch(*(one["Body"] for one in received)), context())) == []

    assert business.refreshes == 1


def test_a_business_connection_that_must_be_reconnected_does_not_return_to_the_queue(business, held_clock, written):
    grant = HolderGrant.model_validate(business._new_tokens(rotated=True))
    made = save_business(BusinessConsent("user-1", "7000", NOW), grant)
    assert isinstance(made, BusinessConnection)
    held_clock.at = NOW + 86_400
    business.plan = ["server_error", "server_error", "refuse:40105"]
    body = json.dumps({"connection_id": made.connection_id})

    assert failed(refresh(batch(body), context())) == ["0"]
    assert failed(refresh(batch(body), context())) == []

    output = written()
    assert made.connection_id in output
    assert "canary" not in output


def test_only_retryable_messages_return_to_the_queue(account, tiktok, held_clock):
    held_clock.at = NOW + 5400
    tiktok.plan = ["server_error"] * 2

    answer = refresh(batch(message(account.account_id), message("acc_nobody"), "nonsense"), context())

    assert failed(answer) == ["0", "2"]


def test_an_account_that_must_reconnect_does_not_return_to_the_queue(account, tiktok, held_clock):
    held_clock.at = NOW + 5400
    tiktok.live_refresh = "rft.somebody-else-has-it"

    assert failed(refresh(batch(message(account.account_id)), context())) == []


def test_no_refresh_begins_without_time_to_finish(account, tiktok, held_clock):
    held_clock.at = NOW + 5400

    answer = refresh(batch(message(account.account_id)), context(left_ms=34_999))

    assert failed(answer) == ["0"]
    assert tiktok.refreshes == 0


def test_no_token_is_logged(account, tiktok, held_clock, written):
    held_clock.at = NOW + 5400
    tiktok.open_id = "open-of-a-stranger"

    refresh(batch(message(account.account_id)), context())

    output = written()
    assert "RuntimeError" in output
    assert "canary" not in output
