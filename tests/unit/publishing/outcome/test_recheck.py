"""Publishes at rest are checked again at growing intervals, because TikTok may have changed their state without a
webhook.
"""

from typing import Any

import pytest

from dropcast import clock
from dropcast.aws import clients
from dropcast.aws.dynamo import to_item
from dropcast.caller import SYSTEM
from dropcast.errors.problem import problem
from dropcast.publishing.actions.resolve import resolve
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.recheck import parse_message, recheck
from dropcast.publishing.outcome.recheck_schedule import PAUSES_S
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.outcome.sweep import Swept, sweep
from dropcast.publishing.outcome.webhook_handler import handle
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.publishing.store.publish_rows import row_key
from dropcast.settings import settings
from dropcast.tiktok.models import PublishStatus, VideoPage
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.publishing.conftest import options, outbox, stored, upload_object
from tests.unit.support.memory_aws import maker

VIDEO = {
    "id": "7512345678901234567",
    "create_time": 4_000_000_000,
    "video_description": " hello  ",
    "share_url": "https://www.tiktok.com/@ana/video/7512345678901234567",
}


@pytest.fixture
def queue_url(cloud, monkeypatch) -> str:
    url = clients.client("sqs").create_queue(QueueName="rechecks")["QueueUrl"]
    monkeypatch.setenv("RECHECK_QUEUE_URL", url)
    settings.cache_clear()
    return url


@pytest.fixture
def at(monkeypatch):
    """Advance the clock by some seconds."""

    def pass_(seconds: int) -> None:
        later = clock.now() + seconds
        monkeypatch.setattr(clock, "now", lambda: later)

    return pass_


def processing(account, **chosen: Any) -> Publish:
    submitted = submit(new_publish(account.account_id, upload_object("a.mp4", b"x" * 1000), "api", options(**chosen)))
    assert isinstance(submitted, Publish)
    start(submitted.publish_id, submitted.publish_id)
    moved = publish_store.move(
        stored(submitted),
        State.PROCESSING,
        processing_since=clock.now(),
        unstarted_at=None,
    )
    assert moved is not None
    return moved


def lost_pull(account, **chosen: Any) -> Publish:
    """A pull whose init TikTok never answered, so it has no TikTok id."""
    publish = new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options(**chosen), via="pull")
    submitted = submit(publish)
    assert isinstance(submitted, Publish)
    publish_store.move(submitted, State.STARTING, open_id=account.open_id)
    return settle(submitted.publish_id, StepResult(Outcome.UNKNOWN, error=problem("pull_init_lost")))


def asked(queue_url: str) -> list[tuple[str, int]]:
    """The queued rechecks: the publish and the number of each."""
    answer = clients.client("sqs").receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, WaitTimeSeconds=0)
    return [parse_message(message["Body"]) for message in answer.get("Messages", [])]


def test_the_sweep_finds_an_unknown_publish_which_ends_by_tiktoks_status(account, begun, tiktok, queue_url, at):
    publish = settle(processing(account).publish_id, StepResult(Outcome.UNKNOWN, error=problem("verdict_missing")))
    tiktok.status = {"status": "PUBLISH_COMPLETE"}

    assert sweep() == Swept(0, 0)
    at(PAUSES_S[0] + 61)
    assert sweep() == Swept(0, 1)
    assert asked(queue_url) == [(publish.publish_id, 0)]
    recheck(publish.publish_id)

    assert stored(publish).state is State.PUBLISHED
    assert stored(publish).error is None
    assert sweep() == Swept(0, 0)


def test_an_unreadable_row_delays_no_other(account, begun, tiktok, queue_url, at):
    broken = settle(processing(account).publish_id, StepResult(Outcome.UNKNOWN, error=problem("verdict_missing")))
    sound = settle(processing(account).publish_id, StepResult(Outcome.UNKNOWN, error=problem("verdict_missing")))
    maker("dynamodb").update_item(
        TableName="publishes_table",
        Key=to_item(row_key(broken.publish_id)),
        UpdateExpression="SET #state = :new",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={":new": {"S": "of_a_later_release"}},
    )
    at(PAUSES_S[0] + 61)

    assert sweep() == Swept(0, 1, 1)
    assert asked(queue_url) == [(sound.publish_id, 0)]


def test_rechecks_happen_at_growing_intervals_and_end(account, begun, tiktok, queue_url, at, monkeypatch):
    publish = settle(processing(account).publish_id, StepResult(Outcome.UNKNOWN, error=problem("verdict_missing")))
    polls: list[str] = []

    def poll(polled: Publish, *, to_look: bool) -> PublishStatus:
        polls.append(polled.publish_id)
        return PublishStatus.model_validate({"status": "PROCESSING_UPLOAD"})

    monkeypatch.setattr("dropcast.publishing.outcome.recheck.poll", poll)

    for pause in PAUSES_S:
        at(pause - 1)
        assert sweep() == Swept(0, 0)
        at(62)
        assert sweep() == Swept(0, 1)
        recheck(publish.publish_id)
    at(365 * 24 * 3600)

    assert sweep() == Swept(0, 0)
    assert polls == [publish.publish_id] * len(PAUSES_S)
    assert stored(publish).state is State.UNKNOWN


def test_a_recheck_queued_twice_is_made_once(account, begun, tiktok, at):
    publish = settle(processing(account).publish_id, StepResult(Outcome.UNKNOWN, error=problem("verdict_missing")))
    tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 1000}
    seen = stored(publish)

    first = publish_store.claim_recheck(seen, 1)
    second = publish_store.claim_recheck(seen, 1)

    assert first is not None
    assert second is None


