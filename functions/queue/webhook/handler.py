"""Handles TikTok's webhooks, and rechecks publishes for which no webhook arrived.

Webhooks and rechecks have separate queues.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.accounts.disconnect import handle_removal
from dropcast.accounts.models import Account
from dropcast.aws.parallel_batch import Record, failures_of
from dropcast.errors.problem import Problem
from dropcast.function_telemetry import count_metric, logger, metrics
from dropcast.publishing.outcome.fact_store import store_unknown_webhook
from dropcast.publishing.outcome.recheck import RECHECK, parse_message, recheck
from dropcast.publishing.outcome.webhook_handler import handle, handle_stale
from dropcast.publishing.outcome.webhook_inbox import STALE
from dropcast.tiktok.webhooks import REMOVED, WebhookEvent, is_understood, parse

# A call to TikTok may exceed its deadline on `clock` by up to this many seconds.
_LAST_CALL_S = 30
# A call to TikTok needs this many seconds, because the token may have to be refreshed first.
_REFRESH_S = 15


class TryLaterError(Exception):
    """Raised to return one message to the queue."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch from SQS and handles all messages at the same time. Only failed messages return to the queue."""

    def take(record: Record) -> None:
        try:
            _process(record)
        except Exception:
            logger.exception("message.failed", message_id=record["messageId"])
            raise

    with clock.ending_in(context.get_remaining_time_in_millis() / 1000 - _LAST_CALL_S):
        return failures_of(event["Records"], take)


def _process(record: Record) -> None:
    attributes = record.get("messageAttributes") or {}
    if RECHECK in attributes:
        _raise_if_late()
        publish_id, number = parse_message(record["body"])
        publish = recheck(publish_id, number)
        logger.info("publish.rechecked", publish_id=publish_id, number=number, state=publish and publish.state.value)
    elif webhook := parse(record["body"].encode()):
        if STALE in attributes or webhook.event == REMOVED:
            _raise_if_late()
        _process_webhook(webhook, record["body"], stale=STALE in attributes)
    else:
        logger.warning("webhook.unreadable", message_id=record["messageId"])


def _raise_if_late() -> None:
    """Raise TryLaterError if too little time is left to call TikTok. After a timeout the whole batch would return to
    the queue.
    """
    if clock.seconds_left() < _REFRESH_S:
        raise TryLaterError("too little time is left to call TikTok")


def _process_webhook(webhook: WebhookEvent, body: str, *, stale: bool) -> None:
    count_metric("WebhooksHeard")
    publish_id = handle_stale(webhook) if stale else handle(webhook)
    logger.info("webhook.handled", tiktok_event=webhook.event, stale=stale, publish_id=publish_id)
    if not is_understood(webhook):
        store_unknown_webhook(webhook.event, body)
        count_metric("WebhooksUnknown")
    if webhook.event == REMOVED:
        _process_removal(webhook)


def _process_removal(webhook: WebhookEvent) -> None:
    match handle_removal(webhook):
        case None:
            logger.info("removal.ignored", open_id=webhook.open_id)
        case Account(account_id=account_id, end_reason=reason):
            logger.info("account.disconnected", account_id=account_id, reason=reason)
        case Problem(code=code):
            raise TryLaterError(code)
