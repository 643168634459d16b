"""Outbox: takes each event that was stored in the outbox table, sends the event to the bus, then deletes it."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.events.outbox.outbox_store import waiting
from dropcast.events.outbox.relay import relay
from dropcast.function_telemetry import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes a batch of the outbox's stream. The batch is repeated from the first event that EventBridge refused."""
    written = [record["dynamodb"] for record in event["Records"] if "NewImage" in record["dynamodb"]]
    events = [waiting(one["NewImage"]) for one in written]
    refused = relay(events)
    logger.info("events.relayed", events={one.event_id: one.name for one in events}, refused=refused)
    failed = [one["SequenceNumber"] for one in written if one["Keys"]["pk"]["S"] in refused]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in failed]}
