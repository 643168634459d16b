"""Fails a disconnected account's waiting publishes. A queue splits the work, because there may be thousands of them."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.aws import clients
from dropcast.errors.problem import problem
from dropcast.publishing.outcome.settle import fail_waiting
from dropcast.publishing.store.waiting_publishes import waiting_of_account
from dropcast.settings import settings

# To fail one publish takes about a tenth of a second.
_PART = 50
_MESSAGES = 10
_LEFT_S = 5


class NoTimeError(Exception):
    """Too little time is left to continue. The next call continues where this call stopped."""


def queue_waiting_publishes(account_id: str) -> int:
    """Queue the account's publishes whose init has not been sent. Returns how many were queued. May raise
    NoTimeError.
    """
    if not _is_disconnected(account_id):
        return 0
    queued, waiting = 0, waiting_of_account(account_id)
    while messages := [_message(account_id, part) for part in islice(_parts(waiting), _MESSAGES)]:
        _raise_if_late()
        entries = [{"Id": str(number), "MessageBody": body} for number, (body, _) in enumerate(messages)]
        answer = clients.client("sqs").send_message_batch(QueueUrl=settings().disconnected_queue_url, Entries=entries)
        if refused := answer.get("Failed"):
            raise RuntimeError(f"SQS refused {len(refused)} messages: {refused[0].get('Code')}")
        queued += sum(count for _, count in messages)
    return queued


def fail_waiting_publishes(body: str) -> int:
    """Fail those publishes in the message `body` that still wait. Returns how many failed. May raise NoTimeError.

    If the init of a publish was sent, only TikTok's verdict ends that publish. If the account is connected again, no
    publish fails.
    """
    message = json.loads(body)
    account_id = message["account_id"]
    if not _is_disconnected(account_id):
        return 0
    why, failed = problem("account_disconnected", account_id=account_id), 0
    for publish_id in message["publish_ids"]:
        _raise_if_late()
        failed += fail_waiting(publish_id, why)
    return failed


def _parts(publish_ids: Iterator[str]) -> Iterator[list[str]]:
    while part := list(islice(publish_ids, _PART)):
        yield part


def _message(account_id: str, publish_ids: Sequence[str]) -> tuple[str, int]:
    return json.dumps({"account_id": account_id, "publish_ids": publish_ids}), len(publish_ids)


def _is_disconnected(account_id: str) -> bool:
    account = get_account(account_id)
    return account is not None and account.status == "disconnected"


def _raise_if_late() -> None:
    if clock.seconds_left() < _LEFT_S:
        raise NoTimeError
