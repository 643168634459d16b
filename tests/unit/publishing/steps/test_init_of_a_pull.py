"""TikTok may already post what it pulls. So Dropcast stores TikTok's id even if the publish changed meanwhile."""

from collections.abc import Callable

import pytest
from pydantic import SecretStr

from dropcast.caller import SYSTEM
from dropcast.publishing.actions.resolve import resolve
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store
from dropcast.publishing.outcome.settle import finish, settle_execution
from dropcast.publishing.outcome.webhook_handler import handle
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.steps.start import start
from dropcast.publishing.store import publish_store
from tests.unit.publishing.conftest import FakeTikTok, options, outbox, stored, upload_object
from tests.unit.publishing.steps.test_watch import webhook

ID = "v_pub_file~1"


@pytest.fixture
def pull(account, begun, monkeypatch) -> Publish:
    monkeypatch.setattr(
        "dropcast.publishing.steps.build_init.media_url", lambda _: SecretStr("https://media.example.com/a.mp4")
    )
    taken = submit(new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options(), via="pull"))
    assert isinstance(taken, Publish)
    return taken


def during_init(tiktok: FakeTikTok, happens: Callable[[], object]) -> None:
    tiktok.meanwhile["video/init"] = happens


def superseded(publish: Publish) -> Publish:
    moved = publish_store.supersede(stored(publish), due=stored(publish).due_at, code="restarted")
    assert moved is not None
    return moved


def given_up(publish: Publish) -> None:
    settle_execution(publish.publish_id, publish.execution)


def given_up_and_resolved(publish: Publish) -> None:
    given_up(publish)
    resolve(publish.publish_id, SYSTEM, "not_posted")


@pytest.mark.parametrize(("happens", "state"), [(given_up, State.UNKNOWN), (given_up_and_resolved, State.FAILED)])
def test_a_row_that_came_to_rest_during_the_init_gets_the_id(pull, tiktok, happens, state):
    during_init(tiktok, lambda: happens(pull))

    step = start(pull.publish_id, pull.publish_id)

    assert step == StepResult(Outcome.SETTLED)
    assert (stored(pull).state, stored(pull).tiktok_publish_id) == (state, ID)
    assert fact_store.publish_id_of(ID) == pull.publish_id


def test_tiktoks_later_verdict_ends_it(pull, tiktok):
    during_init(tiktok, lambda: given_up(pull))
    start(pull.publish_id, pull.publish_id)

    handle(webhook("complete"))

    assert stored(pull).state is State.PUBLISHED
    assert outbox()[-2:] == ["publish.unknown", "publish.published"]


def test_tiktoks_verdict_before_its_id_was_known_ends_it(pull, tiktok):
    def heard_and_given_up() -> None:
        handle(webhook("complete"))
        given_up(pull)

    during_init(tiktok, heard_and_given_up)
    step = start(pull.publish_id, pull.publish_id)

    ended = finish(pull.publish_id, step, pull.execution)

    assert ended.state is State.PUBLISHED


def test_an_execution_that_took_over_watches_it(pull, tiktok):
    during_init(tiktok, lambda: superseded(pull))

    step = start(pull.publish_id, pull.publish_id)
    newer = stored(pull)

    assert step == StepResult(Outcome.SETTLED)
    assert (newer.state, newer.tiktok_publish_id) == (State.PROCESSING, ID)
    assert start(pull.publish_id, newer.execution).outcome == "processing"
    assert tiktok.count("video/init") == 1


def test_an_execution_that_took_over_and_reported_it_lost_gets_the_id_too(pull, tiktok):
    def taken_over() -> None:
        newer = superseded(pull)
        lost = start(pull.publish_id, newer.execution)
        finish(pull.publish_id, decide(pull.publish_id, newer.execution, lost), newer.execution)

    during_init(tiktok, taken_over)

    start(pull.publish_id, pull.publish_id)

    assert (stored(pull).state, stored(pull).tiktok_publish_id) == (State.UNKNOWN, ID)
    assert tiktok.count("video/init") == 1
