"""A publish ends after three days in which all its own tries fail. It never ends because it waited."""

import httpx
import pytest

from dropcast import clock
from dropcast.budgets.exhaustion_events import BudgetOwner
from dropcast.budgets.spend_or_block_now import block_budget
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.steps.start import start
from tests.unit.publishing.admission.test_budget_slots import begin, held_clock, ledger, make  # noqa: F401
from tests.unit.publishing.conftest import FakeTikTok, refusal, stored

DAY_S = 24 * 3600


def bad_gateway() -> httpx.Response:
    return httpx.Response(502, text="<html>bad gateway</html>")


def go_on(publish: Publish, held_clock) -> StepResult:  # noqa: F811
    row = stored(publish)
    held_clock.at = max(held_clock.at, row.not_before or 0)
    return start(row.publish_id, row.execution)


@pytest.mark.long
def test_three_days_of_consecutive_failures_end_it(make, tiktok: FakeTikTok, held_clock):  # noqa: F811
    publish = make("a")
    began = clock.now()
    tiktok.script["creator_info/query"] = [bad_gateway() for _ in range(500)]

    while (step := go_on(publish, held_clock)).outcome == "held":
        assert clock.now() - began <= 72 * 3600

    assert (step.outcome, step.error.code) == ("refused", "tiktok_unanswered")
    assert clock.now() - began > 72 * 3600


def test_a_block_by_tiktok_fails_no_publish_behind_it(make, tiktok: FakeTikTok, held_clock):  # noqa: F811
    publishes = [make(f"v{number}") for number in range(4)]
    tiktok.script["video/init"] = [refusal("spam_risk_too_many_posts") for _ in range(30)]
    began = clock.now()

    while clock.now() < began + 60 * 3600:
        for publish in publishes:
            assert go_on(publish, held_clock).outcome == "held"
    tiktok.script["video/init"] = []
    tiktok.script["creator_info/query"] = []
    outcomes: list[str] = []
    for publish in publishes:
        outcomes.append(go_on(publish, held_clock).outcome)
        tiktok.script["creator_info/query"] = [bad_gateway()]

    assert outcomes == ["started", "held", "held", "held"]
    assert {stored(publish).failing_since for publish in publishes[1:]} == {clock.now()}


def test_waiting_for_the_slot_restarts_the_count(make, tiktok: FakeTikTok, held_clock):  # noqa: F811
    publish = make("a")
    tiktok.script["creator_info/query"] = [bad_gateway()]
    begin(publish)
    block_budget(BudgetOwner(publish.account_id, "open-1"), "direct_posts", "spam_risk_too_many_posts")
    waiting = go_on(publish, held_clock)
    held_clock.at += 5 * DAY_S
    tiktok.script["creator_info/query"] = [bad_gateway()]

    failing = go_on(publish, held_clock)

    assert (waiting.why, failing.why) == ("spam_risk_too_many_posts", "tiktok_unanswered")
    assert stored(publish).failing_since == clock.now()


@pytest.mark.parametrize("later_s", [None, 7 * DAY_S], ids=["its title", "its time"])
def test_an_edit_restarts_the_count(make, tiktok: FakeTikTok, held_clock, monkeypatch, later_s):  # noqa: F811
    monkeypatch.setattr("dropcast.publishing.actions.edit.launch", lambda _: True)
    monkeypatch.setattr("dropcast.publishing.actions.edit.cancel_launch", lambda _: None)
    monkeypatch.setattr("dropcast.publishing.actions.edit.pin_publish", lambda publish: publish)
    publish = make("a")
    tiktok.script["creator_info/query"] = [bad_gateway(), bad_gateway()]
    begin(publish)
    changes = {"title": "new"} if later_s is None else {"publish_at": clock.iso(clock.now() + later_s)}

    edit(publish.publish_id, SYSTEM, PublishEdit.model_validate(changes))
    held_clock.at += 7 * DAY_S

    assert go_on(publish, held_clock).outcome == "held"
