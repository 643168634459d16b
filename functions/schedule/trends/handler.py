"""Every six hours: queues all lists of trends for collection."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import count_metric, logger, metrics
from dropcast.trends.run_queue import begin_run


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes EventBridge's Scheduled Event. Returns the run and the number of queued lists."""
    run = begin_run()
    count_metric("TrendsQueued", run.queued)
    logger.info("trends.queued", run_id=run.run_id, queued=run.queued)
    return {"run_id": run.run_id, "queued": run.queued}
