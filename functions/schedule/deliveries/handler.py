"""Every minute: queues deliveries that are due and whose message is missing."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.events.deliveries.requeue_due import requeue_due

_logger = Logger()
metrics = Metrics()


@_logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Takes EventBridge's Scheduled Event; returns how many deliveries it queued."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        queued = requeue_due()
    metrics.add_metric("WebhooksQueuedAgain", MetricUnit.Count, queued)
    return {"queued": queued}
