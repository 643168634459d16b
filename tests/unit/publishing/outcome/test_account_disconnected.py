"""After an account is disconnected, its waiting publishes fail, and publishes that TikTok has begun continue."""

import json
from typing import Any

import pytest

from dropcast import clock
from dropcast.accounts.disconnect import disconnect
from dropcast.accounts.models import Account
from dropcast.aws import clients
from dropcast.errors.problem import problem
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.states import State
from dropcast.publishing.outcome.account_disconnected import (
    NoTimeError,
    fail_waiting_publishes,
    queue_waiting_publishes,
)
from dropcast.publishing.outcome.settle import fail_waiting
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from functions.bus.disconnected import handler as lister
from functions.queue.disconnected import handler as worker
from tests.unit.publishing.conftest import options, outbox, stored, upload_object
from tests.unit.support.functions import context
from tests.unit.support.memory_aws import maker

WHY = problem("account_disconnected", account_id="acc_1")


@pytest.fixture
def queued(account: Account, begun):
    """Store a publish of the account, or of another one."""

    def make(account_id: str = account.account_id) -> Publish:
        publish = submit(new_publish(account_id, upload_object("in/a.mp4", b"x"), "api", options()))
        assert isinstance(publish, Publish)
        return publish

    return make


def moved(publish: Publish, *states: State) -> Publish:
    for state in states:
        after = publish_store.move(publish, state)
        assert after is not None
        publish = after
    return publish


@pytest.fixture
def disconnected(account: Account, monkeypatch):
    """Disconnect the account without a call to TikTok."""
    monkeypatch.setattr("dropcast.accounts.disconnect._revoke", lambda _: True)
    return lambda: disconnect(account.account_id)


@pytest.fixture
def queue_url(account, monkeypatch) -> str:
    url = clients.client("sqs").create_queue(QueueName="disconnected")["QueueUrl"]
    monkeypatch.setenv("DISCONNECTED_QUEUE_URL", url)
    settings.cache_clear()
    return url


def bodies(queue_url: str) -> list[str]:
    """The bodies of the messages; the messages stay queued."""
    seen: dict[str, str] = {}
    while messages := clients.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
        seen |= {message["MessageId"]: message["Body"] for message in messages}
    return list(seen.values())


def event_of(account: Account) -> dict[str, Any]:
    return {"detail": {"data": {"account_id": account.account_id}}}


def work_off(queue_url: str) -> list[dict[str, Any]]:
    records = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies(queue_url))]
    return worker.handler({"Records": records}, context())["batchItemFailures"]


def test_waiting_publishes_fail_with_their_event_and_the_others_continue(account, queued, disconnected, queue_url):
    waiting, held, started = queued(), moved(queued(), State.HELD), moved(queued(), State.STARTING)
    uploading = moved(queued(), State.STARTING, State.UPLOADING)
    disconnected()

    assert lister.handler(event_of(account), context()) == {"queued": 2}
    assert work_off(queue_url) == []

    assert [stored(one).state for one in (waiting, held)] == [State.FAILED, State.FAILED]
    assert stored(held).error.code == "account_disconnected"
    assert [stored(one).state for one in (started, uploading)] == [State.STARTING, State.UPLOADING]
    assert outbox().count("publish.failed") == 2


def test_repeated_messages_fail_each_publish_once(account, queued, disconnected, queue_url):
    queued()
    disconnected()
    queue_waiting_publishes(account.account_id)
    queue_waiting_publishes(account.account_id)

    assert [fail_waiting_publishes(body) for body in bodies(queue_url) * 2] == [1, 0, 0, 0]
    assert outbox().count("publish.failed") == 1


@pytest.mark.long
def test_thousands_are_queued_in_parts_that_one_worker_can_finish_in_time(
    account, disconnected, queue_url, monkeypatch
):
    stored_ids = waiting_rows(account.account_id, 3000)
    disconnected()
    failed: list[str] = []
    monkeypatch.setattr(
        "dropcast.publishing.outcome.account_disconnected.fail_waiting",
        lambda publish_id, _: not failed.append(publish_id),
    )

    assert queue_waiting_publishes(account.account_id) == 3000
    assert [fail_waiting_publishes(body) for body in bodies(queue_url)] == [50] * 60

    assert sorted(failed) == stored_ids


def waiting_rows(account_id: str, count: int) -> list[str]:
    made = [new_publish(account_id, Source(bucket="b", key="k"), "api", options()) for _ in range(count)]
    items = [publish_store.put_write(one, unstarted=True)["Put"]["Item"] for one in made]
    for start in range(0, count, 25):
        requests = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
        maker("dynamodb").batch_write_item(RequestItems={"publishes_table": requests})
    return sorted(one.publish_id for one in made)


def test_a_worker_stops_in_time_and_continues_when_the_message_returns(
    account, queued, disconnected, queue_url, monkeypatch
):
    waiting = [queued() for _ in range(3)]
    disconnected()
    queue_waiting_publishes(account.account_id)
    left = iter([60, 60, 4])
    monkeypatch.setattr(clock, "seconds_left", lambda: next(left, 60))

    assert work_off(queue_url) == [{"itemIdentifier": "0"}]
    assert sorted(stored(one).state for one in waiting) == [State.FAILED, State.FAILED, State.QUEUED]
    assert fail_waiting_publishes(json.dumps(left_to_do(account, waiting))) == 1
    assert {stored(one).state for one in waiting} == {State.FAILED}


def left_to_do(account: Account, waiting: list[Publish]) -> dict[str, Any]:
    return {"account_id": account.account_id, "publish_ids": [one.publish_id for one in waiting]}


def test_listing_stops_in_time(account, queued, disconnected, queue_url, monkeypatch):
    queued()
    disconnected()
    monkeypatch.setattr(clock, "seconds_left", lambda: 4)

    with pytest.raises(NoTimeError):
        queue_waiting_publishes(account.account_id)


def test_other_accounts_publishes_are_not_changed(account, queued, disconnected, queue_url):
    queued("acc_other")
    disconnected()

    assert queue_waiting_publishes(account.account_id) == 0
    assert bodies(queue_url) == []


def test_a_reconnected_account_loses_no_publishes(account, queued):
    waiting = queued()

    assert queue_waiting_publishes(account.account_id) == 0
    assert fail_waiting_publishes(json.dumps(left_to_do(account, [waiting]))) == 0
    assert stored(waiting).state is State.QUEUED


def test_an_unknown_account_has_no_publishes_to_settle(account):
    assert queue_waiting_publishes("acc_none") == 0


def test_a_publish_that_start_claims_at_that_moment_continues(queued, monkeypatch):
    publish = queued()
    move, seen = publish_store.move, []

    def claimed_first(found: Publish, to: State, **more):
        if not seen:
            seen.append(move(found, State.STARTING))
        return move(found, to, **more)

    monkeypatch.setattr(publish_store, "move", claimed_first)

    assert fail_waiting(publish.publish_id, WHY) is False
    assert stored(publish).state is State.STARTING
    assert "publish.failed" not in outbox()
