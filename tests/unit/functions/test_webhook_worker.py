import json

import pytest

from dropcast.errors import problem
from functions.bus.disconnected import handler as disconnected
from functions.queue.webhook import handler as worker
from tests.unit.support.functions import context


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The events that the publishing room heard of."""
    events: list[str] = []
    monkeypatch.setattr(worker, "hear", lambda event: events.append(event.event))
    monkeypatch.setattr(worker, "hear_stale", lambda event: events.append(f"stale {event.event}"))
    monkeypatch.setattr(worker, "keep_unknown", lambda event, raw: events.append(f"unknown {event}"))
    return events


def records(*names: str, stale: bool = False) -> dict:
    bodies = [{"event": name, "create_time": 1, "user_openid": "open-1", "content": "{}"} for name in names]
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


def test_a_removal_is_looked_into_and_every_event_is_heard(heard, monkeypatch):
    removals = []
    monkeypatch.setattr(worker, "hear_removal", lambda event: removals.append(event.event))

    answer = worker.handler(records("authorization.removed", "post.publish.complete"), context())

    assert heard == ["authorization.removed", "post.publish.complete"]
    assert removals == ["authorization.removed"]
    assert answer == {"batchItemFailures": []}


def test_a_removal_that_tiktok_does_not_answer_for_comes_again_alone(heard, monkeypatch):
    monkeypatch.setattr(worker, "hear_removal", lambda _: problem("tiktok_unanswered", reason="timeout"))

    answer = worker.handler(records("authorization.removed", "post.publish.complete"), context())

    assert answer == {"batchItemFailures": [{"itemIdentifier": "0"}]}


def test_a_stale_one_is_heard_as_such(heard):
    worker.handler(records("post.publish.complete", stale=True), context())

    assert heard == ["stale post.publish.complete"]


def test_an_event_that_nobody_documented_is_kept(heard):
    answer = worker.handler(records("post.publish.invented", "video.upload.failed"), context())

    assert heard == ["post.publish.invented", "unknown post.publish.invented", "video.upload.failed"]
    assert answer == {"batchItemFailures": []}


def test_the_event_of_a_disconnection_settles_what_waits(monkeypatch):
    settled = []
    monkeypatch.setattr(disconnected, "settle_waiting_of", lambda account_id: settled.append(account_id) or 3)

    answer = disconnected.handler({"detail": {"data": {"account_id": "acc_1"}}}, context())

    assert (answer, settled) == ({"settled": 3}, ["acc_1"])
