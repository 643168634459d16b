import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.accounts.tokens.save_disconnection import save_disconnection
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import Fact
from dropcast.publishing.outcome.settle import settle, settle_execution
from dropcast.publishing.outcome.webhook_handler import handle
from dropcast.publishing.steps.start import start
from dropcast.publishing.steps.watch import watch
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.publishing.conftest import FakeTikTok, options, outbox, refusal, stored, upload_object

TOKEN = SecretStr("canary-task-token")


@pytest.fixture
def processing(account, begun, tiktok) -> Publish:
    source = upload_object("a.mp4", b"x" * 1000)
    publish = submit(new_publish(account.account_id, source, "api", options()))
    assert isinstance(publish, Publish)
    start(publish.publish_id, publish.publish_id)
    moved = publish_store.move(
        stored(publish),
        State.PROCESSING,
        processing_since=clock.now(),
        bytes_sent=1000,
        upload_url_sealed=None,
    )
    assert moved is not None
    tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 1000}
    return moved


def webhook(event: str, at: int = 1_700_000_000, **content: str) -> WebhookEvent:
    said = {"post_id": None, "reason": None, **content}
    return WebhookEvent(f"post.publish.{event}", at, "open-1", "v_pub_file~1", publish_type="DIRECT_POST", **said)


def test_a_round_without_a_verdict_leaves_its_token_waiting(processing, woken):
    watch(processing.publish_id, processing.publish_id, TOKEN, "soon")

    assert woken == []
    assert stored(processing).task_token == TOKEN


@pytest.mark.parametrize("waited", [0, 100, 1000])
def test_a_long_round_requests_no_further_round(processing, tiktok: FakeTikTok, woken, monkeypatch, waited):
    tiktok.script["status/fetch"] = [refusal("rate_limit_exceeded", 429)]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + waited)

    watch(processing.publish_id, processing.publish_id, TOKEN, "long")

    assert [step["outcome"] for _, step in woken] == []


def test_an_existing_verdict_of_tiktok_ends_the_round_at_once(processing, tiktok: FakeTikTok, woken):
    tiktok.status = {"status": "PUBLISH_COMPLETE", "publicaly_available_post_id": [7512345678901234567]}

    watch(processing.publish_id, processing.publish_id, TOKEN, "soon")
    settled = settle(processing.publish_id, woken[0][1])

    assert woken == [("canary-task-token", {"outcome": "verdict"})]
    assert (settled.state, settled.post_ids) == (State.PUBLISHED, ["7512345678901234567"])


def test_a_webhook_before_the_token_ends_the_round_without_a_poll(processing, tiktok, woken):
    handle(webhook("complete"))
    asked = tiktok.count("status/fetch")

    watch(processing.publish_id, processing.publish_id, TOKEN, "long")

    assert woken[0][1] == {"outcome": "verdict"}
    assert tiktok.count("status/fetch") == asked


@pytest.mark.parametrize(("seconds", "ends"), [(60, False), (120, True)])
def test_after_a_disconnect_polling_is_impossible_and_the_publish_ends_as_such(
    processing, tiktok, woken, monkeypatch, seconds, ends
):
    account = get_account(processing.account_id)
    assert account is not None
    assert save_disconnection(account, "disconnected_here", revoked=True)
    asked, now = tiktok.count("status/fetch"), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + seconds)

    watch(processing.publish_id, processing.publish_id, TOKEN, "later")

    assert tiktok.count("status/fetch") == asked
    assert [(step["outcome"], step["error"]["code"]) for _, step in woken] == [("unknown", "verdict_missing")] * ends


def test_a_webhook_wakes_the_waiting_token(processing, woken):
    watch(processing.publish_id, processing.publish_id, TOKEN, "long")

    handle(webhook("complete"))

    assert woken == [("canary-task-token", {"outcome": "verdict"})]


def test_a_webhook_before_the_publish_id_is_known_is_stored(account, begun, tiktok, woken):
    handle(webhook("complete"))
    publish = submit(new_publish(account.account_id, upload_object("a.mp4", b"x" * 10), "api", options()))
    assert isinstance(publish, Publish)
    start(publish.publish_id, publish.publish_id)

    settled = settle(publish.publish_id, StepResult(Outcome.VERDICT))

    assert settled.state is State.PUBLISHED


