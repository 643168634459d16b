"""The outbox leaves: every event written with a transition goes to the bus, then out of the table."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.events.relay import relay

logger = Logger()
processor = BatchProcessor(event_type=EventType.DynamoDBStreams)


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch of the outbox's stream; what fails comes again, the rest does not."""
    return process_partial_response(event=event, record_handler=_relay, processor=processor, context=context)


def _relay(record: DynamoDBRecord) -> None:
    image = record.dynamodb.new_image if record.dynamodb else None
    if image:
        relay(image["pk"], image["name"], image["body"])
        logger.info("relayed", event_name=image["name"], event_id=image["pk"])
