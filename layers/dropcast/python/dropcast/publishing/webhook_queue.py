"""A webhook at the door: only what TikTok signed gets in, and it costs one write (protocol section 7)."""

from aws_lambda_powertools import Logger

from dropcast import aws, clock
from dropcast.accounts.app import webhook_secrets
from dropcast.settings import settings
from dropcast.tiktok.webhooks import parse, verify

STALE = "stale"
"""The message attribute of a webhook whose signature is old."""

_FRESH_SECONDS = 300

logger = Logger(child=True)


def receive(raw: bytes, signature: str | None) -> bool:
    """Queue the webhook `raw` if `signature` (the TikTok-Signature header) is true; else False.

    One whose signature is old may be a replay: it goes on marked as stale, a reason to ask TikTok and no more. What
    tells no event is taken and dropped: TikTok would send it for three days.
    """
    age = verify(webhook_secrets(), signature, raw, clock.now())
    if age is None:
        return False
    if parse(raw) is None:
        logger.warning("a webhook that says nothing we know", size=len(raw))
        return True
    aws.client("sqs").send_message(
        QueueUrl=settings().webhook_queue_url,
        MessageBody=raw.decode(),
        MessageAttributes={STALE: {"DataType": "String", "StringValue": "true"}} if abs(age) > _FRESH_SECONDS else {},
    )
    return True
