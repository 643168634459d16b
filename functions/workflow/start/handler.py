"""Start: sends the init of a publish to TikTok."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.function_telemetry import count_metric, logger, metrics
from dropcast.publishing.steps.start import start


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, execution}; returns the next state of the execution (step_results.py)."""
    logger.append_keys(publish_id=event["publish_id"])
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        step = start(event["publish_id"], event["execution"])
    logger.info("publish.started", outcome=step.outcome, why=step.why, error=step.error and step.error.code)
    if step.why == "reached_active_user_cap":
        count_metric("ActiveUserCapReached")
    return step.to_json()
