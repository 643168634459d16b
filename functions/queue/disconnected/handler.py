"""Fails the waiting publishes of disconnected accounts. Each message names some of these publishes."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast import clock
from dropcast.aws.parallel_batch import Record, failures_of
from dropcast.function_telemetry import logger
from dropcast.publishing.outcome.account_disconnected import fail_waiting_publishes


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch from SQS. A failed message returns to the queue. The next attempt continues where the failed one
    stopped.
    """
    with clock.ending_in(context.get_remaining_time_in_millis() / 1000):
        return failures_of(event["Records"], _fail_publishes)


def _fail_publishes(record: Record) -> None:
    try:
        failed = fail_waiting_publishes(record["body"])
    except Exception:
        logger.exception("publishes.not_failed", message_id=record["messageId"])
        raise
    logger.info("publishes.failed", message_id=record["messageId"], publishes=failed)
