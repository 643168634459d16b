"""On the event account.disconnected: queues the account's waiting publishes. A worker then marks them as failed."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.function_telemetry import count_metric, logger, metrics
from dropcast.publishing.outcome.account_disconnected import queue_waiting_publishes


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Takes EventBridge's event; returns how many publishes it queued."""
    account_id = event["detail"]["data"]["account_id"]
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        queued = queue_waiting_publishes(account_id)
    logger.info("publishes.queued", account_id=account_id, publishes=queued)
    count_metric("PublishesOfDisconnected", queued)
    return {"queued": queued}
