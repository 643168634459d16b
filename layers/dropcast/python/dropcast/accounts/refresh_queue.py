"""The road of an account whose tokens are due: found by the index, queued, refreshed by a worker."""

import json
from collections.abc import Iterator
from itertools import chain, islice

from dropcast import aws, clock
from dropcast.accounts.account_store import due_account_ids
from dropcast.accounts.due import SHARDS
from dropcast.settings import settings

_BATCH = 10


def queue_due_accounts() -> int:
    """Queue every account that is due, once each, and say how many. What SQS does not take stays due."""
    now = clock.now()
    due = chain.from_iterable(due_account_ids(str(shard), now) for shard in range(SHARDS))
    return sum(_send(batch) for batch in _batches(due))


def account_of_message(body: str) -> str:
    """The account that a message of the queue names."""
    return json.loads(body)["account_id"]


def _batches(account_ids: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(account_ids, _BATCH)):
        yield batch


def _send(account_ids: list[str]) -> int:
    entries = [
        {"Id": str(number), "MessageBody": json.dumps({"account_id": account_id})}
        for number, account_id in enumerate(account_ids)
    ]
    answer = aws.client("sqs").send_message_batch(QueueUrl=settings().refresh_queue_url, Entries=entries)
    return len(answer.get("Successful", []))
