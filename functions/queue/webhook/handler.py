"""What TikTok's webhooks tell, one message each; and looks at publishes of which they did not tell."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.accounts.disconnect import REMOVED, hear_removal
from dropcast.accounts.models import Account
from dropcast.errors import Problem
from dropcast.publishing.fact_store import keep_unknown
from dropcast.publishing.hearing import hear, hear_stale
from dropcast.publishing.look_again import LOOK, look_again
from dropcast.publishing.webhook_queue import STALE
from dropcast.tiktok.webhooks import EVENTS, WebhookEvent, parse

logger = Logger()
metrics = Metrics()
processor = BatchProcessor(event_type=EventType.SQS)


class TryLaterError(Exception):
    """Hands one message back to the queue."""


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch of SQS; what fails comes again, the rest does not."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        return process_partial_response(event=event, record_handler=_take, processor=processor, context=context)


def _take(record: SQSRecord) -> None:
    attributes = record.raw_event.get("messageAttributes") or {}
    if LOOK not in attributes:
        _hear(record.body, stale=STALE in attributes)
        return
    publish = look_again(record.body)
    logger.info("looked again", publish_id=record.body, state=publish.state if publish else None)


def _hear(body: str, *, stale: bool) -> None:
    webhook = parse(body.encode())
    if webhook is None:
        logger.warning("a webhook that says nothing we know")
        return
    metrics.add_metric("WebhooksHeard", MetricUnit.Count, 1)
    publish_id = hear_stale(webhook) if stale else hear(webhook)
    logger.info("heard", tiktok_event=webhook.event, stale=stale, publish_id=publish_id)
    if webhook.event not in EVENTS:
        keep_unknown(webhook.event, body)
        metrics.add_metric("WebhooksUnknown", MetricUnit.Count, 1)
    if webhook.event == REMOVED:
        _hear_removal(webhook)


def _hear_removal(webhook: WebhookEvent) -> None:
    match hear_removal(webhook):
        case None:
            logger.info("a removal that removes nothing", open_id=webhook.open_id)
        case Account(account_id=account_id, end_reason=reason):
            logger.info("account disconnected by TikTok", account_id=account_id, reason=reason)
        case Problem(code=code):
            raise TryLaterError(code)
