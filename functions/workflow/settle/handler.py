"""Settle: brings the publish to rest and stores its event, in one write."""

from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.outcome.settle import finish

_logger = Logger()
metrics = Metrics()


@_logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, step, execution}; returns the state of the publish as `outcome`."""
    _logger.append_keys(publish_id=event["publish_id"])
    publish = finish(event["publish_id"], StepResult.from_json(event["step"]), event["execution"])
    code = publish.error.code if publish.error else None
    _logger.info("publish.settled", state=publish.state.value, error=code)
    metrics.add_metric(f"Publish{publish.state.value.title().replace('_', '')}", MetricUnit.Count, 1)
    return {"outcome": publish.state.value}
