"""Publishing in two calls, against the API's own functions: a plan is carried out once, by the key that made it."""

from pathlib import Path
from typing import Any

import pytest

from dropcast.access.keys import create_key
from tests.unit.support.agents import Agent, agent_with_key
from tests.unit.support.plans import SAMPLE, Planner, planner, stored_publishes

FIFTEEN_MINUTES = 900
SELF_ONLY = {"privacy_level": "SELF_ONLY"}


@pytest.fixture
def deployment(cloud, tiktok) -> Planner:
    return planner(cloud, tiktok)


@pytest.fixture
def video(tmp_path) -> str:
    (tmp_path / "clip.mp4").write_bytes(SAMPLE)
    return "clip.mp4"


def agent(folder: Path, *scopes: str) -> Agent:
    """An agent with a new key."""
    made = create_key("agent", frozenset(scopes), None)
    assert isinstance(made, tuple)
    return agent_with_key(made[1], folder)


@pytest.fixture
def publisher(deployment, tmp_path) -> Agent:
    return agent(tmp_path, "read", "publish")


@pytest.fixture
def drafter(deployment, tmp_path) -> Agent:
    return agent(tmp_path, "read", "draft")


def plan_of(agent: Agent, deployment: Planner, video: str, **more: Any) -> dict[str, Any]:
    """Upload the video and make a plan for a direct post, or as `more` says."""
    upload = agent.call("request_upload", account_id=deployment.account_id, path=video)
    arguments = {"mode": "direct", "options": SELF_ONLY, "upload_ids": [upload["upload_id"]], **more}
    return agent.call("preflight", account_id=deployment.account_id, **arguments)


def test_a_plan_becomes_one_publish_however_often_it_is_used(deployment, publisher, video):
    plan = plan_of(publisher, deployment, video)
    before = stored_publishes()

    first = publisher.call("publish", plan_id=plan["plan_id"])
    again = publisher.call("publish", plan_id=plan["plan_id"])

    assert (before, plan["executable"], plan["report"]["ok"]) == ([], True, True)
    assert "call publish" in plan["next_step"]
    assert first["publish_id"] == again["publish_id"]
    assert stored_publishes() == [first["publish_id"]]
    assert publisher.call("status", plan_id=plan["plan_id"])["publish"]["publish_id"] == first["publish_id"]


def test_a_spent_plan_returns_its_publish_after_it_is_stale_and_changed(
    deployment, publisher, video, held_clock, tiktok
):
    plan = plan_of(publisher, deployment, video)
    first = publisher.call("publish", plan_id=plan["plan_id"])
    held_clock.at += FIFTEEN_MINUTES
    tiktok.creator = {**tiktok.creator, "privacy_level_options": []}

    again = publisher.call("publish", plan_id=plan["plan_id"])

    assert again["publish_id"] == first["publish_id"]


def test_a_stale_plan_is_refused(deployment, publisher, video, held_clock):
    plan = plan_of(publisher, deployment, video)
    held_clock.at += FIFTEEN_MINUTES

    refusal = publisher.refusal("publish", plan_id=plan["plan_id"])

    assert (refusal["code"], stored_publishes()) == ("plan_expired", [])
    assert "new plan" in refusal["fix"]
    assert publisher.call("status", plan_id=plan["plan_id"])["plan"]["state"] == "expired"


def test_a_plan_is_refused_if_the_creator_changed_meanwhile(deployment, publisher, video, tiktok):
    plan = plan_of(publisher, deployment, video)
    tiktok.creator = {**tiktok.creator, "comment_disabled": True}

    refusal = publisher.refusal("publish", plan_id=plan["plan_id"])

    assert (refusal["code"], stored_publishes()) == ("plan_changed", [])
    assert refusal["details"]["changed"] == [{"untrusted_text": "comment_disabled"}]


def test_the_plan_of_another_key_does_not_exist(deployment, publisher, video, tmp_path):
    plan = plan_of(publisher, deployment, video)
    other = agent(tmp_path, "read", "publish")

    codes = [
        other.refusal("publish", plan_id=plan["plan_id"])["code"],
        other.refusal("retry", plan_id=plan["plan_id"])["code"],
        other.refusal("status", plan_id=plan["plan_id"])["code"],
    ]

    assert codes == ["not_found"] * 3
    assert stored_publishes() == []


def test_the_tool_for_comments_does_not_publish(deployment, publisher, video):
    plan = plan_of(publisher, deployment, video)

    refusal = publisher.refusal("comments", plan_id=plan["plan_id"], approved_by="Eva")

    assert (refusal["code"], stored_publishes()) == ("invalid_request", [])
    assert "only the plan of a comment can have this field" in refusal["message"]["untrusted_text"]


def test_a_post_with_problems_gets_no_plan(deployment, publisher, video):
    plan = plan_of(publisher, deployment, video, options={"privacy_level": "FOLLOWER_OF_CREATOR"})

    assert (plan["state"], plan["executable"], "plan_id" in plan) == ("refused", False, False)
    assert [one["code"] for one in plan["report"]["problems"]] == ["privacy_level_not_available"]
    assert "Correct" in plan["next_step"]


def test_a_key_with_draft_posts_a_draft(deployment, drafter, video):
    plan = plan_of(drafter, deployment, video, mode="draft", options={})

    publish = drafter.call("publish", plan_id=plan["plan_id"])

    assert (publish["mode"], publish["state"]) == ("draft", "queued")


def test_a_key_with_draft_gets_a_link_instead_of_a_direct_post(deployment, drafter, video):
    plan = plan_of(drafter, deployment, video)

    refusal = drafter.refusal("publish", plan_id=plan["plan_id"])

    assert (plan["executable"], stored_publishes()) == (False, [])
    assert plan["console_url"].endswith(f"/console/plans/{plan['plan_id']}")
    assert "console_url" in plan["next_step"]
    assert refusal["code"] == "plan_needs_person"
    assert plan["console_url"] in refusal["fix"]
