"""The whole flow on the local stack: a publish by the API or a drop is posted unchanged."""

import json
import secrets

import pytest

from tests.e2e.road import SEVERAL_CHUNKS, SMALL, bytes_put, posts, published, wait_for


@pytest.mark.parametrize("size", [SMALL, 64_000_000, 64_000_001, SEVERAL_CHUNKS])
def test_a_publish_by_the_api_is_posted_unchanged(journey, account, videos, size):
    path, sha256 = videos(size)

    shown = published(journey, account, path, title="café 😀 #one", allow_comment=True)

    (post,) = posts(journey, account)
    assert shown["state"] == "published"
    assert shown["bytes_sent"] == shown["bytes_total"] == size
    assert (post["sha256"], post["received_bytes"], post["title"]) == (sha256, size, "café 😀 #one")
    assert bytes_put(post) == size
    assert post["post_info"]["disable_comment"] is False
    assert [moment["state"] for moment in shown["history"]] == [
        "queued",
        "starting",
        "uploading",
        "processing",
        "published",
    ]


def test_a_drop_is_posted_and_its_object_stays(journey, account, videos, stack):
    path, sha256 = videos(SMALL)

    journey.drop(account, path, "clip.mp4", {"privacy_level": "SELF_ONLY", "title": "dropped"})

    (post,) = wait_for(lambda: posts(journey, account))
    assert (post["sha256"], post["title"]) == (sha256, "dropped")
    kept = stack.client("s3").get_object(Bucket=stack.bucket, Key=f"drop/{account}/clip.mp4")["Body"].read()
    assert kept == path.read_bytes()


def test_requests_with_the_same_idempotency_key_post_once(journey, account, videos):
    key = f"in/{secrets.token_hex(4)}.mp4"
    journey.upload(videos(SMALL)[0], key)
    source = {"type": "s3", "bucket": journey.stack.bucket, "key": key}
    body = {"account_id": account, "source": source, "privacy_level": "SELF_ONLY"}
    headers = {"Idempotency-Key": secrets.token_hex(4)}

    first, second = (journey.api("POST", "/v1/publishes", json=body, headers=headers) for _ in range(2))
    other = journey.api("POST", "/v1/publishes", json={**body, "title": "other"}, headers=headers)
    journey.until_rest(first.json()["publish_id"])

    assert (first.status_code, second.status_code, other.status_code) == (202, 202, 409)
    assert first.json()["publish_id"] == second.json()["publish_id"]
    assert other.json()["error"]["code"] == "idempotency_conflict"
    assert len(posts(journey, account)) == 1


def test_no_secret_is_in_logs_or_histories(journey, account, videos, stack):
    shown = published(journey, account, videos(SMALL)[0])

    (execution,) = stack.executions(shown["publish_id"])
    outside_token = [e for e in stack.history(execution) if "task_token" not in json.dumps(e, default=str)]
    seen = stack.log_file.read_text(errors="replace") + json.dumps(outside_token, default=str)
    for canary in ("upload_token", "act.", "rft.", stack.api_key, "task_token"):
        assert canary not in seen, canary
