import httpx
import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.settle import settle
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from tests.unit.publishing.conftest import CREATOR, FakeTikTok, options, outbox, refusal, stored, upload_object


@pytest.fixture
def publish(account, begun) -> Publish:
    source = upload_object("a.mp4", b"x" * 1000)
    taken = submit(new_publish(account.account_id, source, "api", options(allow_comment=True)))
    assert isinstance(taken, Publish)
    return taken


def test_the_upload_url_is_stored_encrypted_before_a_byte_is_sent(publish, tiktok: FakeTikTok):
    step = start(publish.publish_id, publish.publish_id)

    row = stored(publish)
    assert step == StepResult(Outcome.STARTED)
    assert (row.state, row.tiktok_publish_id) == (State.UPLOADING, "v_pub_file~1")
    assert row.upload_url_sealed is not None
    assert b"canary-upload-token" not in row.upload_url_sealed.get_secret_value()
    assert fact_store.publish_id_of("v_pub_file~1") == publish.publish_id


def test_tiktok_receives_the_requested_options(publish, tiktok: FakeTikTok):
    start(publish.publish_id, publish.publish_id)

    (body,) = (body for route, body in tiktok.calls if route == "video/init")
    assert body["post_info"] == {
        "title": "hello",
        "privacy_level": "SELF_ONLY",
        "disable_comment": False,
        "disable_duet": True,
        "disable_stitch": True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "is_aigc": False,
    }
    assert body["source_info"] == {
        "source": "FILE_UPLOAD",
        "video_size": 1000,
        "chunk_size": 1000,
        "total_chunk_count": 1,
    }


@pytest.mark.parametrize(
    ("creator", "code"),
    [
        ({"privacy_level_options": ["PUBLIC_TO_EVERYONE"]}, "privacy_level_not_available"),
        ({"max_video_post_duration_sec": 1}, "longer_than_creator_may"),
        ({"comment_disabled": True}, "interaction_switched_off"),
    ],
)
def test_a_post_that_tiktok_would_refuse_is_refused_without_an_init(publish, tiktok: FakeTikTok, creator, code):
    tiktok.script["creator_info/query"] = [CREATOR | creator]

    step = start(publish.publish_id, publish.publish_id)

    assert step.error.code == code
    assert tiktok.count("video/init") == 0
    assert settle(publish.publish_id, step).state is State.FAILED


def test_a_refusal_keeps_tiktoks_log_id_to_the_end(publish, tiktok: FakeTikTok):
    tiktok.script["video/init"] = [refusal("unaudited_client_can_only_post_to_private_accounts")]

    failed = settle(publish.publish_id, start(publish.publish_id, publish.publish_id))

    assert failed.error is not None
    assert (failed.error.code, failed.error.log_id) == (
        "unaudited_client_can_only_post_to_private_accounts",
        "log-no",
    )
    assert outbox()[-1] == "publish.failed"


@pytest.mark.parametrize("route", ["creator_info/query", "video/init"])
def test_a_full_budget_holds_the_publish_which_then_continues_by_itself(
    publish, tiktok: FakeTikTok, monkeypatch, route
):
    tiktok.script[route] = [refusal("rate_limit_exceeded", 429)]

    first = start(publish.publish_id, publish.publish_id)
    held = stored(publish)
    monkeypatch.setattr(clock, "now", lambda: held.not_before)
    second = start(publish.publish_id, publish.publish_id)

    assert first.outcome == "held"
    assert first.not_before == held.not_before
    assert held.state is State.HELD
    assert second == StepResult(Outcome.STARTED)


@pytest.mark.parametrize("route", ["creator_info/query", "video/init"])
def test_a_hold_sends_one_event(publish, tiktok: FakeTikTok, route):
    tiktok.script[route] = [refusal("rate_limit_exceeded", 429)] * 2

    start(publish.publish_id, publish.publish_id)
    start(publish.publish_id, publish.publish_id)

    assert outbox().count("publish.held") == 1


def test_an_unanswered_creator_info_is_repeated_later(publish, tiktok: FakeTikTok):
    tiktok.script["creator_info/query"] = [None]

    assert start(publish.publish_id, publish.publish_id).outcome == "held"
    assert tiktok.count("video/init") == 0


def test_a_publish_held_by_failures_ends_after_three_days(publish, tiktok: FakeTikTok, monkeypatch):
    tiktok.script["creator_info/query"] = [refusal("rate_limit_exceeded", 429)] * 2
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))
    start(publish.publish_id, publish.publish_id)
    later = clock.now() + 72 * 3600 + 60
    monkeypatch.setattr(clock, "now", lambda: later)

    step = start(publish.publish_id, publish.publish_id)

    assert (step.outcome, step.error.code) == ("refused", "rate_limit_exceeded")


