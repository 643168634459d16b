"""An event shows the publish as it is in the row after the same transaction, and the event's number."""

import json

import pytest

from dropcast.errors.problem import problem
from dropcast.publishing.intake.accept import new_publish, store_rejected, submit
from dropcast.publishing.model import views
from dropcast.publishing.model.publish import Publish, Source
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.steps.start import start
from tests.unit.publishing.conftest import BUCKET, options, refusal, stored, upload_object
from tests.unit.support.memory_aws import maker


def told(publish: Publish) -> list[dict]:
    """The events of the publish, in order."""
    items = maker("dynamodb").scan(TableName="outbox_table")["Items"]
    bodies = [json.loads(item["body"]["S"]) for item in items]
    of_it = [body for body in bodies if body["data"].get("publish_id") == publish.publish_id]
    return sorted(of_it, key=lambda body: body["sequence"])


@pytest.fixture
def publish(account, begun) -> Publish:
    taken = submit(new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options()))
    assert isinstance(taken, Publish)
    return taken


def test_a_publish_that_fails_before_its_start(account, begun):
    asked = new_publish(account.account_id, Source(bucket=BUCKET, key="none.mp4"), "drop", None)

    failed = store_rejected(asked, problem("drop_key_invalid", key="none.mp4"))

    assert isinstance(failed, Publish)
    [event] = told(failed)
    assert (event["event"], event["sequence"]) == ("publish.failed", 2)
    assert event["data"] == views.event_view(stored(failed))


def test_a_publish_that_is_held_and_then_fails(publish, tiktok):
    tiktok.script["creator_info/query"] = [refusal("rate_limit_exceeded", 429)]

    start(publish.publish_id, publish.publish_id)
    held = views.event_view(stored(publish))
    settle(publish.publish_id, StepResult(Outcome.DIED))
    failed = views.event_view(stored(publish))

    first, second = told(publish)
    assert (first["event"], first["sequence"], first["data"]) == ("publish.held", 2, held)
    assert (second["event"], second["sequence"], second["data"]) == ("publish.failed", 3, failed)
    assert held["not_before"] is not None
    assert failed["not_before"] is None
