import hashlib
import hmac
import json
import random
from typing import Any

import pytest
from pydantic import SecretStr

from dropcast import clock
from dropcast.accounts import tiktok_app
from dropcast.accounts.tiktok_app import store_app_credentials
from dropcast.aws import clients
from dropcast.publishing.outcome.webhook_inbox import STALE, receive
from dropcast.settings import settings
from dropcast.tiktok.oauth import AppCredentials
from dropcast.tiktok.webhooks import parse
from tests.unit.support.memory_aws import maker

SECRET = "canary-client-secret"
BODY = b'{"event": "post.publish.complete", "create_time": 1, "content": "{}"}'


@pytest.fixture
def queue_url(cloud, monkeypatch) -> str:
    held = clock.now()
    monkeypatch.setattr(clock, "now", lambda: held)
    url = clients.client("sqs").create_queue(QueueName="webhooks")["QueueUrl"]
    monkeypatch.setenv("WEBHOOK_QUEUE_URL", url)
    monkeypatch.setenv("RECHECK_QUEUE_URL", clients.client("sqs").create_queue(QueueName="rechecks")["QueueUrl"])
    settings.cache_clear()
    return url


def signed(raw: bytes, secret: str = SECRET, at: int | None = None) -> str:
    at = clock.now() if at is None else at
    return f"t={at},s={hmac.new(secret.encode(), f'{at}.'.encode() + raw, hashlib.sha256).hexdigest()}"


def queued(url: str) -> list[dict[str, Any]]:
    answer = clients.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)
    return answer.get("Messages", [])


def change_secret(to: str) -> None:
    store_app_credentials(AppCredentials("key-1", SecretStr(to)))
    tiktok_app._webhook_secrets.cache_clear()


def test_a_signed_webhook_is_queued(queue_url):
    assert receive(BODY, signed(BODY)) is True

    (message,) = queued(queue_url)
    assert message["Body"] == BODY.decode()
    assert "MessageAttributes" not in message


@pytest.mark.parametrize("age", [301, 72 * 3600, -301])
def test_a_signed_webhook_with_another_time_is_queued_with_the_rechecks(queue_url, age):
    assert receive(BODY, signed(BODY, at=clock.now() - age)) is True

    (message,) = queued(settings().recheck_queue_url)
    assert list(message["MessageAttributes"]) == [STALE]
    assert queued(queue_url) == []


@pytest.mark.parametrize("more", ["\uffff", "x" * 262_144], ids=["a character that SQS refuses", "too long"])
def test_a_verdict_too_large_for_a_message_is_queued_without_its_other_fields(queue_url, more):
    content = json.dumps({"publish_id": "v~1", "post_id": 7})
    raw = json.dumps(
        {"event": "post.publish.complete", "create_time": 1, "content": content, "more": more}, ensure_ascii=False
    )

    assert receive(raw.encode(), signed(raw.encode())) is True

    (message,) = queued(queue_url)
    assert parse(message["Body"].encode()) == parse(raw.encode()) is not None


def test_a_verdict_as_a_json_object_is_queued(queue_url):
    raw = json.dumps({"event": "post.publish.complete", "create_time": 1, "content": {"publish_id": "v~1"}}).encode()

    assert receive(raw, signed(raw)) is True

    (message,) = queued(queue_url)
    assert message["Body"] == raw.decode()


@pytest.mark.parametrize(
    "signature",
    [None, "", "t=1,s=0", signed(BODY, "another"), signed(BODY + b" ")],
    ids=["none", "empty", "made up", "of another secret", "of another body"],
)
def test_an_unsigned_webhook_is_not_queued(queue_url, signature):
    assert receive(BODY, signature) is False
    assert queued(queue_url) == []


@pytest.mark.parametrize("raw", [b"\xff\xfe{}", b"", b"\x00", b'{"a": "\xef\xbf\xbf"}'])
def test_a_signed_body_that_no_queue_accepts_is_not_requested_again(queue_url, raw):
    assert receive(raw, signed(raw)) is True
    assert queued(queue_url) == []


def test_a_verdict_passes_the_queue_unchanged(queue_url):
    raw = BODY.replace(b"{}", '{\\"publish_id\\": \\"v~1\\", \\"reason\\": \\"é😀\\"}'.encode())

    receive(raw, signed(raw))

    assert parse(queued(queue_url)[0]["Body"].encode()) == parse(raw) is not None


def test_after_a_change_the_previous_secret_is_valid_for_a_week(queue_url, monkeypatch):
    change_secret("canary-second")

    assert receive(BODY, signed(BODY, "canary-second")) is True
    assert receive(BODY, signed(BODY, SECRET)) is True

    later = clock.now() + 7 * 24 * 3600 + 1  # AWS stores fractions of a second, and our clock has none
    monkeypatch.setattr(clock, "now", lambda: later)
    assert receive(BODY, signed(BODY, "canary-second")) is True
    assert receive(BODY, signed(BODY, SECRET)) is False


def test_storing_the_new_secret_twice_drops_the_old_one_at_once(queue_url):
    change_secret("canary-second")
    change_secret("canary-second")

    assert receive(BODY, signed(BODY, SECRET)) is False


def test_none_of_ten_thousand_forgeries_is_accepted(queue_url):
    chance = random.Random(7)

    taken = [number for number in range(10_000) if receive(*_forged(chance, number % 10))]

    assert taken == []
    assert queued(queue_url) == []
    assert receive(BODY, signed(BODY)) is True


def _forged(chance: random.Random, kind: int) -> tuple[bytes, str | None]:
    """A true webhook with one property changed."""
    raw = json.dumps({"event": "post.publish.complete", "create_time": chance.randrange(2**31), "content": "{}"})
    body, header = raw.encode(), signed(raw.encode())
    at, signature = header.removeprefix("t=").split(",s=")
    place = chance.randrange(len(body))
    match kind:
        case 0:
            return body[:place] + bytes([body[place] ^ 1 << chance.randrange(8)]) + body[place + 1 :], header
        case 1:
            return body[:place] + body[place + 1 :], header
        case 2:
            return body + chance.randbytes(1), header
        case 3:
            return body, f"t={int(at) + chance.choice((-1, 1)) * chance.randrange(1, 10**6)},s={signature}"
        case 4:
            digit = chance.randrange(64)
            other = chance.choice([one for one in "0123456789abcdef" if one != signature[digit]])
            return body, f"t={at},s={signature[:digit]}{other}{signature[digit + 1 :]}"
        case 5:
            return body, signed(body, chance.choice(["", "key-1", SECRET.upper(), SECRET + " ", "set-me"]))
        case 6:
            return body, chance.choice([None, "", f"s={signature}", f"t={at}", f"t={at},s={signature},s={signature}"])
        case 7:
            return body, f"t={at},s={signature[: chance.randrange(64)]}"
        case 8:
            return body, f"t={at},s={hashlib.sha256(f'{at}.'.encode() + body).hexdigest()}"
        case _:
            return body, f"t={at},s={hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()}"


def test_a_secret_that_was_never_changed_is_the_only_one(queue_url):
    versions = maker("secretsmanager").describe_secret(SecretId="app")["VersionIdsToStages"]

    assert [stage for stages in versions.values() for stage in stages] == ["AWSCURRENT"]
    assert tiktok_app.webhook_secrets() == [SECRET]
