"""Pictures: prepares as many pictures of a photo post as the time of one invocation allows."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.function_telemetry import logger
from dropcast.publishing.model.step_results import StepResult
from dropcast.publishing.photos.prepare_photos import prepare_pictures


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, execution, step}; returns the next state of the execution (step_results.py)."""
    logger.append_keys(publish_id=event["publish_id"])
    bad = StepResult.from_json(event["step"]).bad or ()
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        step = prepare_pictures(event["publish_id"], event["execution"], bad)
    logger.info("pictures.prepared", outcome=step.outcome, error=step.error and step.error.code)
    return step.to_json()
