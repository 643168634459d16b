# ruff: noqa: F811
"""Webhooks, polls and late statuses while Watch and Settle run."""

from dataclasses import replace

import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.aws import clients
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.outcome.webhook_handler import handle
from dropcast.publishing.steps.watch import watch
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from tests.unit.publishing.conftest import FakeTikTok, outbox, refusal, stored
from tests.unit.publishing.steps.test_watch import TOKEN, processing, webhook  # noqa: F401
from tests.unit.support.memory_aws import maker


def test_a_webhook_during_settling_is_not_overlooked(processing, woken, monkeypatch):
    publish_store.store_task_token(processing.publish_id, processing.publish_id, TOKEN)
    handle(webhook("complete"))
    real = publish_store.move

    def move(*args, **kwargs):
        monkeypatch.setattr(publish_store, "move", real)
        handle(webhook("publicly_available", post_id="75"))
        return real(*args, **kwargs)

    monkeypatch.setattr(publish_store, "move", move)

    settle(processing.publish_id, StepResult(Outcome.VERDICT))

    row = stored(processing)
    assert (row.state, row.post_ids) == (State.PUBLISHED, ["75"])


def test_a_verdict_that_arrives_while_a_publish_ends_still_moves_it(processing, woken, monkeypatch):
    publish_store.store_task_token(processing.publish_id, processing.publish_id, TOKEN)
    real = publish_store.move

    def move(*args, **kwargs):
        monkeypatch.setattr(publish_store, "move", real)
        handle(webhook("complete"))
        return real(*args, **kwargs)

    monkeypatch.setattr(publish_store, "move", move)

    settled = settle(processing.publish_id, StepResult(Outcome.UNKNOWN))

    assert settled.state is stored(processing).state is State.PUBLISHED


def test_two_concurrent_webhooks_store_both_post_ids(processing, woken, monkeypatch):
    handle(webhook("complete"))
    settle(processing.publish_id, StepResult(Outcome.VERDICT))
    real = publish_store.attach_post_ids

    def attach(*args):
        monkeypatch.setattr(publish_store, "attach_post_ids", real)
        handle(webhook("publicly_available", post_id="76"))
        return real(*args)

    monkeypatch.setattr(publish_store, "attach_post_ids", attach)

    handle(webhook("publicly_available", post_id="75"))

    assert stored(processing).post_ids == ["75", "76"]


def test_a_webhook_about_an_abandoned_upload_ends_nothing(processing, woken):
    publish_store.store_task_token(processing.publish_id, processing.publish_id, TOKEN)
    clients.client("dynamodb").transact_write_items(
        TransactItems=[fact_store.pointer_write("v_pub_file~0", processing.publish_id)]
    )

    heard = handle(replace(webhook("failed", reason="internal"), publish_id="v_pub_file~0"))

    assert (heard, woken) == (None, [])


def test_post_ids_stay_after_their_facts_expire(processing, woken):
    handle(webhook("publicly_available", post_id="75"))
    settle(processing.publish_id, StepResult(Outcome.VERDICT))
    table = clients.client("dynamodb")
    for item in table.scan(TableName="publishes_table")["Items"]:
        if item["sk"]["S"].startswith("fact#"):
            table.delete_item(TableName="publishes_table", Key={"pk": item["pk"], "sk": item["sk"]})

    handle(webhook("no_longer_publicaly_available", post_id="76"))

    assert stored(processing).post_ids == ["75", "76"]


@pytest.mark.parametrize("status", [{}, {"uploaded_bytes": 1000}, {"uploaded_bytes": 999}, {"uploaded_bytes": 0}])
def test_slow_processing_of_a_whole_upload_is_no_failure(processing, tiktok, woken, monkeypatch, status):
    tiktok.status = {"status": "PROCESSING_UPLOAD", **status}
    later = clock.now() + 3700
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("t"))
    monkeypatch.setattr(clock, "now", lambda: later)

    watch(processing.publish_id, processing.publish_id, TOKEN, "slow")

    assert woken == []


@pytest.mark.parametrize(
    ("status", "ends"), [({}, False), ({"uploaded_bytes": 1000}, False), ({"uploaded_bytes": 5}, True)]
)
def test_an_incomplete_upload_ends_with_its_hour(processing, tiktok, woken, monkeypatch, status, ends):
    maker("dynamodb").update_item(
        TableName="publishes_table",
        Key={"pk": {"S": f"publish#{processing.publish_id}"}, "sk": {"S": "publish"}},
        UpdateExpression="SET bytes_sent = :sent",
        ExpressionAttributeValues={":sent": {"N": "0"}},
    )
    tiktok.status = {"status": "PROCESSING_UPLOAD", **status}
    later, pauses = clock.now() + 3700, []
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("t"))
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(clock, "sleep", pauses.append)

    watch(processing.publish_id, processing.publish_id, TOKEN, "slow")

    assert [step["error"]["code"] for _, step in woken] == (["upload_incomplete"] if ends else [])
    assert sum(pauses) == (10 if ends else 0)


def test_a_fact_with_a_long_reason_is_stored(processing, woken):
    handle(webhook("failed", reason="r" * 2000))
    handle(webhook("failed", reason="r" * 2000))

    assert [fact.reason for fact in fact_store.facts_of("v_pub_file~1")] == ["r" * 2000]


def test_a_round_that_begins_while_a_webhook_is_handled_sees_its_fact(processing, woken, monkeypatch):
    real = publish_store.get

    def get(publish_id):
        before_the_token = real(publish_id)
        watch(publish_id, publish_id, TOKEN, "long")
        return before_the_token

    monkeypatch.setattr(publish_store, "get", get)

    handle(webhook("complete"))

    assert woken == [("canary-task-token", {"outcome": "verdict"})]


def test_a_poll_without_budget_makes_the_round_longer(processing, tiktok: FakeTikTok, woken, monkeypatch):
    monkeypatch.setenv("BUDGETS", "status=2/60")
    settings.cache_clear()

    for round_ in ("soon", "soon", "soon", "later"):
        watch(processing.publish_id, processing.publish_id, TOKEN, round_)

    assert tiktok.count("status/fetch") == 2
    assert [answer for _, answer in woken] == [{"outcome": "later"}]
    assert outbox().count("budget.exhausted") == 1


def test_tiktoks_429_to_a_poll_blocks_polling_for_a_minute(processing, tiktok: FakeTikTok, woken):
    tiktok.script["status/fetch"] = [refusal("rate_limit_exceeded", 429)]

    watch(processing.publish_id, processing.publish_id, TOKEN, "soon")
    watch(processing.publish_id, processing.publish_id, TOKEN, "later")

    assert tiktok.count("status/fetch") == 1
    assert [answer for _, answer in woken] == [{"outcome": "later"}]


@pytest.mark.parametrize("late", [1, 4])
def test_a_late_status_does_not_fail_an_upload_whose_hour_is_over(
    processing, tiktok: FakeTikTok, woken, monkeypatch, late
):
    """The upload host gave no clear answer to the last chunk. So only TikTok's status can decide."""
    monkeypatch.setattr(clock, "sleep", lambda _: None)
    later = clock.now() + 3700
    monkeypatch.setattr(clock, "now", lambda: later)
    row = stored(processing)
    monkeypatch.setattr(publish_store, "store_task_token", lambda *_: row.model_copy(update={"bytes_sent": 0}))
    tiktok.script["status/fetch"] = [{"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}] * late
    tiktok.status = {"status": "PROCESSING_UPLOAD", "uploaded_bytes": row.bytes_total}

    watch(processing.publish_id, processing.publish_id, TOKEN, "slow")

    assert woken == []
