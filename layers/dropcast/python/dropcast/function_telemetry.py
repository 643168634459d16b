"""The logger and the metrics of a function, for its handler."""

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()


def count_metric(name: str, count: int = 1) -> None:
    """Add `count` to a metric of this invocation."""
    metrics.add_metric(name, MetricUnit.Count, count)
