"""The webhook worker handles messages separately and concurrently. It begins a message only if time is left for it."""

import json
import threading
from typing import Any

import pytest

from dropcast.errors.problem import problem
from functions.queue.webhook import handler as worker
from tests.unit.support.functions import context


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that the publishing package received."""
    events: list[str] = []
    monkeypatch.setattr(worker, "handle", lambda event: events.append(event.event))
    monkeypatch.setattr(worker, "handle_stale", lambda event: events.append(f"stale {event.event}"))
    monkeypatch.setattr(worker, "store_unknown_webhook", lambda event, raw: events.append(f"unknown {event}"))
    return events


def records(*names: str, stale: bool = False, content: Any = '{"publish_id": "v~1"}') -> dict:
    bodies = [{"event": name, "create_time": 1, "user_openid": "open-1", "content": content} for name in names]
    return {
        "Records": [
            {
                "messageId": str(number),
                "body": json.dumps(body),
                "eventSource": "aws:sqs",
                "messageAttributes": {"stale": {"stringValue": "true", "dataType": "String"}} if stale else {},
            }
            for number, body in enumerate(bodies)
        ]
    }


def test_a_removal_is_checked_and_every_event_is_handled(heard, monkeypatch):
    removals = []
    monkeypatch.setattr(worker, "handle_removal", lambda event: removals.append(event.event))

    answer = worker.handler(records("authorization.removed", "post.publish.complete"), context())

    assert sorted(heard) == ["authorization.removed", "post.publish.complete"]
    assert removals == ["authorization.removed"]
    assert answer == {"batchItemFailures": []}


def test_only_a_removal_without_tiktoks_answer_returns_to_the_queue(heard, monkeypatch):
    monkeypatch.setattr(worker, "handle_removal", lambda _: problem("tiktok_unanswered", reason="timeout"))

    answer = worker.handler(records("authorization.removed", "post.publish.complete"), context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_a_stale_webhook_is_handled_as_stale(heard):
    worker.handler(records("post.publish.complete", stale=True), context())

    assert heard == ["stale post.publish.complete"]


def test_an_undocumented_event_is_stored(heard):
    answer = worker.handler(records("post.publish.invented", "video.upload.failed"), context())

    assert sorted(heard) == ["post.publish.invented", "unknown post.publish.invented", "video.upload.failed"]
    assert answer == {"batchItemFailures": []}


@pytest.mark.parametrize("content", ["{}", "", None, [], [1], 7, "{", {"share_id": 1}])
def test_a_verdict_without_a_publish_is_stored_for_a_person(heard, content):
    worker.handler(records("post.publish.complete", content=content), context())

    assert heard == ["post.publish.complete", "unknown post.publish.complete"]


def test_all_messages_of_a_batch_run_concurrently(heard, monkeypatch):
    together = threading.Barrier(10, timeout=20)
    monkeypatch.setattr(worker, "handle", lambda _: together.wait())

    answer = worker.handler(records(*["post.publish.complete"] * 10), context())

    assert answer == {"batchItemFailures": []}


@pytest.mark.parametrize(
    ("batch", "comes_again"),
    [
        (records("post.publish.complete"), False),
        (records("authorization.removed"), True),
        (records("post.publish.complete", stale=True), True),
    ],
    ids=["a verdict", "a removal", "an old signature"],
)
def test_messages_that_call_tiktok_return_to_the_queue_if_time_is_short(heard, monkeypatch, batch, comes_again):
    monkeypatch.setattr(worker, "handle_removal", lambda _: None)

    answer = worker.handler(batch, context(left_ms=40_000))

    assert bool(answer["batchItemFailures"]) is comes_again
    assert bool(heard) is not comes_again


def test_a_recheck_uses_the_publish_and_number_of_its_message(monkeypatch):
    made: list[tuple[str, int]] = []
    monkeypatch.setattr(worker, "recheck", lambda *asked: made.append(asked))
    recheck = {"messageId": "0", "body": '{"publish_id": "pub_1", "number": 3}', "messageAttributes": {"look": {}}}

    in_time = worker.handler({"Records": [recheck]}, context())
    too_late = worker.handler({"Records": [recheck]}, context(left_ms=40_000))

    assert made == [("pub_1", 3)]
    assert (in_time["batchItemFailures"], too_late["batchItemFailures"]) == ([], [{"itemIdentifier": "0"}])
