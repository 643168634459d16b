"""A publish and its slot: when it gets a slot, the order of waiting publishes, and the effects of TikTok's refusals."""

import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts.account_store import get_account
from dropcast.budgets import ledger_store
from dropcast.budgets.budget_use import get_budget_use
from dropcast.budgets.ledger import Ledger
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from dropcast.settings import settings
from tests.unit.publishing.conftest import UPLOAD_URL, FakeTikTok, options, outbox, refusal, stored, upload_object

NOW = 1_900_000_000
MINUTE_S = 62


class Clock:
    def __init__(self) -> None:
        self.at: float = NOW

    def sleep(self, seconds: float) -> None:
        self.at += seconds


@pytest.fixture
def held_clock(monkeypatch) -> Clock:
    held = Clock()
    monkeypatch.setattr(clock, "now", lambda: int(held.at))
    monkeypatch.setattr(clock, "monotonic", lambda: held.at)
    monkeypatch.setattr(clock, "sleep", held.sleep)
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))
    return held


@pytest.fixture
def make(held_clock, account, begun, tiktok):
    def make(name: str, **fields) -> Publish:
        source = upload_object(f"{name}.mp4", b"x" * 1000)
        new = new_publish(account.account_id, source, "api", options()).model_copy(update=fields)
        taken = submit(new)
        assert isinstance(taken, Publish)
        return taken

    return make


def begin(publish: Publish) -> StepResult:
    return start(publish.publish_id, publish.publish_id)


def ledger() -> Ledger:
    return ledger_store.read("open-1", "posting")


def used() -> dict[str, int]:
    return {one.name: one.used for one in get_budget_use("open-1") if one.used}


def test_six_go_at_once_and_the_seventh_gets_the_next_free_slot(make, tiktok: FakeTikTok, held_clock):
    publishes = [make(f"v{number}") for number in range(8)]

    steps = [begin(publish) for publish in publishes]

    assert [step.outcome for step in steps] == ["started"] * 6 + ["held"] * 2
    assert [slot.owner for slot in ledger().queue] == [publish.publish_id for publish in publishes[6:]]
    seventh = stored(publishes[6])
    assert (seventh.state, seventh.history[-1].code) == (State.HELD, "budget_exhausted")
    assert seventh.not_before == NOW + MINUTE_S + 1
    assert tiktok.count("video/init") == tiktok.count("creator_info/query") == 6


def test_held_publishes_go_at_their_time_with_one_try_each(make, tiktok: FakeTikTok, held_clock):
    publishes = [make(f"v{number}") for number in range(8)]
    for publish in publishes:
        begin(publish)
    held_clock.at = stored(publishes[7]).not_before

    steps = [begin(publish) for publish in publishes[6:]]

    assert [step.outcome for step in steps] == ["started"] * 2
    for publish in publishes[6:]:
        assert [moment.state for moment in stored(publish).history] == [
            State.QUEUED,
            State.HELD,
            State.STARTING,
            State.UPLOADING,
        ]


def test_a_hold_and_its_exhausted_budget_send_one_event_each(make, tiktok: FakeTikTok):
    for number in range(9):
        begin(make(f"v{number}"))

    assert outbox().count("publish.held") == 3
    assert outbox().count("budget.exhausted") == 1


def test_a_publish_that_wakes_too_early_is_held_until_its_slot(make, tiktok: FakeTikTok, held_clock):
    publishes = [make(f"v{number}") for number in range(7)]
    for publish in publishes:
        begin(publish)
    held_clock.at += 10

    step = begin(publishes[6])

    assert step.not_before == NOW + MINUTE_S + 1
    assert len(ledger().queue) == 1


def test_a_video_and_a_draft_do_not_wait_for_each_other(make, tiktok: FakeTikTok, monkeypatch):
    monkeypatch.setenv("BUDGETS", "direct_posts=1/86400,pending_drafts=1/86400")
    settings.cache_clear()
    tiktok.script["inbox/video/init"] = [{"publish_id": "v_inbox_file~1", "upload_url": UPLOAD_URL}]
    for name in ("a", "b"):
        begin(make(name))

    step = begin(make("draft", mode="draft"))

    assert step.outcome == "started"
    assert used()["pending_drafts"] == 1


@pytest.mark.parametrize(
    ("route", "code", "budget", "pause"),
    [
        ("video/init", "rate_limit_exceeded", "video_init", MINUTE_S),
        ("creator_info/query", "rate_limit_exceeded", "creator_info", MINUTE_S),
        ("creator_info/query", "spam_risk_too_many_posts", "direct_posts", 3600),
        ("video/init", "spam_risk_too_many_posts", "direct_posts", 3600),
        ("video/init", "reached_active_user_cap", "direct_posts", 3600),
    ],
)
def test_tiktoks_refusal_blocks_the_budget_that_it_concerns(make, tiktok: FakeTikTok, route, code, budget, pause):
    tiktok.script[route] = [refusal(code, 200 if route.startswith("creator") else 403)]
    first, second = make("a"), make("b")

    step, behind = begin(first), begin(second)

    assert (step.outcome, step.not_before, step.why) == ("held", NOW + pause, code)
    assert (behind.not_before, behind.why) == (step.not_before, code)
    assert {one.name: one.why for one in get_budget_use("open-1") if one.blocked_until} == {budget: code}
    assert [slot.owner for slot in ledger().queue] == [first.publish_id, second.publish_id]
    assert tiktok.count("creator_info/query") == 1


def test_after_tiktoks_refusal_the_order_is_kept(make, tiktok: FakeTikTok, held_clock):
    tiktok.script["video/init"] = [refusal("rate_limit_exceeded", 429)]
    first, second = make("a"), make("b")
    begin(first)
    begin(second)
    held_clock.at += MINUTE_S

    late, early = begin(second), begin(first)
    held_clock.at = NOW + 2 * MINUTE_S

    assert (late.outcome, early.outcome) == ("held", "started")
    assert begin(second).outcome == "started"


def test_the_apps_cap_is_not_blamed_on_the_account(make, tiktok: FakeTikTok, account):
    tiktok.script["video/init"] = [refusal("reached_active_user_cap")]

    begin(make("a"))

    found = get_account(account.account_id)
    assert found is not None
    assert found.status == "active"


def test_a_permanently_refused_publish_uses_its_calls_and_blocks_no_other(make, tiktok: FakeTikTok):
    tiktok.script["video/init"] = [refusal("unaudited_client_can_only_post_to_private_accounts")]
    publish = make("a")

    settle(publish.publish_id, begin(publish))

    assert ledger().queue == ()
    assert used() == {"creator_info": 1, "video_init": 1}


def test_an_init_does_not_begin_without_time_to_finish(make, tiktok: FakeTikTok, held_clock):
    publish = make("a")

    with clock.ending_in(31):
        step = begin(publish)
    held_clock.at += 1

    assert step.outcome == "held"
    assert tiktok.count("video/init") == 0
    assert begin(publish).outcome == "started"


def test_the_next_execution_finds_the_slot_of_the_previous_one(make, tiktok: FakeTikTok, held_clock):
    publishes = [make(f"v{number}") for number in range(8)]
    for publish in publishes:
        begin(publish)
    slot = ledger().slot_of(publishes[6].publish_id)
    restarted = publish_store.supersede(stored(publishes[6]), due=clock.now(), code="restarted")
    assert restarted is not None

    step = start(restarted.publish_id, restarted.execution)

    assert restarted.execution == f"{publishes[6].publish_id}-1"
    assert (step.outcome, step.not_before) == ("held", slot.at)
    assert ledger().slot_of(publishes[6].publish_id) == slot