def test_repeated_and_late_webhooks_change_only_post_ids(processing, woken):
    for event in [webhook("complete"), webhook("complete")]:
        handle(event)
    settle(processing.publish_id, StepResult(Outcome.VERDICT))
    history = stored(processing).history

    handle(webhook("complete", at=1_700_000_500))
    handle(webhook("publicly_available", post_id="75"))
    handle(webhook("publicly_available", post_id="75"))

    row = stored(processing)
    assert row.state is State.PUBLISHED
    assert row.history == history
    assert row.post_ids == ["75"]
    assert outbox().count("publish.published") == 1


def test_settling_twice_sends_one_event(processing):
    fact_store.add("v_pub_file~1", Fact("failed", 5, "spam_risk_text"))

    first = settle(processing.publish_id, StepResult(Outcome.VERDICT))
    second = settle(processing.publish_id, StepResult(Outcome.VERDICT))

    assert first.state is second.state is State.FAILED
    assert outbox().count("publish.failed") == 1


def test_fields_that_only_the_workflow_needs_are_erased(processing):
    publish_store.store_task_token(processing.publish_id, processing.publish_id, TOKEN)
    fact_store.add("v_pub_file~1", Fact("complete", 5))

    settle(processing.publish_id, StepResult(Outcome.VERDICT))

    row = stored(processing)
    assert (row.task_token, row.upload_url_sealed) == (None, None)


def test_an_unknown_publish_moves_when_tiktok_later_reports_it(processing, woken):
    unknown = settle_execution(processing.publish_id, processing.publish_id)

    handle(webhook("complete"))

    row = stored(processing)
    assert unknown.state is State.UNKNOWN
    assert (row.state, row.error) == (State.PUBLISHED, None)
    assert [name for name in outbox() if name.startswith("publish.")] == ["publish.unknown", "publish.published"]


def test_a_dead_execution_settles_no_publish_of_a_newer_one(processing):
    publish_store.supersede(processing, due=clock.now(), code="restarted")

    left = settle_execution(processing.publish_id, processing.publish_id)

    assert left.execution == f"{processing.publish_id}-1"
    assert left.state is stored(processing).state is State.PROCESSING


@pytest.mark.parametrize("status", ["PROCESSING_UPLOAD", "PROCESSING_DOWNLOAD", "SOMETHING_NEW"])
def test_waiting_for_a_day_ends_as_unknown(processing, tiktok, woken, monkeypatch, status):
    tiktok.status = {"status": status}
    later = clock.now() + 25 * 3600
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("t"))
    monkeypatch.setattr(clock, "now", lambda: later)

    watch(processing.publish_id, processing.publish_id, TOKEN, "slow")

    assert (woken[0][1]["outcome"], woken[0][1]["error"]["code"]) == ("unknown", "verdict_missing")


@pytest.mark.parametrize(("waited", "answers"), [(800, []), (900, ["slow"])])
def test_after_a_quarter_of_an_hour_rounds_of_a_minute_become_longer(processing, woken, monkeypatch, waited, answers):
    later = clock.now() + waited
    monkeypatch.setattr(clock, "now", lambda: later)

    watch(processing.publish_id, processing.publish_id, TOKEN, "later")

    assert [answer["outcome"] for _, answer in woken] == answers


@pytest.mark.parametrize(("said", "arrive"), [("expected", True), ("absent", False)])
def test_the_arrival_of_webhooks_can_be_set(cloud, monkeypatch, said, arrive):
    monkeypatch.setenv("WEBHOOKS", said)
    settings.cache_clear()

    if not arrive:
        fact_store.note_webhook()

    assert fact_store.webhooks_arrive() is arrive


def test_webhooks_count_as_arriving_for_a_day_after_one(cloud, monkeypatch):
    before = fact_store.webhooks_arrive()
    fact_store.note_webhook()
    after = fact_store.webhooks_arrive()
    tomorrow = clock.now() + 24 * 3600 + 1
    monkeypatch.setattr(clock, "now", lambda: tomorrow)

    assert (before, after, fact_store.webhooks_arrive()) == (False, True, False)
