"""A publish may use another bucket's objects if a parameter grants it, with or without versions."""

import secrets

import pytest

from tests.e2e.conftest import GRANTED_BUCKET
from tests.e2e.road import SMALL, posts


@pytest.fixture(scope="session")
def granted(stack) -> str:
    stack.client("s3").create_bucket(Bucket=GRANTED_BUCKET)
    return GRANTED_BUCKET


def published(journey, account, source):
    body = {"account_id": account, "source": {"type": "s3", **source}, "privacy_level": "SELF_ONLY"}
    return journey.api("POST", "/v1/publishes", json=body)


def test_a_video_in_a_granted_bucket_is_published_unchanged(journey, account, videos, stack, granted):
    path, sha256 = videos(SMALL)
    key = f"theirs/{secrets.token_hex(4)}.mp4"
    stack.client("s3").put_object(Bucket=granted, Key=key, Body=path.read_bytes())

    taken = published(journey, account, {"bucket": granted, "key": key}).raise_for_status().json()

    assert journey.until_rest(taken["publish_id"])["state"] == "published"
    assert posts(journey, account)[0]["sha256"] == sha256


def test_a_bucket_without_a_grant_is_refused_and_the_message_names_both_fixes(journey, account, stack):
    answer = published(journey, account, {"bucket": "someone-elses", "key": "a.mp4"})

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (400, "bucket_not_ours")
    assert stack.bucket in error["fix"]
    assert "SOURCE_BUCKETS" in error["fix"]
