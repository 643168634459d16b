"""Starts many publishes at once on a few accounts, with short windows on both sides, and returns the outcome.

TikTok's side comes from the sandbox's journal. Our side comes from the executions and the observed queues.
"""

import itertools
import json
import secrets
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from boto3.dynamodb.types import TypeDeserializer

from local.stack import LocalStack
from local.stack_client import StackClient

# We count for two seconds longer than TikTok does; see docs/operate.md.
MARGIN_S = 2
# The same request is still running, or no function was free for it or for its authorizer (the gateway's 500).
_ASK_AGAIN = {409, 429, 503}
_PAUSE_S = 1
_RESTING = {"published", "failed", "cancelled", "in_inbox", "unknown"}


@dataclass(frozen=True)
class Windows:
    """The limits: how many inits in how many seconds, and how many posts in how many seconds."""

    inits: int
    minute_s: int
    posts: int
    day_s: int

    def of_the_stack(self) -> str:
        """The BUDGETS of the stack."""
        calls = {"video_init": self.inits, "creator_info": 20, "status": 30, "looks": 8}
        limits = [f"{name}={limit}/{self.minute_s}" for name, limit in calls.items()]
        return ",".join([*limits, f"direct_posts={self.posts}/{self.day_s}"])

    def of_the_sandbox(self) -> dict[str, Any]:
        """The same limits as settings of the sandbox."""
        return {
            "rate_limits": {"video_init": self.inits, "creator_info": 20, "status_fetch": 30},
            "rate_window": self.minute_s,
            "direct_posts_per_day": self.posts,
            "day": self.day_s,
        }


@dataclass
class OfAccount:
    """One account's publishes in the order of their inits: the time of each request, its slot and its init.

    `took` is the duration of the Start that made the init: the machine's own time, and the waits inside it.
    `has_trouble`: Lambda killed a Start at its time limit. The other publishes wait a while for this one, then pass it.
    """

    publish_ids: list[str]
    asked: list[float]
    slots: list[float | None]
    inits: list[float]
    took: list[float]
    refusals: list[str]
    has_trouble: bool

    def allowed(self, windows: Windows) -> list[float]:
        """The earliest permitted time of each init, given the times of its request and of the earlier inits."""
        limits = ((windows.inits, windows.minute_s), (windows.posts, windows.day_s))
        return [
            max(
                [asked, *self.inits[max(index - 1, 0) : index]]
                + [self.inits[index - limit] + window + MARGIN_S for limit, window in limits if index >= limit]
            )
            for index, asked in enumerate(self.asked)
        ]

    def reserved_late(self, windows: Windows) -> list[float]:
        """How many seconds later than necessary the slots of the waiting publishes are."""
        both = zip(self.slots, self.allowed(windows), strict=True)
        return [slot - allowed for slot, allowed in both if slot is not None]

    def gone_late(self, windows: Windows) -> list[float]:
        """How many seconds later than permitted the inits of the waiting publishes were."""
        both = zip(self.slots, self.inits, self.allowed(windows), strict=True)
        return [init - allowed for slot, init, allowed in both if slot is not None]

    def most_within(self, window: float) -> int:
        return max(sum(0 <= other - first < window for other in self.inits) for first in self.inits)


@dataclass
class Outcome:
    windows: Windows
    accounts: list[OfAccount]
    shown: dict[str, dict[str, Any]]
    states: dict[str, list[str]]
    queues: list[list[str]] = field(default_factory=list)

    @property
    def calm(self) -> list[OfAccount]:
        """The accounts for which this machine was fast enough to check order and time."""
        return [account for account in self.accounts if not account.has_trouble]

    def swapped(self) -> list[tuple[str, str]]:
        """Pairs of publishes in the wrong order: the second started before the first, although it was behind it in a
        queue.
        """
        place = {one: index for account in self.calm for index, one in enumerate(account.publish_ids)}
        seen = {pair for queue in self.queues for pair in itertools.pairwise(queue)}
        return [(first, second) for first, second in seen if place.get(first, -1) > place.get(second, -1)]

    def slowness(self) -> float:
        """The longest duration of a Start. This machine adds it to every wait."""
        return max(took for account in self.calm for took in account.took)

    def holds(self) -> list[int]:
        """How often each waiting publish was told to wait."""
        counts = [self.states[one].count("Hold") for account in self.calm for one in account.publish_ids]
        return [count for count in counts if count]


def run(
    stack: LocalStack,
    video: Path,
    *,
    accounts: int,
    each: int,
    windows: Windows,
    seconds: float,
    per_second: float = 10,
) -> Outcome:
    """Publish `video` `each` times to each new account, as fast as `per_second`; wait until all are at rest.

    The emulator starts a process for each concurrent call. If calls come faster than this machine can start processes,
    the emulator does nothing else.
    """
    journey = StackClient(stack)
    settings = {"unaudited_active_users": 100_000, "processing_seconds": 1, "webhook_retry_seconds": 0.2}
    journey.sandbox("PATCH", "/settings", json=settings | windows.of_the_sandbox())
    names = [f"creator-{secrets.token_hex(4)}" for _ in range(accounts)]
    account_ids = [journey.connect(name, user_id=name, private=True) for name in names]
    # Requested now, because ten minutes later the same request would query creator_info, which TikTok may refuse.
    open_ids = [journey.api("GET", f"/v1/accounts/{account_id}").json()["open_id"] for account_id in account_ids]
    key = f"in/{secrets.token_hex(4)}.mp4"
    journey.upload(video, key)
    with ThreadPoolExecutor(8) as threads:
        waiting: list[Future[str]] = []
        for account_id in account_ids * each:
            waiting.append(threads.submit(_publish, journey, account_id, key))
            time.sleep(1 / per_second)
        publish_ids = [one.result() for one in waiting]
    queues = list(_queues_until_rest(stack, publish_ids, seconds))
    return _outcome(journey, windows, open_ids, publish_ids, queues)


