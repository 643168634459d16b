"""Every minute: queues due deliveries whose message is missing."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.events.deliveries.requeue_due import requeue_due
from dropcast.function_telemetry import count_metric, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Takes EventBridge's Scheduled Event; returns how many deliveries it queued."""
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        queued = requeue_due()
    count_metric("WebhooksQueuedAgain", queued)
    return {"queued": queued}
