"""Every minute: starts executions that did not start in time, and queues the rechecks that are due."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.function_telemetry import count_metric, logger, metrics
from dropcast.publishing.outcome.sweep import sweep


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes EventBridge's Scheduled Event. If a row fails, raises RuntimeError after it has processed all other
    rows.
    """
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        swept = sweep()
    count_metric("PublishesBegunLate", swept.begun)
    if swept.begun or swept.recovered:
        logger.warning("publishes.begun_late", begun=swept.begun, recovered=swept.recovered)
    if swept.failed:
        raise RuntimeError(f"{swept.failed} rows could not be swept; the log lines before name them")
