"""Every six hours: queues all lists of trends for collection."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.trends.run_queue import begin_run

_logger = Logger()
metrics = Metrics()


@_logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes EventBridge's Scheduled Event; returns the run and how many lists it queued."""
    run = begin_run()
    metrics.add_metric("TrendsQueued", MetricUnit.Count, run.queued)
    _logger.info("trends.queued", run_id=run.run_id, queued=run.queued)
    return {"run_id": run.run_id, "queued": run.queued}
