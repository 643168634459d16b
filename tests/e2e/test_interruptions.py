"""Interrupts publishes: kills processes, loses answers, replaces objects.

No post is lost or made twice.
"""

import secrets

import pytest

from tests.e2e.road import (
    CHUNK,
    SEVERAL_CHUNKS,
    SMALL,
    begun,
    bytes_put,
    fault,
    posts,
    published,
    received_bytes,
    requests,
    store_unstarted,
    wait_for,
)


def test_an_upload_whose_process_is_killed_midway_continues(journey, account, videos, stack):
    path, sha256 = videos(SEVERAL_CHUNKS)
    fault(journey, "upload", "slow_body", bytes_per_second=2_000_000, skip=3)
    publish_id, _ = begun(journey, account, path)
    wait_for(lambda: received_bytes(journey, publish_id) >= 3 * CHUNK)

    killed = stack.kill_lambda("workflow-transfer")
    shown = journey.until_rest(publish_id)

    (post,) = posts(journey, account)
    assert killed
    assert shown["state"] == "published"
    assert post["sha256"] == sha256
    assert bytes_put(post) - SEVERAL_CHUNKS <= CHUNK
    assert len(requests(journey, account, "video_init")) == 1


def test_an_upload_whose_process_is_killed_after_its_last_byte_is_not_sent_again(journey, account, videos, stack):
    path, sha256 = videos(SEVERAL_CHUNKS)
    fault(journey, "upload", "slow_answer", seconds=20, skip=6)
    publish_id, _ = begun(journey, account, path)
    wait_for(lambda: received_bytes(journey, publish_id) == SEVERAL_CHUNKS)

    killed = stack.kill_lambda("workflow-transfer")
    shown = journey.until_rest(publish_id)

    (post,) = posts(journey, account)
    assert killed
    assert shown["state"] == "published"
    assert (post["sha256"], bytes_put(post)) == (sha256, SEVERAL_CHUNKS)
    assert len(requests(journey, account, "video_init")) == 1


def test_the_original_of_an_object_overwritten_during_the_upload_is_sent(journey, account, videos, stack):
    path, sha256 = videos(SEVERAL_CHUNKS)
    fault(journey, "upload", "slow_body", bytes_per_second=4_000_000, skip=2)
    publish_id, key = begun(journey, account, path)
    wait_for(lambda: received_bytes(journey, publish_id) >= CHUNK)

    journey.upload(videos(SMALL)[0], key)
    shown = journey.until_rest(publish_id)

    (post,) = posts(journey, account)
    assert (shown["state"], post["sha256"]) == ("published", sha256)


@pytest.mark.parametrize(("kind", "took_effect"), [("reset_before", 1), ("reset_after", 2)])
def test_after_a_lost_init_answer_the_video_is_posted_once(journey, account, videos, kind, took_effect):
    fault(journey, "video_init", kind)

    shown = published(journey, account, videos(SMALL)[0])

    assert shown["state"] == "published"
    assert sum(bool(one["effect"]) for one in requests(journey, account, "video_init")) == took_effect
    assert len(posts(journey, account)) == 1
    assert [moment["code"] for moment in shown["history"] if moment["code"]] == ["init_lost"]


def test_after_a_killed_start_the_video_is_posted_once(journey, account, videos, stack):
    fault(journey, "video_init", "slow_answer", seconds=8)
    publish_id, _ = begun(journey, account, videos(SMALL)[0])
    wait_for(lambda: requests(journey, account, "video_init"))

    killed = stack.kill_lambda("workflow-start")
    shown = journey.until_rest(publish_id)

    assert killed
    assert shown["state"] == "published"
    assert len(requests(journey, account, "video_init")) == 2
    assert len(posts(journey, account)) == 1


@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("effect", [False, True])
def test_after_a_gateway_error_tiktoks_progress_decides_whether_a_chunk_arrived(
    journey, account, videos, status, effect
):
    path, sha256 = videos(SEVERAL_CHUNKS)
    fault(journey, "upload", "answer", status=status, body="<html>bad gateway</html>", skip=2, effect=effect)

    shown = published(journey, account, path)

    (post,) = posts(journey, account)
    assert (shown["state"], post["sha256"]) == ("published", sha256)
    assert bytes_put(post) - SEVERAL_CHUNKS <= CHUNK


def test_a_wrong_content_range_does_not_corrupt_the_upload(journey, account, videos):
    path, sha256 = videos(SEVERAL_CHUNKS)
    fault(journey, "upload", "wrong_content_range", content_range="bytes 0-5/70000001", skip=1)

    shown = published(journey, account, path)

    (post,) = posts(journey, account)
    assert (shown["state"], post["sha256"]) == ("published", sha256)


def test_an_aborted_execution_settles_its_publish(journey, account, videos, stack):
    fault(journey, "upload", "slow_body", bytes_per_second=1_000_000, skip=1)
    publish_id, _ = begun(journey, account, videos(SEVERAL_CHUNKS)[0])
    wait_for(lambda: received_bytes(journey, publish_id) >= CHUNK)

    (execution,) = stack.executions(publish_id)
    stack.client("stepfunctions").stop_execution(executionArn=execution["executionArn"])
    shown = journey.until_rest(publish_id)

    assert (shown["state"], shown["error"]["code"]) == ("failed", "upload_failed")
    assert posts(journey, account) == []


def test_the_sweep_starts_a_row_without_an_execution(journey, account, videos, stack):
    key = f"in/{secrets.token_hex(4)}.mp4"
    journey.upload(videos(SMALL)[0], key)
    publish_id = store_unstarted(stack, account, key)

    stack.client("lambda").invoke(FunctionName=stack.function_name("schedule-sweep"), Payload=b"{}")

    assert journey.until_rest(publish_id)["state"] == "published"
