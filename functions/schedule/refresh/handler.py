"""Every five minutes: queues the accounts and business connections whose tokens are due for a refresh."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.accounts.tokens.refresh_queue import queue_due
from dropcast.function_telemetry import count_metric, logger, metrics


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        queued = queue_due()
    count_metric("RefreshesQueued", queued)
    return {"queued": queued}
