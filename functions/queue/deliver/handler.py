"""Makes deliveries to webhook endpoints, all of a batch at the same time."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.aws.parallel_batch import Record, failures_of
from dropcast.events.deliveries.deliver import deliver
from dropcast.events.deliveries.delivery_queue import read

_logger = Logger()
metrics = Metrics()

METRICS = {
    "delivered": "WebhooksDelivered",
    "to_retry": "WebhooksToRetry",
    "put_off": "WebhooksPutOff",
    "handed_over": "WebhooksHandedOver",
    "failed": "WebhooksFailed",
}


@_logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch from SQS. Only failed messages return to the queue."""
    return failures_of(event["Records"], _deliver)


def _deliver(record: Record) -> None:
    delivery = read(record["body"])
    try:
        outcome = deliver(delivery)
    except Exception:
        _logger.exception("delivery.interrupted", endpoint_id=delivery.endpoint_id, event_id=delivery.event_id)
        raise
    if outcome in METRICS:
        metrics.add_metric(METRICS[outcome], MetricUnit.Count, 1)
    _logger.info("delivery.tried", outcome=outcome, endpoint_id=delivery.endpoint_id, event_id=delivery.event_id)
