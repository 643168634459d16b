"""TikTok's verdict, from webhooks that are early, late, repeated or missing, and from polls."""

import time

from tests.e2e.road import (
    SMALL,
    begun,
    fault,
    forget_webhooks,
    posts,
    published,
    requests,
    send_webhook,
    transitions,
    wait_for,
)


def test_one_end_sends_one_event(journey, account, videos, events):
    shown = published(journey, account, videos(SMALL)[0])

    wait_for(lambda: events.of("publish.published", account))
    time.sleep(1)
    (event,) = events.of("publish.published", account)
    assert event["publish_id"] == shown["publish_id"]


def test_a_webhook_within_the_first_long_round_costs_at_most_ten_transitions(journey, account, videos, stack):
    published(journey, account, videos(SMALL)[0])

    shown = published(journey, account, videos(SMALL)[0])

    states = transitions(stack, shown["publish_id"])
    assert "WatchLong" in states
    assert len(states) <= 10, states


def test_without_webhooks_a_verdict_is_seen_at_the_end_of_its_round(journey, account, videos, stack):
    forget_webhooks(stack)
    processing = 6
    journey.sandbox("PATCH", "/settings", json={"webhooks_enabled": False, "processing_seconds": processing})

    shown = published(journey, account, videos(SMALL)[0])
    seen = time.time()

    (post,) = posts(journey, account)
    assert shown["state"] == "published"
    assert seen - (post["complete_at"] + processing) < 15
    assert len(requests(journey, account, "status_fetch")) == 2


def test_repeated_and_out_of_order_webhooks_change_nothing(journey, account, videos, events):
    change = {"webhook_duplicates": 2, "webhook_reorder_seconds": 0.5, "publicly_available_seconds": 0.1}
    journey.sandbox("PATCH", "/settings", json=change)

    shown = published(journey, account, videos(SMALL)[0])
    time.sleep(3)

    later = journey.show(shown["publish_id"])
    assert later["state"] == "published"
    assert later["history"] == shown["history"]
    assert len(events.of("publish.published", account)) == 1


def test_a_webhook_before_the_task_token_is_not_lost(journey, account, videos):
    journey.sandbox("PATCH", "/settings", json={"processing_seconds": 0})

    assert published(journey, account, videos(SMALL)[0])["state"] == "published"


def test_a_webhook_before_the_publish_id_is_stored_is_not_lost(journey, account, videos, stack):
    fault(journey, "video_init", "slow_answer", seconds=4)
    publish_id, _ = begun(journey, account, videos(SMALL)[0])
    init = wait_for(lambda: [e for e in requests(journey, account, "video_init") if e["publish_id"]])[0]
    assert journey.show(publish_id)["tiktok_publish_id"] is None

    answer = send_webhook(journey, stack, "post.publish.complete", init["publish_id"])
    shown = journey.until_rest(publish_id)

    assert answer.status_code == 200
    assert shown["state"] == "published"
    assert requests(journey, account, "status_fetch") == []


def test_a_forged_webhook_is_refused(journey, account, videos, stack):
    answer = send_webhook(journey, stack, "post.publish.complete", "v_pub_file~forged", secret="wrong")

    assert answer.status_code == 401


def test_a_failure_shows_tiktoks_reason(journey, account, videos):
    journey.sandbox("PATCH", "/settings", json={"fail_reason": "spam_risk_text"})

    shown = published(journey, account, videos(SMALL)[0])

    assert (shown["state"], shown["error"]["code"]) == ("failed", "spam_risk_text")
