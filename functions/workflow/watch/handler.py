"""Watch: runs one round of waiting for TikTok's verdict.

The handler returns nothing, because a call with the task's token reports the result.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import SecretStr

from dropcast import clock
from dropcast.function_telemetry import logger
from dropcast.publishing.steps.watch import watch


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes {publish_id, execution, task_token, round}."""
    logger.append_keys(publish_id=event["publish_id"])
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        watch(event["publish_id"], event["execution"], SecretStr(event["task_token"]), event["round"])
    logger.info("publish.watched", round=event["round"])