def _publish(journey: StackClient, account_id: str, key: str) -> str:
    """Return the publish_id.

    If the API is busy or has no free function (429), repeat the request for the same publish.
    """
    body = {"account_id": account_id, "privacy_level": "SELF_ONLY"}
    source = {"type": "s3", "bucket": journey.stack.bucket, "key": key}
    headers = {"Idempotency-Key": secrets.token_hex(8)}
    while True:
        try:
            answer = journey.api("POST", "/v1/publishes", json=body | {"source": source}, headers=headers)
        except httpx.TimeoutException:
            continue
        if answer.status_code in _ASK_AGAIN or answer.json().keys() == {"message"}:
            time.sleep(_PAUSE_S)
            continue
        return answer.raise_for_status().json()["publish_id"]


def _queues_until_rest(stack: LocalStack, publish_ids: list[str], seconds: float) -> Iterator[list[str]]:
    """The queue of each account, front first, at each observation until every publish is at rest."""
    deadline, waiting = time.monotonic() + seconds, set(publish_ids)
    while waiting:
        assert time.monotonic() < deadline, f"{len(waiting)} publishes do not rest"
        for item in _items(stack, "BudgetsTable"):
            queue = sorted(item["queue"].items(), key=lambda slot: slot[1]["number"])
            yield [owner for owner, _ in queue]
        rows = _items(stack, "PublishesTable", "publish_id, #state", {"#state": "state"})
        waiting -= {row["publish_id"] for row in rows if row.get("state") in _RESTING}
        time.sleep(1)


def _items(stack: LocalStack, output: str, shown: str = "#queue", names: dict[str, str] | None = None) -> list[Any]:
    read = TypeDeserializer().deserialize
    pages = (
        stack.client("dynamodb")
        .get_paginator("scan")
        .paginate(
            TableName=stack.outputs[output],
            ProjectionExpression=shown,
            ExpressionAttributeNames=names or {"#queue": "queue"},
        )
    )
    return [{name: read(value) for name, value in item.items()} for page in pages for item in page["Items"]]


def _outcome(
    journey: StackClient, windows: Windows, open_ids: list[str], publish_ids: list[str], queues: list[list[str]]
) -> Outcome:
    shown = {publish_id: journey.show(publish_id) for publish_id in publish_ids}
    ours = {one["tiktok_publish_id"]: publish_id for publish_id, one in shown.items()}
    histories = {
        publish_id: journey.stack.history(execution)
        for publish_id in publish_ids
        for execution in journey.stack.executions(publish_id)
    }
    entered = {publish_id: list(_entered(history)) for publish_id, history in histories.items()}
    return Outcome(
        windows,
        [_of_account(journey, open_id, ours, entered) for open_id in open_ids],
        shown,
        {publish_id: [state.name for state in states] for publish_id, states in entered.items()},
        queues,
    )


@dataclass(frozen=True)
class _Entered:
    name: str
    at: float
    until: float | None


def _entered(history: list[dict[str, Any]]) -> Iterator[_Entered]:
    """The states of an execution, with the time of each entry and the end of each wait."""
    for event in history:
        if details := event.get("stateEnteredEventDetails"):
            until = json.loads(details["input"])["step"].get("not_before")
            yield _Entered(details["name"], event["timestamp"].timestamp(), until and _seconds(until))


def _seconds(iso: str) -> float:
    return datetime.fromisoformat(iso).timestamp()


def _of_account(
    journey: StackClient, open_id: str, ours: dict[str, str], entered: dict[str, list[_Entered]]
) -> OfAccount:
    entries = journey.sandbox("GET", "/journal", params={"open_id": open_id})["items"]
    inits = [one for one in entries if one["route"] == "video_init" and one["effect"]]
    publish_ids = [ours[one["publish_id"]] for one in inits]
    states = [entered[one] for one in publish_ids]
    return OfAccount(
        publish_ids,
        asked=[next(state.at for state in mine if state.name == "Start") for mine in states],
        slots=[next((state.until for state in reversed(mine) if state.name == "Hold"), None) for mine in states],
        inits=[one["at"] for one in inits],
        took=[
            one["at"] - next(state.at for state in reversed(mine) if state.name == "Start")
            for one, mine in zip(inits, states, strict=True)
        ],
        has_trouble=any(state.name == "Decide" for mine in states for state in mine),
        refusals=[
            f"{one['route']}: {one['error_code']}" for one in entries if one["kind"] == "request" and one["error_code"]
        ],
    )
