import hashlib
import hmac
import json
import re
import time
from itertools import pairwise

import pytest


@pytest.fixture
def hooked(app, receiver):
    app.settings(webhook_url=f"{receiver.url}/hook", processing_seconds=0, publicly_available_seconds=0)
    return app


def signed_with(secret, header, body):
    found = re.fullmatch(r"t=(\d+),s=([0-9a-f]{64})", header)
    assert found
    expected = hmac.new(secret, found[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    return expected == found[2], int(found[1])


def publish(app, video):
    token = app.connect("tom.private")["access_token"]
    return app.upload(token, video)


def test_completion_sends_a_signed_webhook_whose_content_is_a_json_string(hooked, receiver, video):
    publish_id = publish(hooked, video)

    ((header, body),) = receiver.wait_for(1)

    good, moment = signed_with(b"secret", header, body)
    told = json.loads(body)
    assert good
    assert abs(time.time() - moment) < 10
    assert (told["client_key"], told["event"]) == ("ck", "post.publish.complete")
    assert json.loads(told["content"]) == {"publish_id": publish_id, "publish_type": "DIRECT_POST"}


def test_a_public_post_sends_two_webhooks_the_second_with_its_id(hooked, receiver, video):
    hooked.settings(audited=True)
    token = hooked.connect("lena.public")["access_token"]
    hooked.upload(token, video, privacy_level="PUBLIC_TO_EVERYONE")

    receiver.wait_for(2)

    available = next(json.loads(body) for _, body in receiver.got if b"publicly_available" in body)
    assert sorted(receiver.events) == ["post.publish.complete", "post.publish.publicly_available"]
    assert len(str(json.loads(available["content"])["post_id"])) == 19


def test_a_failure_sends_its_reason(hooked, receiver, video):
    hooked.settings(fail_reason="spam_risk_text")
    publish(hooked, video)

    ((_, body),) = receiver.wait_for(1)

    told = json.loads(body)
    assert told["event"] == "post.publish.failed"
    assert json.loads(told["content"])["reason"] == "spam_risk_text"


def test_a_draft_sends_inbox_share(hooked, receiver, video):
    token = hooked.connect()["access_token"]
    hooked.upload(token, video, mode="inbox/video")

    ((_, body),) = receiver.wait_for(1)

    told = json.loads(body)
    assert told["event"] == "post.publish.inbox_delivered"
    assert json.loads(told["content"])["publish_type"] == "INBOX_SHARE"


def test_any_status_but_200_is_retried_with_a_doubling_delay(hooked, receiver, video):
    hooked.settings(webhook_retry_seconds=0.05)
    receiver.answers += [500, 202, 404]
    publish(hooked, video)

    receiver.wait_for(4)

    entries = hooked.journal(route="post.publish.complete")
    assert [one["status"] for one in entries][:3] == [500, 202, 404]
    waits = [after["at"] - before["at"] for before, after in pairwise(entries)]
    assert [wait >= least for wait, least in zip(waits, (0.05, 0.1, 0.2), strict=True)] == [True] * 3


def test_retries_stop_after_their_time(hooked, receiver, video):
    hooked.settings(webhook_retry_seconds=1, webhook_retry_for=0)
    receiver.answers += [500, 500]
    publish(hooked, video)

    receiver.wait_for(1)
    hooked.admin("POST", "clock", {"advance": 10})
    hooked.settings(fail_reason=None)
    publish(hooked, video)
    receiver.wait_for(2)

    assert receiver.got[0][1] != receiver.got[1][1]


def test_advancing_the_clock_sends_a_delayed_webhook(hooked, receiver, video):
    hooked.settings(webhook_delay=1000)
    publish(hooked, video)
    before = list(receiver.got)

    hooked.admin("POST", "clock", {"advance": 1000})

    assert before == []
    receiver.wait_for(1)


def test_duplicates_are_sent_if_set(hooked, receiver, video):
    hooked.settings(webhook_duplicates=2)
    publish(hooked, video)

    receiver.wait_for(3)

    assert len({body for _, body in receiver.got}) == 1


def test_the_order_is_reversed_if_set(hooked, receiver, video):
    hooked.settings(webhook_reorder_seconds=100, audited=True)
    token = hooked.connect("lena.public")["access_token"]
    hooked.upload(token, video, privacy_level="PUBLIC_TO_EVERYONE")

    hooked.admin("POST", "clock", {"advance": 100})

    receiver.wait_for(2)
    assert receiver.events == ["post.publish.publicly_available", "post.publish.complete"]


def test_a_wrong_secret_and_an_old_signature_can_be_set(hooked, receiver, video):
    hooked.settings(webhook_wrong_secret=True, webhook_signature_age=900)
    publish(hooked, video)

    ((header, body),) = receiver.wait_for(1)

    good, moment = signed_with(b"secret", header, body)
    assert not good
    assert 890 < time.time() - moment < 910


def test_no_webhooks_are_sent_if_switched_off(hooked, receiver, video):
    hooked.settings(webhooks_enabled=False)
    publish(hooked, video)
    hooked.settings(webhooks_enabled=True)
    publish(hooked, video)

    receiver.wait_for(1)

    assert len(hooked.journal(route="post.publish.complete")) == 1
