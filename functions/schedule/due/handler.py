"""Due: starts the execution of a scheduled publish at its time."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import logger
from dropcast.publishing.execution.launch import launch_due


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes a Scheduler entry's input, {publish_id, execution}. A second event for the same entry has no effect."""
    logger.append_keys(publish_id=event["publish_id"])
    logger.info("publish.due", begun=launch_due(event["publish_id"], event["execution"]))
