"""The logger and the metrics of a function, for its handler."""

import os

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger()
metrics = Metrics()


def count_metric(name: str, count: int = 1) -> None:
    """Add `count` to a metric of this invocation."""
    metrics.add_metric(name, MetricUnit.Count, count)


def emit_metric(name: str, value: float, *, unit: MetricUnit = MetricUnit.Count, **dimensions: str) -> None:
    """Emit one metric at once, with `dimensions` of its own. Without the dimension `service` it has the function's.

    AWS charges for each combination of dimensions, so a dimension has few values, and none is an id. Outside of a
    function there is no namespace, and nothing is emitted.
    """
    if "POWERTOOLS_METRICS_NAMESPACE" not in os.environ:
        return
    with single_metric(name=name, unit=unit, value=value) as metric:
        for dimension, one in dimensions.items():
            metric.add_dimension(dimension, one)
