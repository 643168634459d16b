"""Prepare: makes all checks of a publish that need no call to TikTok."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import logger
from dropcast.publishing.steps.prepare import prepare


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, execution}; returns the next state of the execution (step_results.py)."""
    logger.append_keys(publish_id=event["publish_id"])
    step = prepare(event["publish_id"], event["execution"])
    logger.info("publish.prepared", outcome=step.outcome)
    return step.to_json()
