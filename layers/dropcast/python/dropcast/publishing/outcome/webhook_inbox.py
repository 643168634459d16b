"""Receives a webhook: verifies TikTok's signature and queues the webhook. Writes nothing else (protocol section 7)."""

import re

from dropcast import clock
from dropcast.accounts.tiktok_app import webhook_secrets
from dropcast.aws import clients
from dropcast.log import logger
from dropcast.settings import settings
from dropcast.tiktok.webhooks import WebhookEvent, body_of, parse, verify

STALE = "stale"
"""The message attribute of a webhook whose signature is old."""

_FRESH_S = 300
# SQS accepts 256 KB, including the attributes.
_MESSAGE_BYTES_MAX = 255 * 1024
_REFUSED_BY_SQS = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def receive(raw: bytes, signature: str | None) -> bool:
    """Queue the webhook `raw`. False if `signature` (the TikTok-Signature header) is not valid.

    If the time in the signature differs from now by more than five minutes, the webhook may be a replay. It only makes
    the worker poll TikTok, so it goes to the queue of rechecks. A body without an event is dropped. The result is then
    True, because otherwise TikTok would send the webhook again for three days.
    """
    age = verify(webhook_secrets(), signature, raw, clock.now())
    if age is None:
        return False
    event = parse(raw)
    if event is None:
        logger.warning("webhook.unreadable", bytes=len(raw))
        return True
    stale = abs(age) > _FRESH_S
    clients.client("sqs").send_message(
        QueueUrl=settings().recheck_queue_url if stale else settings().webhook_queue_url,
        MessageBody=_message(raw, event),
        MessageAttributes={STALE: {"DataType": "String", "StringValue": "true"}} if stale else {},
    )
    return True


def _message(raw: bytes, event: WebhookEvent) -> str:
    """The webhook as received, or only its parsed fields if SQS would refuse the received text.

    SQS refuses long texts and some characters.
    """
    text = raw.decode()
    fits = len(raw) <= _MESSAGE_BYTES_MAX and not _REFUSED_BY_SQS.search(text)
    return text if fits else body_of(event)
