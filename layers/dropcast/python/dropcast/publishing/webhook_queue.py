"""A webhook at the door: only what TikTok signed gets in, and it costs one write (protocol section 7)."""

from aws_lambda_powertools import Logger

from dropcast import aws, clock
from dropcast.accounts.app import app_credentials
from dropcast.settings import settings
from dropcast.tiktok.webhooks import parse, verify

logger = Logger(child=True)


def receive(raw: bytes, signature: str | None) -> bool:
    """Queue the webhook `raw` if `signature` (the TikTok-Signature header) is true, however old; else False.

    Age does no harm: a webhook adds a fact that TikTok said at its create_time, and the same fact twice is one. What
    tells no event is taken and dropped: TikTok would send it for three days.
    """
    secret = app_credentials().client_secret.get_secret_value()
    if verify([secret], signature, raw, clock.now()) is None:
        return False
    if parse(raw) is None:
        logger.warning("a webhook that says nothing we know", size=len(raw))
        return True
    aws.client("sqs").send_message(QueueUrl=settings().webhook_queue_url, MessageBody=raw.decode())
    return True
