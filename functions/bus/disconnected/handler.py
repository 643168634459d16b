"""account.disconnected on our bus: what waited for that account is settled."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.publishing.disconnected import settle_waiting_of

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Takes EventBridge's event; says how many publishes it settled."""
    account_id = event["detail"]["data"]["account_id"]
    settled = settle_waiting_of(account_id)
    logger.info("settled what waited", account_id=account_id, publishes=settled)
    metrics.add_metric("PublishesOfDisconnected", MetricUnit.Count, settled)
    return {"settled": settled}
