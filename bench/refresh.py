"""Measures how fast due accounts are found and refreshed: `make bench`, or `python -m bench.refresh --accounts 100000`.

The benchmark runs the real layer against a local AWS emulator over real sockets. This process simulates TikTok and its
delays. The result includes the emulator's time; AWS may answer faster or slower.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx

from bench.refresh_cost import explained
from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.account_store import account_key
from dropcast.accounts.tokens import fresh_token, refresh_due_time, refresh_queue
from dropcast.accounts.tokens.token_store import put_granted, seal_grant
from dropcast.aws import clients, dynamo
from dropcast.settings import settings
from dropcast.tiktok.client import TikTok
from dropcast.tiktok.models import TokenGrant
from local.child_environment import CREDENTIALS
from local.ministack import MiniStack, start_ministack

DUE_SHARE = 0.05
# The time of a worker's ten AWS calls, about 8 ms for each (an assumption).
AWS_CALLS_S = 10 * 0.008


class SlowTikTok:
    """Rotates every refresh token after a delay. It identifies accounts only by their tokens."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    def answer(self, request: httpx.Request) -> httpx.Response:
        time.sleep(self.seconds)
        old = dict(parse_qsl(request.content.decode()))["refresh_token"]
        return httpx.Response(200, json=granted(old.split(".")[1]))


def granted(account_id: str) -> dict[str, Any]:
    return {
        "access_token": f"act.{account_id}.{'x' * 60}",
        "refresh_token": f"rft.{account_id}.{'x' * 60}",
        "expires_in": 7200,
        "refresh_expires_in": 180 * 24 * 3600,
        "open_id": f"open-{account_id}",
        "scope": "user.info.basic,video.publish",
    }


def main() -> None:
    wish = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    wish.add_argument("--accounts", type=int, default=100_000)
    wish.add_argument("--refresh", type=int, default=500, help="how many of the queued accounts one worker refreshes")
    wish.add_argument("--tiktok-ms", type=int, default=300, help="how long TikTok takes for a refresh (an assumption)")
    given = wish.parse_args()
    with emulator() as running:
        prepare(running)
        due_ids = seed(given.accounts, given.refresh)
        find(given.accounts, len(due_ids))
        work(given.refresh, given.tiktok_ms / 1000)
    print(explained(given.tiktok_ms / 1000 + AWS_CALLS_S))


@contextmanager
def emulator() -> Iterator[MiniStack]:
    with tempfile.TemporaryDirectory() as folder:
        running = start_ministack(Path(folder), functions_at_once=60)
        try:
            yield running
        finally:
            running.child.stop()


def prepare(running: MiniStack) -> None:
    """Create the table, queue, key and secret that refreshing uses."""
    os.environ |= {
        "AWS_ENDPOINT_URL": running.endpoint,
        "AWS_ACCESS_KEY_ID": CREDENTIALS["aws_access_key_id"],
        "AWS_SECRET_ACCESS_KEY": CREDENTIALS["aws_secret_access_key"],
        "AWS_DEFAULT_REGION": CREDENTIALS["region_name"],
        "ACCOUNTS_TABLE": "accounts",
        "OUTBOX_TABLE": "outbox",
    }
    database, secret = running.client("dynamodb"), '{"client_key": "key", "client_secret": "secret"}'
    database.create_table(
        TableName="accounts",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=schema("pk", "sk"),
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": kind}
            for name, kind in {"pk": "S", "sk": "S", "due_shard": "S", "due_at": "N"}.items()
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": schema("due_shard", "due_at"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    os.environ["KMS_KEY_ID"] = running.client("kms").create_key()["KeyMetadata"]["KeyId"]
    os.environ["REFRESH_QUEUE_URL"] = running.client("sqs").create_queue(QueueName="refresh")["QueueUrl"]
    made = running.client("secretsmanager").create_secret(Name="app", SecretString=secret)
    os.environ["APP_SECRET_ARN"] = made["ARN"]
    settings.cache_clear()


def schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [{"AttributeName": partition, "KeyType": "HASH"}, {"AttributeName": sort, "KeyType": "RANGE"}]


def seed(accounts: int, with_tokens: int) -> list[str]:
    """Store the accounts, 5 % of which are due. `with_tokens` of the due accounts have tokens."""
    began, now, due_ids = time.monotonic(), clock.now(), []
    rows: list[dict[str, Any]] = []
    for number in range(accounts):
        account_id = f"acc_{number:07}"
        is_due = number % round(1 / DUE_SHARE) == 0
        if is_due:
            due_ids.append(account_id)
        rows.append(
            account_key(account_id)
            | {
                "account_id": account_id,
                "user_id": f"user-{number}",
                "open_id": f"open-{account_id}",
                "status": "active",
                "scopes": ["user.info.basic"],
                "connected_at": now,
                "connection_number": 1,
                "due_shard": refresh_due_time.shard_of(account_id),
                "due_at": now - 1 if is_due else now + 3600,
            }
        )
    for start in range(0, len(rows), 25):
        puts = [{"PutRequest": {"Item": dynamo.to_item(row)}} for row in rows[start : start + 25]]
        clients.client("dynamodb").batch_write_item(RequestItems={"accounts": puts})
    for account_id in due_ids[:with_tokens]:
        grant = TokenGrant.model_validate(granted(account_id))
        sealed = seal_grant(account_id, 1, grant, asked_at=now - 6000)
        dynamo.write_all([put_granted(sealed, last_version=0)])
    print(f"seeded {accounts:,} accounts, {len(due_ids):,} of them due, in {time.monotonic() - began:.0f} s")
    return due_ids


def find(accounts: int, expected: int) -> None:
    """Run the finder once and count its reads."""
    read: list[int] = []
    events = clients.client("dynamodb").meta.events
    events.register("after-call.dynamodb.Query", lambda parsed, **_: read.append(parsed["ScannedCount"]))
    began = time.monotonic()
    queued = refresh_queue.queue_due()
    seconds = time.monotonic() - began
    print(
        f"the finder read {sum(read):,} of {accounts:,} and queued {queued:,} (expected {expected:,})"
        f" in {seconds:.1f} s, {queued / seconds:,.0f} a second"
    )


def work(wanted: int, tiktok_s: float) -> None:
    """Run one worker, message by message, as Lambda does."""
    slow = TikTok("https://tiktok.invalid", httpx.Client(transport=httpx.MockTransport(SlowTikTok(tiktok_s).answer)))
    tiktok_app.tiktok_within = lambda seconds: slow  # pyright: ignore[reportAttributeAccessIssue]
    with_tokens = {f"acc_{number * round(1 / DUE_SHARE):07}" for number in range(wanted)}
    done, began = 0, time.monotonic()
    for account_id in sorted(with_tokens & set(queued_accounts())):
        done += fresh_token.refresh_if_due(account_id) is None
    seconds = time.monotonic() - began
    each = seconds / done
    print(
        f"one worker refreshed {done:,} accounts in {seconds:.1f} s: {done / seconds:.2f} a second per worker"
        f" ({each * 1000:.0f} ms each: TikTok's {tiktok_s * 1000:.0f}, ours and the emulator's"
        f" {(each - tiktok_s) * 1000:.0f})\n"
    )


def queued_accounts() -> Iterator[str]:
    sqs, url = clients.client("sqs"), settings().refresh_queue_url
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
            yield refresh_queue.parse_message(message["Body"]).account_id


if __name__ == "__main__":
    main()