@pytest.mark.long
def test_a_long_hold_retries_at_growing_intervals(publish, tiktok: FakeTikTok, monkeypatch):
    monkeypatch.setattr("dropcast.accounts.tokens.fresh_token.get_fresh_token", lambda *_, **__: SecretStr("token"))
    tiktok.script["creator_info/query"] = [refusal("rate_limit_exceeded", 429) for _ in range(500)]
    begun, holds = clock.now(), 0

    while start(publish.publish_id, publish.publish_id).outcome == "held":
        holds += 1
        due = stored(publish).not_before
        monkeypatch.setattr(clock, "now", lambda due=due: due)

    assert clock.now() - begun > 72 * 3600
    assert holds < 150


def test_a_start_that_died_before_its_claim_is_repeated_later(publish, tiktok: FakeTikTok):
    decided = decide(publish.publish_id, publish.publish_id, StepResult(Outcome.READY))

    held = stored(publish)
    assert decided.outcome == "held"
    assert (held.state, held.history[-1].code) == (State.HELD, "internal_error")
    assert (held.not_before or 0) > clock.now()
    assert start(publish.publish_id, publish.publish_id) == StepResult(Outcome.STARTED)


def test_a_start_that_keeps_dying_finally_fails(publish, monkeypatch):
    decide(publish.publish_id, publish.publish_id, StepResult(Outcome.READY))
    later = clock.now() + 72 * 3600 + 60
    monkeypatch.setattr(clock, "now", lambda: later)

    decided = decide(publish.publish_id, publish.publish_id, StepResult(Outcome.READY))

    assert (decided.outcome, decided.error.code) == ("refused", "internal_error")


def test_an_init_with_a_lost_answer_is_repeated_exactly_once(publish, tiktok: FakeTikTok):
    tiktok.script["video/init"] = [None, httpx.Response(502, text="<html>bad gateway</html>")]

    first = start(publish.publish_id, publish.publish_id)
    again = decide(publish.publish_id, publish.publish_id, first)
    second = start(publish.publish_id, publish.publish_id)
    end = decide(publish.publish_id, publish.publish_id, second)

    assert [first.outcome, again.outcome, second.outcome] == ["lost", "held", "lost"]
    assert (end.outcome, end.error.code) == ("refused", "init_lost")
    assert tiktok.count("video/init") == 2
    assert settle(publish.publish_id, end).state is State.FAILED


def test_a_lost_init_ends_with_tiktoks_log_id(publish, tiktok: FakeTikTok):
    tiktok.script["video/init"] = [refusal("internal_error", 500), refusal("internal_error", 500)]

    decide(publish.publish_id, publish.publish_id, start(publish.publish_id, publish.publish_id))
    end = decide(publish.publish_id, publish.publish_id, start(publish.publish_id, publish.publish_id))
    failed = settle(publish.publish_id, end)

    assert failed.error is not None
    assert (failed.error.code, failed.error.log_id) == ("init_lost", "log-no")


def test_a_start_that_died_after_storing_continues_without_another_init(publish, tiktok: FakeTikTok):
    start(publish.publish_id, publish.publish_id)

    decided = decide(publish.publish_id, publish.publish_id, StepResult(Outcome.READY))

    assert decided == StepResult(Outcome.START)
    assert start(publish.publish_id, publish.publish_id) == StepResult(Outcome.STARTED)
    assert tiktok.count("video/init") == 1


def test_a_late_answer_after_another_claim_changes_nothing(publish, tiktok: FakeTikTok, monkeypatch):
    real = fact_store.pointer_write

    def meanwhile(tiktok_publish_id, publish_id):
        claimed = stored(publish)
        publish_store.move(claimed, State.QUEUED)
        return real(tiktok_publish_id, publish_id)

    monkeypatch.setattr("dropcast.publishing.steps.start.fact_store.pointer_write", meanwhile)

    step = start(publish.publish_id, publish.publish_id)

    assert step == StepResult(Outcome.SETTLED)
    assert stored(publish).state is State.QUEUED
    assert stored(publish).tiktok_publish_id is None


def test_an_upload_url_outside_tiktok_gets_no_byte(publish, tiktok: FakeTikTok):
    tiktok.script["video/init"] = [{"publish_id": "v", "upload_url": "https://tiktokapis.com.evil.example/x"}]

    step = start(publish.publish_id, publish.publish_id)

    assert (step.outcome, step.error.code) == ("refused", "upload_url_not_allowed")
    assert stored(publish).upload_url_sealed is None


def test_a_token_that_tiktok_calls_invalid_is_refreshed_once(publish, tiktok: FakeTikTok, monkeypatch):
    renewed = []
    monkeypatch.setattr(
        "dropcast.accounts.tokens.fresh_token.replace_rejected_token",
        lambda account, token: renewed.append(account) or token,
    )
    tiktok.script["creator_info/query"] = [refusal("access_token_invalid", 401)]

    assert start(publish.publish_id, publish.publish_id) == StepResult(Outcome.STARTED)
    assert renewed == [publish.account_id]
