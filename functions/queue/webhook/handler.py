"""What TikTok's webhooks tell, one message each."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.publishing.hearing import hear
from dropcast.tiktok.webhooks import parse

logger = Logger()
processor = BatchProcessor(event_type=EventType.SQS)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch of SQS; what fails comes again, the rest does not."""
    return process_partial_response(event=event, record_handler=_hear, processor=processor, context=context)


def _hear(record: SQSRecord) -> None:
    webhook = parse(record.body.encode())
    if webhook is None:
        logger.warning("a webhook that says nothing we know")
        return
    publish_id = hear(webhook)
    logger.info("heard", tiktok_event=webhook.event, publish_id=publish_id)