def test_a_posted_draft_is_found_without_a_webhook(account, begun, tiktok, queue_url, at):
    publish = processing(account)
    tiktok.status = {"status": "SEND_TO_USER_INBOX"}
    look = publish_store.get(publish.publish_id)
    assert look is not None
    handle(WebhookEvent("post.publish.inbox_delivered", 1, "open-1", "v_pub_file~1", None, None, None))
    settle(publish.publish_id, StepResult(Outcome.VERDICT))
    assert stored(publish).state is State.IN_INBOX
    tiktok.status = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7]}

    at(PAUSES_S[0] + 61)
    sweep()
    recheck(publish.publish_id)

    assert (stored(publish).state, stored(publish).post_ids) == (State.PUBLISHED, ["7"])


def test_the_id_of_a_public_post_is_fetched_if_no_webhook_has_it(account, begun, tiktok, queue_url, at):
    publish = processing(account, privacy_level="PUBLIC_TO_EVERYONE")
    handle(WebhookEvent("post.publish.complete", 1, "open-1", "v_pub_file~1", None, None, None))
    settle(publish.publish_id, StepResult(Outcome.VERDICT))
    tiktok.status = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7]}

    at(PAUSES_S[0] + 61)
    assert sweep() == Swept(0, 1)
    recheck(publish.publish_id)
    at(PAUSES_S[1] + 61)
    sweep()
    recheck(publish.publish_id)

    assert stored(publish).post_ids == ["7"]
    assert outbox().count("publish.published") == 1
    assert sweep() == Swept(0, 0)


def test_a_private_post_is_not_rechecked(account, begun, tiktok, at):
    publish = processing(account)
    handle(WebhookEvent("post.publish.complete", 1, "open-1", "v_pub_file~1", None, None, None))
    settle(publish.publish_id, StepResult(Outcome.VERDICT))

    at(365 * 24 * 3600)

    assert sweep() == Swept(0, 0)


def test_a_recheck_never_removes_a_waiting_publish_from_the_sweeps_list(account, begun, at):
    publish = submit(new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options()))
    assert isinstance(publish, Publish)

    recheck(publish.publish_id)
    at(61)

    assert sweep() == Swept(1, 0)


def test_all_evidence_of_a_pull_without_a_tiktok_id_is_collected(account, begun, tiktok, monkeypatch, at):
    page = VideoPage.model_validate({"videos": [VIDEO, VIDEO | {"id": "2", "create_time": 1}]})
    monkeypatch.setattr("dropcast.publishing.outcome.lost_init_evidence.get_videos_page", lambda *_, **__: page)
    publish = lost_pull(account)
    handle(WebhookEvent("post.publish.complete", 4_000_000_001, "open-1", "v_pub_url~9", None, None, "DIRECT_POST"))
    handle(WebhookEvent("post.publish.complete", 1, "open-1", "v_pub_url~8", None, None, "DIRECT_POST"))
    handle(WebhookEvent("post.publish.complete", 4_000_000_001, "open-2", "v_pub_url~7", None, None, "DIRECT_POST"))
    at(PAUSES_S[0])

    recheck(publish.publish_id)

    error = stored(publish).error
    assert error is not None
    assert error.code == "pull_init_lost"
    checked = error.details["checked"]
    assert [one["tiktok_publish_id"] for one in checked["webhooks"]] == ["v_pub_url~9"]
    assert checked["videos"] == {
        "found": [
            {
                "video_id": VIDEO["id"],
                "created_at": "2096-10-02T07:06:40Z",
                "share_url": VIDEO["share_url"],
                "same_caption": True,
            }
        ]
    }
    assert stored(publish).state is State.UNKNOWN


def test_unreadable_evidence_is_reported(account, begun, tiktok):
    publish = lost_pull(account)

    found = resolve(publish.publish_id, SYSTEM, "check_again")

    assert isinstance(found, Publish)
    assert found.error is not None
    assert found.error.details["checked"]["videos"] == {"not_read": "scope_not_granted"}


@pytest.mark.parametrize(
    ("word", "post_id", "state", "ids"),
    [
        ("posted", "7", State.PUBLISHED, ["7"]),
        ("posted", None, State.PUBLISHED, []),
        ("not_posted", None, State.FAILED, []),
    ],
)
def test_a_persons_decision_ends_an_unknown_publish_and_is_in_its_history(
    account, begun, tiktok, word, post_id, state, ids
):
    publish = lost_pull(account)

    resolved = resolve(publish.publish_id, SYSTEM, word, post_id)
    again = resolve(publish.publish_id, SYSTEM, word, post_id)

    assert isinstance(resolved, Publish)
    assert isinstance(again, Publish)
    assert (resolved.state, resolved.post_ids) == (state, ids)
    assert again.revision == resolved.revision
    assert resolved.history[-1].code == f"said_{word}"
    assert outbox()[-1] == f"publish.{state.value}"


def test_a_decision_about_a_known_outcome_is_refused(account, begun, tiktok):
    publish = lost_pull(account)
    resolve(publish.publish_id, SYSTEM, "posted")

    refused = resolve(publish.publish_id, SYSTEM, "not_posted")
    missing = resolve("pub_none", SYSTEM, "posted")

    assert getattr(refused, "code", None) == "not_unknown"
    assert getattr(missing, "code", None) == "not_found"
    assert stored(publish).state is State.PUBLISHED


def test_the_worklist_contains_no_publish_that_has_finally_ended(account, begun, tiktok):
    publish = lost_pull(account)
    resolve(publish.publish_id, SYSTEM, "not_posted")

    row = maker("dynamodb").get_item(
        TableName="publishes_table", Key={"pk": {"S": f"publish#{publish.publish_id}"}, "sk": {"S": "publish"}}
    )["Item"]
    assert not {"unstarted_shard", "unstarted_at"} & row.keys()
