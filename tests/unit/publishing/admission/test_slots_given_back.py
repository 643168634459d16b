# ruff: noqa: F811
"""Slots of publishes that fail, end, or lose their init."""

import json

import httpx
import pytest

from dropcast.errors.problem import problem
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.facts import Fact
from dropcast.publishing.outcome.settle import fail_waiting, settle
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from tests.unit.publishing.admission.test_budget_slots import NOW, begin, held_clock, ledger, make, used  # noqa: F401
from tests.unit.publishing.conftest import UPLOAD_URL, FakeTikTok, refusal, stored
from tests.unit.support.memory_aws import maker


def test_others_may_pass_a_failed_publish_while_it_waits_for_its_next_try(make, tiktok: FakeTikTok):
    tiktok.script["creator_info/query"] = [None]
    first, second = make("a"), make("b")

    steps = [begin(first), begin(second)]

    assert [step.outcome for step in steps] == ["held", "started"]
    assert [(slot.owner, slot.aside) for slot in ledger().queue] == [(first.publish_id, True)]


def test_a_lost_init_counts_and_its_second_try_goes_first(make, tiktok: FakeTikTok):
    tiktok.script["video/init"] = [None]
    first, second = make("a"), make("b")

    lost = begin(first)
    behind = begin(second)
    again = decide(first.publish_id, first.publish_id, lost)
    retried = begin(first)

    assert [step.outcome for step in (lost, behind, again, retried)] == ["lost", "held", "held", "started"]
    assert stored(second).history[-1].code == "behind_others"
    assert used()["video_init"] == 2


def test_an_abandoned_lost_init_counts_twice_and_blocks_no_other(make, tiktok: FakeTikTok):
    tiktok.script["video/init"] = [None, httpx.Response(502, text="<html>bad gateway</html>")]
    publish = make("a")

    decide(publish.publish_id, publish.publish_id, begin(publish))
    end = decide(publish.publish_id, publish.publish_id, begin(publish))
    settle(publish.publish_id, end)

    assert used() == {"creator_info": 2, "video_init": 2, "direct_posts": 2}
    assert ledger().queue == ()


def test_a_held_publish_that_ends_returns_its_slot(make, tiktok: FakeTikTok):
    publishes = [make(f"v{number}") for number in range(7)]
    for publish in publishes:
        begin(publish)

    assert fail_waiting(publishes[6].publish_id, problem("account_disconnected"))

    assert ledger().queue == ()


@pytest.mark.parametrize(("said", "left"), [("failed", 0), ("complete", 1)])
def test_a_post_that_tiktok_failed_does_not_count_for_the_day(make, tiktok: FakeTikTok, said, left):
    publish = make("a")
    begin(publish)
    fact_store.add("v_pub_file~1", Fact(said, NOW))

    settle(publish.publish_id, StepResult(Outcome.VERDICT))

    assert used().get("direct_posts", 0) == left
    assert used()["video_init"] == 1


def test_an_upload_that_we_abandoned_still_counts(make, tiktok: FakeTikTok):
    publish = make("a")
    begin(publish)

    settle(publish.publish_id, StepResult(Outcome.DIED))

    assert stored(publish).state is State.FAILED
    assert used()["direct_posts"] == 1


def test_a_posted_draft_is_no_longer_pending(make, tiktok: FakeTikTok):
    tiktok.script["inbox/video/init"] = [{"publish_id": "v_inbox_file~1", "upload_url": UPLOAD_URL}]
    publish = make("draft", mode="draft")
    begin(publish)
    fact_store.add("v_inbox_file~1", Fact("in_inbox", NOW))
    settle(publish.publish_id, StepResult(Outcome.VERDICT))
    pending = used()["pending_drafts"]

    fact_store.add("v_inbox_file~1", Fact("complete", NOW + 1))
    settle(publish.publish_id, StepResult(Outcome.VERDICT))

    assert (pending, used().get("pending_drafts", 0)) == (1, 0)


def test_waiting_days_for_a_slot_does_not_end_a_publish(make, tiktok: FakeTikTok, monkeypatch, held_clock):
    monkeypatch.setenv("BUDGETS", "direct_posts=1/604800")
    settings.cache_clear()
    publishes = [make(f"v{number}") for number in range(2)]
    for publish in publishes:
        begin(publish)
    held_clock.at = stored(publishes[1]).not_before
    tiktok.script["creator_info/query"] = [refusal("rate_limit_exceeded", 429)]

    step = begin(publishes[1])

    assert (step.outcome, step.why) == ("held", "rate_limit_exceeded")


def test_a_cancelled_publish_leaves_the_queue(make, tiktok: FakeTikTok, monkeypatch):
    publish = make("a")
    move = publish_store.move
    monkeypatch.setattr(publish_store, "move", lambda *_, **__: None)

    step = begin(publish)
    monkeypatch.setattr(publish_store, "move", move)

    assert step == StepResult(Outcome.SETTLED)
    assert ledger().queue == ()
    assert used() == {"creator_info": 1}


def test_the_ledger_contains_no_token_and_no_caption(make, tiktok: FakeTikTok):
    begin(make("a"))

    text = json.dumps(maker("dynamodb").scan(TableName="budgets_table")["Items"])
    assert "canary" not in text
    assert "hello" not in text
