"""Sweep: begins the executions of rows that never began, and has those that rest looked at again."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.publishing.sweep import sweep

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes nothing but the time. Raises, once all others are served, where a row failed: somebody should see it."""
    swept = sweep()
    metrics.add_metric("PublishesBegunLate", MetricUnit.Count, swept.begun)
    if swept.begun:
        logger.warning("begun late", publishes=swept.begun)
    if swept.failed:
        raise RuntimeError(f"{swept.failed} rows could not be swept; the lines before say which")
