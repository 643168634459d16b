"""Transfer: streams as many bytes to TikTok as the time of one invocation allows."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.function_telemetry import logger
from dropcast.publishing.transfer.transfer import transfer


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, execution}; returns the next state of the execution (step_results.py)."""
    logger.append_keys(publish_id=event["publish_id"])
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        step = transfer(event["publish_id"], event["execution"])
    logger.info("publish.transferred", outcome=step.outcome, error=step.error and step.error.code)
    return step.to_json()
