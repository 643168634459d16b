"""Start: begins the post at TikTok."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.publishing.start import start

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes {publish_id, execution}; answers a step of dropcast.publishing.steps."""
    logger.append_keys(publish_id=event["publish_id"])
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        step = start(event["publish_id"], event["execution"])
    logger.info("started", outcome=step["outcome"], error=step.get("error"))
    return step
