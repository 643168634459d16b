"""/v1/plans: calls that take long, calls at the same moment, and calls that come late."""

from collections.abc import Callable
from typing import Any

import pytest

from dropcast.publishing.plans import execute_publish
from tests.unit.support.plans import PlanAnswer, Planner, planner, stored_publishes

EXECUTABLE_S = 15 * 60


@pytest.fixture
def caller(cloud, tiktok) -> Planner:
    return planner(cloud, tiktok)


def during_the_check(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], None]) -> None:
    """Call `happen` once, before the next execution asks TikTok."""
    fetch = execute_publish.fetch_creator_info

    def fetch_after(*asked: Any) -> Any:
        monkeypatch.setattr(execute_publish, "fetch_creator_info", fetch)
        happen()
        return fetch(*asked)

    monkeypatch.setattr(execute_publish, "fetch_creator_info", fetch_after)


def test_a_plan_that_becomes_stale_during_its_checks_posts_nothing(caller, held_clock, monkeypatch):
    plan_id = caller.plan_id()
    held_clock.sleep(EXECUTABLE_S - 1)
    during_the_check(monkeypatch, lambda: held_clock.sleep(1))

    assert caller.execute(plan_id).code == "plan_expired"
    assert stored_publishes() == []


def test_a_call_that_finds_a_change_answers_the_publish_that_another_call_just_made(caller, tiktok, monkeypatch):
    plan_id, others = caller.plan_id(), list[PlanAnswer]()

    def execute_and_change() -> None:
        others.append(caller.execute(plan_id))
        tiktok.creator = {**tiktok.creator, "comment_disabled": True}

    during_the_check(monkeypatch, execute_and_change)
    mine = caller.execute(plan_id)

    assert (mine.status, mine.replayed, mine.body) == (202, True, others[0].body)
    assert len(stored_publishes()) == 1


def test_a_plan_is_as_old_as_its_check_even_if_its_idempotency_key_is_older(caller, tiktok, held_clock):
    creator = tiktok.creator
    tiktok.creator = {**creator, "privacy_level_options": []}
    refused = caller.plan("order-42")
    tiktok.creator = creator
    held_clock.sleep(EXECUTABLE_S)

    planned = caller.plan("order-42")

    assert (refused.body["state"], planned.body["state"]) == ("refused", "open")
    assert caller.execute(planned.body["plan_id"]).status == 202
