"""A webhook with an old signature may be a replay. It makes Dropcast poll TikTok, but it is not a fact itself."""

import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.aws import dynamo
from dropcast.errors.problem import problem
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.outcome.webhook_handler import handle_stale
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.publishing.conftest import options, stored, upload_object
from tests.unit.support.memory_aws import maker


@pytest.fixture
def processing(account, begun, tiktok) -> Publish:
    submitted = submit(new_publish(account.account_id, upload_object("a.mp4", b"x" * 1000), "api", options()))
    assert isinstance(submitted, Publish)
    start(submitted.publish_id, submitted.publish_id)
    moved = publish_store.move(stored(submitted), State.PROCESSING, processing_since=clock.now())
    assert moved is not None
    tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 1000}
    return moved


def stale(event: str = "complete", **content: str) -> WebhookEvent:
    said = {"post_id": None, "reason": None, **content}
    return WebhookEvent(f"post.publish.{event}", 1, "open-1", "v_pub_file~1", publish_type="DIRECT_POST", **said)


def test_a_stale_webhook_does_not_decide_the_outcome(processing, tiktok):
    assert handle_stale(stale()) == processing.publish_id

    assert tiktok.count("status/fetch") == 1
    assert fact_store.facts_of("v_pub_file~1") == []
    assert stored(processing).state is State.PROCESSING


def test_the_status_polled_after_it_wakes_the_waiting_execution(processing, tiktok, woken):
    publish_store.store_task_token(processing.publish_id, processing.publish_id, SecretStr("canary-task-token"))
    tiktok.status = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7]}

    handle_stale(stale("failed", reason="internal"))

    assert woken == [("canary-task-token", {"outcome": "verdict"})]
    assert [fact.kind for fact in fact_store.facts_of("v_pub_file~1")] == ["complete"]


def test_the_status_polled_after_it_moves_an_unknown_publish(processing, tiktok):
    settle(processing.publish_id, StepResult(Outcome.UNKNOWN, error=problem("verdict_missing")))
    tiktok.status = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7]}

    handle_stale(stale())

    assert (stored(processing).state, stored(processing).post_ids) == (State.PUBLISHED, ["7"])


def test_replays_cause_at_most_one_poll_a_minute(processing, tiktok, monkeypatch):
    for _ in range(20):
        handle_stale(stale())
    later = clock.now() + 60
    monkeypatch.setattr(clock, "now", lambda: later)
    handle_stale(stale())

    assert tiktok.count("status/fetch") == 2


@pytest.mark.parametrize("name", ["authorization.removed", "post.publish.invented"])
def test_a_stale_event_without_a_verdict_causes_no_poll(processing, tiktok, name):
    assert handle_stale(WebhookEvent(name, 1, "open-1", "v_pub_file~1", None, None, None)) is None

    assert tiktok.count("status/fetch") == 0


def test_a_stale_webhook_for_an_unknown_publish_id_causes_no_poll(processing, tiktok):
    assert handle_stale(WebhookEvent("post.publish.complete", 1, "open-1", "v_other~1", None, None, None)) is None

    assert tiktok.count("status/fetch") == 0


def test_unknown_webhooks_are_stored_in_the_order_of_their_arrival(cloud, monkeypatch):
    for at, event in enumerate(["post.publish.b", "post.publish.a", "post.publish.a"]):
        monkeypatch.setattr(clock, "now", lambda at=at: 1_700_000_000 + at // 2)
        fact_store.store_unknown_webhook(event, f'{{"event": "{event}"}}')

    items = maker("dynamodb").query(
        TableName="publishes_table",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues=dynamo.to_item({":pk": "unknown_webhooks"}),
    )["Items"]
    assert sorted(item["event"]["S"] for item in items) == ["post.publish.a", "post.publish.a", "post.publish.b"]
    assert items[-1]["event"]["S"] == "post.publish.a"
    assert items[0]["expires_at"]["N"] == str(1_700_000_000 + 30 * 24 * 3600)
