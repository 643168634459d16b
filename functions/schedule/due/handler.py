"""Due: the time of a scheduled publish has come."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.publishing.execution.launch import launch_due

_logger = Logger()


@_logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes the input of a Scheduler entry, {publish_id, execution}, as often as it is delivered."""
    _logger.append_keys(publish_id=event["publish_id"])
    _logger.info("due", begun=launch_due(event["publish_id"], event["execution"]))
