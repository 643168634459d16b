"""The evidence that a person needs to decide about an unknown publish.

No restart hides it, and no later check deletes it.
"""

from typing import Any

import pytest

from dropcast import clock
from dropcast.caller import SYSTEM
from dropcast.errors.problem import Problem, problem
from dropcast.publishing.actions.restart_execution import restart
from dropcast.publishing.intake.accept import new_publish, submit
from dropcast.publishing.model.publish import Publish
from dropcast.publishing.model.states import State
from dropcast.publishing.model.step_results import Outcome, StepResult
from dropcast.publishing.outcome import fact_store, unmatched_webhooks
from dropcast.publishing.outcome.recheck import recheck_now
from dropcast.publishing.outcome.settle import finish
from dropcast.publishing.steps.decide_after_lost_init import decide
from dropcast.publishing.store import publish_store
from dropcast.tiktok.models import VideoPage
from dropcast.tiktok.webhooks import WebhookEvent
from tests.unit.publishing.admission.test_budget_slots import held_clock  # noqa: F401
from tests.unit.publishing.conftest import options, stored, upload_object
from tests.unit.support.memory_aws import maker

PAGE = 20


class Videos:
    """The account's public videos at TikTok, newest first, after a cursor in milliseconds."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int, str]] = []
        self.problem: Problem | None = None
        self.pages = 0

    def __call__(self, *_: object, cursor: int | None, limit: int) -> VideoPage | Problem:
        self.pages += 1
        if self.problem is not None:
            return self.problem
        assert limit == PAGE
        newest = sorted(self.made, key=lambda one: -one[1])
        left = [one for one in newest if cursor is None or one[1] * 1000 < cursor]
        shown = [{"id": name, "create_time": at, "video_description": text} for name, at, text in left[:PAGE]]
        after = shown[-1]["create_time"] * 1000 if shown else 0
        return VideoPage.model_validate({"videos": shown, "cursor": after, "has_more": len(left) > PAGE})


@pytest.fixture
def videos(monkeypatch) -> Videos:
    videos = Videos()
    monkeypatch.setattr("dropcast.publishing.outcome.lost_init_evidence.get_videos_page", videos)
    return videos


@pytest.fixture
def claimed(account, begun, tiktok, held_clock, monkeypatch) -> Publish:  # noqa: F811
    """A pull whose Start died after its claim."""
    monkeypatch.setattr("dropcast.publishing.actions.restart_execution.cancel_launch", lambda _: None)
    pull = submit(new_publish(account.account_id, upload_object("a.mp4", b"x"), "api", options(), via="pull"))
    assert isinstance(pull, Publish)
    moved = publish_store.move(pull, State.STARTING, open_id=account.open_id)
    assert moved is not None
    return moved


def lost(publish: Publish) -> Publish:
    row = stored(publish)
    return finish(row.publish_id, decide(row.publish_id, row.execution, StepResult(Outcome.LOST)), row.execution)


def checked(publish: Publish) -> dict[str, Any]:
    error = recheck_now(stored(publish)).error
    assert error is not None
    return error.details["checked"]


def ids(found: dict[str, Any]) -> list[str]:
    return [one["video_id"] for one in found["videos"]["found"]]


def event(name: str, at: int) -> WebhookEvent:
    return WebhookEvent("post.publish.complete", at, "open-1", name, None, None, "DIRECT_POST")


@pytest.mark.parametrize("restarts", [1, 3])
def test_a_video_posted_before_a_restart_is_shown(claimed, videos, held_clock, restarts):  # noqa: F811
    unmatched_webhooks.store_webhook(event("v_pub_url~lost", clock.now() + 30))
    videos.made.append(("7", clock.now() + 30, "hello"))
    for _ in range(restarts):
        held_clock.at += 1800
        restart(claimed.publish_id, SYSTEM)
    lost(claimed)

    found = checked(claimed)

    assert [one["tiktok_publish_id"] for one in found["webhooks"]] == ["v_pub_url~lost"]
    assert ids(found) == ["7"]


def test_videos_are_read_back_to_the_time_of_the_claim(claimed, videos, held_clock):  # noqa: F811
    videos.made.append(("99", clock.now() - 3600, "hello"))
    videos.made += [(f"1{number:03}", clock.now() + number, "another") for number in range(45)]
    lost(claimed)

    found = checked(claimed)

    assert ids(found) == [f"1{number:03}" for number in range(45)]
    assert videos.pages == 3
    assert "more" not in found["videos"]


def test_evidence_of_an_earlier_check_stays_when_later_checks_no_longer_see_it(claimed, videos, held_clock):  # noqa: F811
    unmatched_webhooks.store_webhook(event("v_pub_url~lost", clock.now() + 30))
    videos.made.append(("7", clock.now() + 30, "hello"))
    lost(claimed)
    first = checked(claimed)
    held_clock.at += 40 * 24 * 3600
    for key in unmatched_store_keys():
        _dynamodb().delete_item(TableName="publishes_table", Key=key)
    videos.made = [(f"8{number}", clock.now() - number, "another") for number in range(1000)]

    second = checked(claimed)
    videos.problem = problem("scope_not_granted")
    third = checked(claimed)

    assert second["webhooks"] == third["webhooks"] == first["webhooks"]
    assert ids(first) == ["7"]
    assert "7" in ids(second)
    assert second["videos"]["more"] is True
    assert len(ids(second)) == 50
    assert (third["videos"]["not_read"], ids(third)) == ("scope_not_granted", ids(second))


def test_a_webhook_of_another_publish_is_no_longer_evidence_once_it_is_matched(claimed, videos):
    unmatched_webhooks.store_webhook(event("v_pub_url~other", clock.now() + 30))
    lost(claimed)
    first = checked(claimed)
    _dynamodb().transact_write_items(TransactItems=[fact_store.pointer_write("v_pub_url~other", "pub_other")])

    second = checked(claimed)

    assert (len(first["webhooks"]), second["webhooks"]) == (1, [])


def test_reading_stops_at_its_time_limit(claimed, videos, held_clock, monkeypatch):  # noqa: F811
    videos.made = [(f"1{number:03}", clock.now() + number, "another") for number in range(1000)]

    def slowly(*asked: Any, **how: Any) -> VideoPage | Problem:
        held_clock.at += 7
        return videos(*asked, **how)

    monkeypatch.setattr("dropcast.publishing.outcome.lost_init_evidence.get_videos_page", slowly)
    lost(claimed)

    found = checked(claimed)

    assert (videos.pages, found["videos"]["more"]) == (2, True)


def unmatched_store_keys() -> list[dict[str, Any]]:
    """The keys of all stored webhooks, which DynamoDB deletes after a month."""
    items = _dynamodb().scan(TableName="publishes_table")["Items"]
    return [{"pk": one["pk"], "sk": one["sk"]} for one in items if one["pk"]["S"].startswith("unmatched#")]


def _dynamodb() -> Any:
    return maker("dynamodb")
