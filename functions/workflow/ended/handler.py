"""Ended: handles an execution that failed, timed out or was aborted.

Settles the publish of the execution, or marks the publish as held for its next execution.
"""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import logger
from dropcast.publishing.outcome.settle import recover


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes EventBridge's Step Functions Execution Status Change."""
    detail = event["detail"]
    publish_id = json.loads(detail["input"])["publish_id"]
    logger.append_keys(publish_id=publish_id)
    publish = recover(publish_id, detail["name"], aborted=detail["status"] == "ABORTED")
    logger.warning("execution.ended", status=detail["status"], state=publish.state.value)
