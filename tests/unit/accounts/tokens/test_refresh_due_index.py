import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dropcast import clock
from dropcast.accounts.account_store import account_key
from dropcast.accounts.tokens.refresh_due_index import find_due_rows, postpone
from dropcast.accounts.tokens.refresh_due_time import EXPIRING_S, SHARDS, due_at, shard_of
from dropcast.accounts.tokens.refresh_queue import POSTPONED_S, parse_message, queue_due
from dropcast.aws import clients, dynamo
from dropcast.settings import settings
from tests.unit.support.accounts import NOW


@pytest.fixture
def queue_url(cloud) -> str:
    return settings().refresh_queue_url


DAY = 24 * 3600


@given(
    st.text(min_size=1), st.integers(0, 2**33), st.integers(1, 31_536_000), st.integers(1, 31_536_000), st.booleans()
)
def test_an_account_becomes_due_within_its_tokens_lifetime(account_id, refreshed_at, access_life, refresh_life, in_use):
    at = due_at(
        account_id,
        refreshed_at=refreshed_at,
        access_expires_at=refreshed_at + access_life,
        refresh_expires_at=refreshed_at + refresh_life,
        in_use=in_use,
    )

    assert refreshed_at <= at < refreshed_at + refresh_life
    assert not in_use or at < refreshed_at + access_life
    assert refresh_life <= EXPIRING_S or at <= refreshed_at + refresh_life - EXPIRING_S


@pytest.mark.parametrize(
    ("in_use", "earliest", "latest"), [(True, 7200 * 0.6, 7200 * 0.75), (False, 180 * DAY * 0.25, 180 * DAY * 0.4)]
)
def test_a_used_account_is_due_by_its_access_token_and_an_idle_one_by_its_refresh_token(in_use, earliest, latest):
    due = [policy_of(number, in_use=in_use) for number in range(300)]

    assert earliest <= min(due) < max(due) <= latest
    assert max(due) - min(due) > 0.9 * (latest - earliest)


def test_both_policies_are_settings(cloud):
    cloud.setenv("REFRESH_WARM_SHARE", "0.3")
    cloud.setenv("REFRESH_IDLE_SHARE", "0.1")
    settings.cache_clear()

    assert 7200 * 0.3 <= policy_of(1, in_use=True) <= 7200 * 0.45
    assert 18 * DAY <= policy_of(1, in_use=False) <= 45 * DAY


def policy_of(number: int, *, in_use: bool) -> int:
    """Seconds from a refresh to the next, with the lifetimes that TikTok documents at present."""
    at = due_at(
        f"acc_{number}",
        refreshed_at=NOW,
        access_expires_at=NOW + 7200,
        refresh_expires_at=NOW + 180 * DAY,
        in_use=in_use,
    )
    return at - NOW


@given(st.text(min_size=1))
def test_every_account_has_a_shard_that_is_swept(account_id):
    assert shard_of(account_id) in {str(shard) for shard in range(SHARDS)}


@pytest.mark.long
def test_the_sweep_reads_only_due_accounts_and_queues_each_once(cloud, queue_url):
    accounts = [f"acc_{number:04}" for number in range(2000)]
    seed_many({name: NOW - at if at % 20 == 0 else NOW + 1 + at for at, name in enumerate(accounts)})
    read: list[int] = []
    clients.client("dynamodb").meta.events.register(
        "after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"])
    )

    queued, again = queue_due(), queue_due()

    assert (queued, again, sum(read)) == (100, 0, 100)
    assert sorted(drain(queue_url)) == accounts[::20]


def test_an_account_that_stays_due_is_queued_again_after_its_messages_tries(cloud, queue_url, held_clock):
    seed("acc_1", due=NOW)
    first = queue_due()

    held_clock.at = NOW + POSTPONED_S - 1
    early = queue_due()
    held_clock.at = NOW + POSTPONED_S
    late = queue_due()

    assert (first, early, late) == (1, 0, 1)


def test_two_concurrent_sweeps_queue_an_account_once(cloud, queue_url):
    seed("acc_1", due=NOW)
    [found] = find_due_rows(shard_of("acc_1"), NOW)

    assert postpone(found, NOW + 60)
    assert not postpone(found, NOW + 60)


def test_accounts_that_the_queue_refuses_stay_due(cloud, queue_url, monkeypatch):
    seed("acc_1", due=NOW)
    seed("acc_2", due=NOW)

    with monkeypatch.context() as trouble:
        refuse_first_of_batch(trouble)
        queued = queue_due()

    assert queued + queue_due() == 2
    assert sorted(drain(queue_url)) == ["acc_1", "acc_2"]


def test_accounts_without_time_left_stay_due(cloud, queue_url):
    seed("acc_1", due=NOW)

    with clock.ending_in(9):
        assert queue_due() == 0

    assert queue_due() == 1


def refuse_first_of_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    sqs = clients.client("sqs")
    send = sqs.send_message_batch

    def send_rest(QueueUrl, Entries):
        failed = {"Id": Entries[0]["Id"], "SenderFault": False, "Code": "InternalError"}
        sent = send(QueueUrl=QueueUrl, Entries=Entries[1:])["Successful"] if Entries[1:] else []
        return {"Successful": sent, "Failed": [failed]}

    monkeypatch.setattr(sqs, "send_message_batch", send_rest)


def test_without_due_accounts_nothing_is_queued(cloud, queue_url):
    seed("acc_1", due=NOW + 60)

    assert queue_due() == 0
    assert drain(queue_url) == []


def seed(account_id: str, *, due: int) -> None:
    seed_many({account_id: due})


def seed_many(due: dict[str, int]) -> None:
    rows = [account_key(name) | {"due_shard": shard_of(name), "due_at": at} for name, at in due.items()]
    for start in range(0, len(rows), 25):
        puts = [{"PutRequest": {"Item": dynamo.to_item(row)}} for row in rows[start : start + 25]]
        clients.client("dynamodb").batch_write_item(RequestItems={"accounts": puts})


def drain(queue_url: str) -> list[str]:
    found: list[str] = []
    while messages := clients.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            assert json.loads(message["Body"]).keys() == {"account_id"}
            found.append(parse_message(message["Body"]).account_id)
    return found
