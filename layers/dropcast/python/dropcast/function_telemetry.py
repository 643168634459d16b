"""The logger and the metrics that a function's handler uses."""

import os

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()


def count_metric(name: str, count: int = 1) -> None:
    """Add `count` to a metric of this invocation."""
    metrics.add_metric(name, MetricUnit.Count, count)


def emit_metric(name: str, value: float, *, unit: MetricUnit = MetricUnit.Count, **dimensions: str) -> None:
    """Emit one metric at once, with these `dimensions`. The dimension `service` is by default the function's name.

    AWS charges for each combination of values. So a dimension must have few values, and never ids. Outside a function
    no namespace for metrics is set, and nothing is emitted.
    """
    if "POWERTOOLS_METRICS_NAMESPACE" not in os.environ:
        return
    with single_metric(name=name, unit=unit, value=value) as metric:
        for dimension, one in dimensions.items():
            metric.add_dimension(dimension, one)
