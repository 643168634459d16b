"""A preflight reports all problems at once, reports them correctly, and posts nothing."""

import secrets

import pytest

from tests.e2e.road import SEVERAL_CHUNKS, SMALL, posts, published, requests


def asked(journey, account, key, path="/v1/preflight", **options):
    source = {"type": "s3", "bucket": journey.stack.bucket, "key": key}
    body = {"account_id": account, "source": source, "privacy_level": "SELF_ONLY", **options}
    return journey.api("POST", path, json=body).raise_for_status().json()


@pytest.fixture
def uploaded(journey, videos):
    def upload(size):
        key = f"in/{secrets.token_hex(4)}.mp4"
        journey.upload(videos(size)[0], key)
        return key

    return upload


def test_a_publish_becomes_what_its_preflight_promised(journey, account, uploaded, stack, videos):
    key = uploaded(SEVERAL_CHUNKS)

    told = asked(journey, account, key)
    shown = journey.until_rest(journey.publish(account, key)["publish_id"])

    assert (told["ok"], told["problems"], told["warnings"]) == (True, [], [])
    assert told["media"]["size"] == SEVERAL_CHUNKS
    assert shown["state"] == "published"
    [post] = posts(journey, account)
    chunks = told["plan"]["chunks"]
    assert [put["bytes"] for put in post["puts"]] == [chunks["size"]] * (chunks["count"] - 1) + [chunks["last_size"]]
    transitions = [line["amount"] for line in told["plan"]["cost"]["lines"] if line["what"] == "state_transitions"]
    [execution] = stack.executions(shown["publish_id"])
    assert transitions == [len(stack.states_entered(execution))]


def test_every_problem_is_reported_at_once_and_nothing_is_posted(journey, uploaded):
    name = f"creator-{secrets.token_hex(4)}"
    narrow = {"private": True, "comment_disabled": True, "max_video_post_duration_sec": 1}
    account = journey.connect(name, user_id=name, **narrow)

    told = asked(journey, account, uploaded(SMALL), privacy_level="PUBLIC_TO_EVERYONE", allow_comment=True)

    found = {(one["field"], one["code"]) for one in told["problems"]}
    assert found >= {
        ("privacy_level", "privacy_level_not_available"),
        ("source", "longer_than_creator_may"),
        ("allow_comment", "interaction_switched_off"),
    }
    assert all(one["fix"] for one in told["problems"])
    assert requests(journey, account, "/v2/post/publish/video/init/") == []


def test_a_dry_run_publishes_nothing(journey, account, uploaded, stack):
    before = len(stack.executions())

    told = asked(journey, account, uploaded(SMALL), "/v1/publishes", dry_run=True)

    assert told["ok"] is True
    assert told["plan"]["cost"]["micro_usd"] > 0
    assert len(stack.executions()) == before
    assert posts(journey, account) == []


def test_the_budgets_of_the_plan_shrink_with_each_post(journey, account, uploaded, videos):
    def left():
        told = asked(journey, account, key)
        return {one["budget"]: one["remaining"] for one in told["plan"]["budgets"]}["direct_posts"]

    key = uploaded(SMALL)
    before = left()

    published(journey, account, videos(SMALL)[0])

    assert left() == before - 1
