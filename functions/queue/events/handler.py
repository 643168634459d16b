"""For each event, creates a delivery to every webhook endpoint that subscribes to the event."""

import json
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.aws.parallel_batch import Record, failures_of
from dropcast.events.deliveries.fan_out import fan_out
from dropcast.events.endpoints.endpoint_store import Endpoint, all_endpoints
from dropcast.function_telemetry import count_metric, logger, metrics


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    """Takes a batch from SQS. Only failed messages return to the queue."""
    endpoints = all_endpoints()
    return failures_of(event["Records"], lambda record: _fan_out(record, endpoints))


def _fan_out(record: Record, endpoints: list[Endpoint]) -> None:
    message = json.loads(record["body"])
    name, event_id = message["detail-type"], message["detail"]["event_id"]
    try:
        deliveries = fan_out(event_id, name, json.dumps(message["detail"], ensure_ascii=False), endpoints)
    except Exception:
        logger.exception("event.not_fanned_out", event_id=event_id, event_name=name)
        raise
    count_metric("WebhooksQueued", deliveries)
    logger.info("event.fanned_out", event_id=event_id, event_name=name, deliveries=deliveries)
