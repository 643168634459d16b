"""An init begins only if enough time is left for it. A second init does not follow the first one immediately."""

import httpx
import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from tests.unit.publishing.admission.test_budget_slots import held_clock  # noqa: F401
from tests.unit.publishing.conftest import FakeTikTok, options, refusal, stored, upload_object

LAMBDA_SECONDS = 60


@pytest.fixture
def publish(account, begun, held_clock) -> Publish:  # noqa: F811
    taken = submit(new_publish(account.account_id, upload_object("a.mp4", b"x" * 1000), "api", options()))
    assert isinstance(taken, Publish)
    return taken


def begin(publish: Publish) -> dict:
    with clock.ending_in(LAMBDA_SECONDS):
        return start(publish.publish_id, publish.publish_id)


def test_a_slow_token_leaves_no_time_for_the_init(publish, tiktok, held_clock, monkeypatch):  # noqa: F811
    waits = [0, 29, 0, 0]

    def slowly(*_, **__) -> SecretStr:
        held_clock.at += waits.pop(0)
        return SecretStr("token")

    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", slowly)

    too_late = begin(publish)
    inits_then = tiktok.count("video/init")
    held_clock.at += 2
    in_time = begin(publish)

    assert (too_late.outcome, inits_then) == ("held", 0)
    assert (in_time.outcome, tiktok.count("video/init")) == ("started", 1)


def test_a_token_refreshed_for_the_init_leaves_no_time_for_another(publish, tiktok, held_clock, monkeypatch):  # noqa: F811
    def slowly(*_) -> SecretStr:
        held_clock.at += 29
        return SecretStr("newer")

    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.replace_rejected_token", slowly)
    tiktok.script["video/init"] = [refusal("access_token_invalid", 401)]

    too_late = begin(publish)
    inits_then = tiktok.count("video/init")
    held_clock.at += 2
    in_time = begin(publish)

    assert (too_late.outcome, inits_then) == ("held", 1)
    assert (in_time.outcome, tiktok.count("video/init")) == ("started", 2)


def test_the_second_init_waits_until_tiktok_may_have_recovered(publish, tiktok: FakeTikTok, held_clock):  # noqa: F811
    tiktok.script["video/init"] = [httpx.Response(502)]

    waiting = decide(publish.publish_id, publish.publish_id, begin(publish))

    row = stored(publish)
    assert waiting == StepResult(Outcome.HELD, not_before=clock.now() + 30, why="init_lost")
    assert (row.state, row.not_before, row.inits_lost) == (State.QUEUED, clock.now() + 30, 1)
    assert tiktok.count("video/init") == 1
