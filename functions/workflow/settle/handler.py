"""Settle: stores the outcome of the publish (a final state, in_inbox or unknown) and its event in one write."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import count_metric, logger, metrics
from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.outcome.settle import finish


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, step, execution}; returns the state of the publish as `outcome`."""
    logger.append_keys(publish_id=event["publish_id"])
    publish = finish(event["publish_id"], StepResult.from_json(event["step"]), event["execution"])
    logger.info("publish.settled", state=publish.state.value, error=publish.error and publish.error.code)
    count_metric(f"Publish{publish.state.value.title().replace('_', '')}")
    return {"outcome": publish.state.value}
