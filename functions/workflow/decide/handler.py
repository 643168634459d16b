"""Decide: decides whether Start may call init again, after Start died or got no answer to its init."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import logger
from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.steps.decide_after_lost_init import decide


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, execution, step}; returns the next state of the execution (step_results.py)."""
    logger.append_keys(publish_id=event["publish_id"])
    step = decide(event["publish_id"], event["execution"], StepResult.from_json(event["step"]))
    logger.warning("init.lost", outcome=step.outcome)
    return step.to_json()
