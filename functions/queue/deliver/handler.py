"""Delivers events to webhook endpoints. All deliveries of a batch are made at the same time."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.aws.parallel_batch import Record, failures_of
from dropcast.events.deliveries.deliver import deliver
from dropcast.events.deliveries.delivery_queue import read
from dropcast.function_telemetry import count_metric, logger, metrics

METRICS = {
    "delivered": "WebhooksDelivered",
    "to_retry": "WebhooksToRetry",
    "put_off": "WebhooksPutOff",
    "handed_over": "WebhooksHandedOver",
    "failed": "WebhooksFailed",
}


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch from SQS. Only failed messages return to the queue."""
    return failures_of(event["Records"], _deliver)


def _deliver(record: Record) -> None:
    delivery = read(record["body"])
    try:
        outcome = deliver(delivery)
    except Exception:
        logger.exception("delivery.interrupted", endpoint_id=delivery.endpoint_id, event_id=delivery.event_id)
        raise
    if outcome in METRICS:
        count_metric(METRICS[outcome])
    logger.info("delivery.tried", outcome=outcome, endpoint_id=delivery.endpoint_id, event_id=delivery.event_id)
