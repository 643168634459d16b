"""A publish keeps its place in the account's queue after a failure at its turn, a late Start or a restart."""

import httpx
import pytest

from dropcast import clock
from dropcast.caller import SYSTEM
from dropcast.publishing.actions.cancel import cancel
from dropcast.publishing.actions.edit import PublishEdit, edit
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.admission import budget_slots
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome.settle import finish
from dropcast.publishing.outcome.sweep import sweep
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from tests.unit.publishing.admission.test_budget_slots import MINUTE_S, NOW, begin, held_clock, ledger, make, used  # noqa: F401
from tests.unit.publishing.conftest import FakeTikTok, outbox, refusal, stored

DAY_S = 24 * 3600
BAD_GATEWAY = httpx.Response(502, text="<html>bad gateway</html>")


def queue() -> list[str]:
    return [slot.owner for slot in ledger().queue]


def go_on(publish: Publish, held_clock, late_s: int = 0) -> StepResult:  # noqa: F811
    """Start the publish's current execution at its time, or `late_s` seconds later."""
    row = stored(publish)
    held_clock.at = max(held_clock.at, (row.not_before or 0) + late_s)
    return start(row.publish_id, row.execution)


@pytest.fixture
def five(make, tiktok, held_clock, monkeypatch) -> list[Publish]:  # noqa: F811
    """With a budget of two posts a day, the first two publishes have started, and three wait for a day or two."""
    monkeypatch.setenv("BUDGETS", "direct_posts=2/86400")
    settings.cache_clear()
    publishes = [make(f"v{number}") for number in range(5)]
    outcomes = [begin(publish).outcome for publish in publishes]
    assert outcomes == ["started", "started", "held", "held", "held"]
    return publishes


@pytest.mark.parametrize(
    "answer",
    [BAD_GATEWAY, None, refusal("internal_error", 500), refusal("rate_limit_exceeded", 429)],
    ids=["502", "no answer", "500", "429"],
)
def test_a_failed_account_check_costs_a_moment_and_not_the_place(five, tiktok: FakeTikTok, held_clock, answer):  # noqa: F811
    mine = five[2]
    tiktok.script["creator_info/query"] = [answer]
    first = go_on(mine, held_clock)
    assert queue()[0] == mine.publish_id

    second = go_on(mine, held_clock)

    assert (first.outcome, second.outcome) == ("held", "started")
    assert clock.now() <= NOW + DAY_S + 2 * MINUTE_S


def test_an_init_that_tiktok_fails_keeps_the_place(five, tiktok: FakeTikTok, held_clock):  # noqa: F811
    mine = five[2]
    tiktok.script["video/init"] = [refusal("internal_error", 500)]

    outcomes = [go_on(mine, held_clock).outcome]
    if outcomes == ["lost"]:
        outcomes.append(decide(mine.publish_id, mine.publish_id, StepResult(Outcome.LOST)).outcome)
    outcomes.append(go_on(mine, held_clock).outcome)

    assert outcomes[-1] == "started"
    assert clock.now() <= NOW + DAY_S + 2 * MINUTE_S


def test_a_start_that_died_before_its_claim_keeps_the_place(five, tiktok: FakeTikTok, held_clock):  # noqa: F811
    mine = five[2]
    held_clock.at = stored(mine).not_before
    budget_slots.take(stored(mine))
    assert decide(mine.publish_id, mine.publish_id, StepResult(Outcome.READY)).outcome == "held"

    assert go_on(mine, held_clock).outcome == "started"


@pytest.mark.parametrize("late_s", [200, 660, 3600, 6 * 3600])
def test_a_late_start_continues_at_once_and_counts_once(five, tiktok: FakeTikTok, held_clock, late_s):  # noqa: F811
    step = go_on(five[2], held_clock, late_s)

    assert step.outcome == "started"
    assert used()["direct_posts"] == 1


def test_others_wait_minutes_for_a_late_start_and_then_pass_it(five, tiktok: FakeTikTok, held_clock):  # noqa: F811
    late, next_one = five[2], five[3]

    waiting = go_on(next_one, held_clock, 600)
    passing = go_on(next_one, held_clock, 400)
    at_last = go_on(late, held_clock)

    assert (waiting.outcome, waiting.why) == ("held", "behind_others")
    assert (passing.outcome, at_last.outcome) == ("started", "started")


def test_a_restart_keeps_the_place(five, tiktok: FakeTikTok, held_clock, monkeypatch):  # noqa: F811
    monkeypatch.setattr("dropcast.publishing.actions.restart_execution.cancel_launch", lambda _: None)
    restart(five[2].publish_id, SYSTEM)

    early = go_on(five[2], held_clock)

    assert early.outcome == "started"
    assert queue() == [five[3].publish_id, five[4].publish_id]


def test_a_restart_during_starts_call_to_tiktok_keeps_the_place(five, tiktok: FakeTikTok, held_clock):  # noqa: F811
    mine = five[2]
    tiktok.meanwhile["creator_info/query"] = lambda: publish_store.supersede(
        stored(mine), due=clock.now(), code="restarted"
    )
    held_clock.at = stored(mine).not_before
    old = start(mine.publish_id, mine.publish_id)
    kept = queue()[0]
    tiktok.meanwhile.clear()

    new = go_on(mine, held_clock)

    assert (old.outcome, kept, new.outcome) == ("settled", mine.publish_id, "started")


def test_a_postponed_or_ended_publish_leaves_the_queue(five, tiktok: FakeTikTok, held_clock, monkeypatch):  # noqa: F811
    monkeypatch.setattr("dropcast.publishing.actions.edit.launch", lambda _: True)
    for module in ("edit", "cancel"):
        monkeypatch.setattr(f"dropcast.publishing.actions.{module}.cancel_launch", lambda _: None)
    monkeypatch.setattr("dropcast.publishing.actions.edit.pin_publish", lambda publish: publish)
    later = PublishEdit.model_validate({"publish_at": clock.iso(clock.now() + 7 * DAY_S)})

    edit(five[2].publish_id, SYSTEM, later)
    cancel(five[3].publish_id, SYSTEM)

    assert queue() == [five[4].publish_id]


def test_a_wait_of_most_of_a_year_continues_in_the_next_execution(make, tiktok, held_clock, begun, monkeypatch):  # noqa: F811
    monkeypatch.setenv("BUDGETS", "direct_posts=1/999999")
    settings.cache_clear()
    publishes = [make(f"v{number}") for number in range(30)]
    for publish in publishes:
        begin(publish)
    last = publishes[-1]
    begun.clear()

    row = stored(last)
    finish(last.publish_id, StepResult(Outcome.SETTLED), last.publish_id)
    sweep()
    early = list(begun)
    held_clock.at = row.not_before + 61
    sweep()

    assert (row.not_before or 0) - NOW > 300 * DAY_S
    assert outbox().count("publish.held") == 29
    assert (row.state.value, row.execution, early) == ("held", f"{last.publish_id}-1", [])
    assert row.execution in begun
    assert queue().count(last.publish_id) <= 1
