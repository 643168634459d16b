import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast import aws, dynamo
from dropcast.accounts.account_store import account_key
from dropcast.accounts.due import SHARDS, due_at, shard_of
from dropcast.accounts.refresh_queue import account_of_message, queue_due_accounts
from dropcast.settings import settings
from tests.unit.support.accounts import NOW


@pytest.fixture
def queue_url(cloud) -> str:
    return settings().refresh_queue_url


@given(st.text(min_size=1), st.integers(0, 2**33), st.integers(1, 31_536_000))
def test_an_account_is_due_within_its_tokens_life(account_id, refreshed_at, expires_in):
    at = due_at(account_id, refreshed_at=refreshed_at, expires_in=expires_in)

    assert refreshed_at + int(expires_in * 0.6) <= at <= refreshed_at + expires_in * 0.75


@given(st.text(min_size=1))
def test_every_account_has_a_shard_that_is_swept(account_id):
    assert shard_of(account_id) in {str(shard) for shard in range(SHARDS)}


def test_the_sweep_reads_only_due_accounts_and_queues_each_once(cloud, queue_url):
    for number in range(200):
        seed(f"acc_{number:03}", due=NOW - number if number % 20 == 0 else NOW + 1 + number)
    read: list[int] = []
    aws.client("dynamodb").meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"])
    )

    queued = queue_due_accounts()

    assert queued == sum(read) == 10
    assert sorted(drain(queue_url)) == [f"acc_{number:03}" for number in range(0, 200, 20)]


def test_nothing_due_sends_nothing(cloud, queue_url):
    seed("acc_1", due=NOW + 60)

    assert queue_due_accounts() == 0
    assert drain(queue_url) == []


def seed(account_id: str, *, due: int) -> None:
    item = account_key(account_id) | {"due_shard": shard_of(account_id), "due_at": due}
    aws.client("dynamodb").put_item(TableName="accounts", Item=dynamo.to_item(item))


def drain(queue_url: str) -> list[str]:
    found: list[str] = []
    while messages := aws.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            assert json.loads(message["Body"]).keys() == {"account_id"}
            found.append(account_of_message(message["Body"]))
    return found
