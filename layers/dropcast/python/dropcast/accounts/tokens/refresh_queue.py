"""Queues accounts and business connections whose tokens are due, for the worker that refreshes them.

`queue_due` postpones each row in the index for as long as the queue retries the row's message. So no row has two
messages at once, and a lost message only delays the refresh. A refresh that keeps failing is queued again after this
time.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from dropcast import clock
from dropcast.accounts.account_store import note_refresh_request, refresh_requested_at, visible_account
from dropcast.accounts.models import inactivity
from dropcast.accounts.tokens.refresh_due_index import DueRow, find_due_rows, postpone
from dropcast.accounts.tokens.refresh_due_time import SHARDS
from dropcast.aws import clients
from dropcast.caller import Caller
from dropcast.errors.problem import Problem, problem
from dropcast.settings import settings

# The message is tried five times, and after each try the queue hides it for six minutes (infra/queues.py).
POSTPONED_S = 30 * 60
# How often a person may request a refresh of one account.
REFRESH_REQUEST_EVERY_S = 60

_BATCH = 10
_LAST_BATCH_S = 10


@dataclass(frozen=True)
class RefreshMessage:
    """A message of the queue.

    It names an account or a business connection. The worker refreshes the tokens if they are due, or if they are older
    than a person's request at `asked_at`.
    """

    account_id: str = ""
    connection_id: str = ""
    asked_at: int = 0


def queue_due() -> int:
    """Queue each row with due tokens once, with one thread per shard of the index. Returns the number of queued rows.

    Rows that SQS does not accept, or for which no time is left, stay due.
    """
    for service in ("dynamodb", "sqs"):
        clients.client(service)  # before the threads, because botocore creates clients one at a time
    shards = [str(shard) for shard in range(SHARDS)]
    with ThreadPoolExecutor(SHARDS) as pool:
        return sum(pool.map(partial(_queue_shard, clock.now()), shards))


def queue_refresh(account_id: str, caller: Caller) -> Problem | None:
    """Queue a refresh that a person requests, whether or not the account is due. Accepts one request a minute.

    Problems: `account_not_found`, the problems of an inactive account, `refresh_too_soon` (with `retry_after` in
    seconds).
    """
    if not note_refresh_request(account_id, caller, every_s=REFRESH_REQUEST_EVERY_S):
        return _refusal(account_id, caller)
    clients.client("sqs").send_message(
        QueueUrl=settings().refresh_queue_url,
        MessageBody=json.dumps({"account_id": account_id, "asked_at": clock.now()}),
    )
    return None


def _refusal(account_id: str, caller: Caller) -> Problem:
    account = visible_account(account_id, caller)
    if isinstance(account, Problem):
        return account
    if why := inactivity(account):
        return why
    seconds = refresh_requested_at(account_id) + REFRESH_REQUEST_EVERY_S - clock.now()
    return problem("refresh_too_soon", account_id=account_id, retry_after=max(seconds, 1))


def parse_message(body: str) -> RefreshMessage:
    """The message in the text `body`."""
    return RefreshMessage(**json.loads(body))


def _queue_shard(now: int, shard: str) -> int:
    queued = 0
    for batch in _batches(find_due_rows(shard, now)):
        if clock.seconds_left() < _LAST_BATCH_S:
            break
        queued += _send([(due, later) for due in batch if (later := postpone(due, now + POSTPONED_S))])
    return queued


def _batches(due: Iterator[DueRow]) -> Iterator[list[DueRow]]:
    while batch := list(islice(due, _BATCH)):
        yield batch


def _send(batch: list[tuple[DueRow, DueRow]]) -> int:
    """Queue rows. Each pair holds the row before and after it was postponed.

    Rows that SQS does not accept become due as before.
    """
    if not batch:
        return 0
    entries = [{"Id": str(number), "MessageBody": json.dumps(due.whose)} for number, (due, _) in enumerate(batch)]
    answer: dict[str, Any] = clients.client("sqs").send_message_batch(
        QueueUrl=settings().refresh_queue_url, Entries=entries
    )
    for failed in answer.get("Failed", []):
        due, later = batch[int(failed["Id"])]
        postpone(later, due.at)
    return len(answer.get("Successful", []))
