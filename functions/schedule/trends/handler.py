"""Every six hours: would collect trends. No source is configured yet, and it says so."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
metrics = Metrics()


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    logger.info("no trend source is configured, nothing collected")
    metrics.add_metric("TrendRunsWithoutSource", MetricUnit.Count, 1)
    return {"sources": 0}
