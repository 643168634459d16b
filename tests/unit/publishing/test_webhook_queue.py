import hashlib
import hmac

import pytest
from pydantic import SecretStr

from dropcast import aws
from dropcast.publishing.webhook_queue import receive
from dropcast.settings import settings
from dropcast.tiktok.oauth import AppCredentials
from dropcast.tiktok.webhooks import parse

BODY = b'{"event": "post.publish.complete", "create_time": 1, "content": "{}"}'


@pytest.fixture
def queue_url(cloud, monkeypatch) -> str:
    url = aws.client("sqs").create_queue(QueueName="webhooks")["QueueUrl"]
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", url)
    settings.cache_clear()
    credentials = AppCredentials("key", SecretStr("canary-secret"))
    monkeypatch.setattr("dropcast.publishing.webhook_queue.app_credentials", lambda: credentials)
    return url


def signed(raw: bytes, secret: str = "canary-secret", at: int = 1_700_000_000) -> str:
    return f"t={at},s={hmac.new(secret.encode(), f'{at}.'.encode() + raw, hashlib.sha256).hexdigest()}"


def queued(url: str) -> list[str]:
    return [message["Body"] for message in aws.client("sqs").receive_message(QueueUrl=url).get("Messages", [])]


def test_what_tiktok_signed_is_queued_however_old(queue_url):
    assert receive(BODY, signed(BODY)) is True
    assert queued(queue_url) == [BODY.decode()]


@pytest.mark.parametrize("signature", [None, "", "t=1,s=0", signed(BODY, "another"), signed(BODY + b" ")])
def test_what_tiktok_did_not_sign_is_not(queue_url, signature):
    assert receive(BODY, signature) is False
    assert queued(queue_url) == []


@pytest.mark.parametrize("raw", [b"\xff\xfe{}", b"", b"\x00", b'{"a": "\xef\xbf\xbf"}'])
def test_a_signed_body_that_no_queue_takes_is_no_reason_to_send_it_for_three_days(queue_url, raw):
    assert receive(raw, signed(raw)) is True
    assert queued(queue_url) == []


def test_a_verdict_survives_the_queue(queue_url):
    raw = BODY.replace(b"{}", '{\\"publish_id\\": \\"v~1\\", \\"reason\\": \\"é😀\\"}'.encode())

    receive(raw, signed(raw))

    assert parse(queued(queue_url)[0].encode()) == parse(raw) is not None
