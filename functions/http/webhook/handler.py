"""Verifies TikTok's webhooks, queues them and answers 200 at once."""

import base64
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.publishing.outcome.webhook_inbox import receive

_logger = Logger()
metrics = Metrics()


@_logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes API Gateway's event (payload 2.0). 200 for a webhook that TikTok signed, otherwise 401."""
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    accepted = receive(raw, event["headers"].get("tiktok-signature"))
    metrics.add_metric("WebhooksReceived" if accepted else "WebhooksRefused", MetricUnit.Count, 1)
    return {"statusCode": 200 if accepted else 401, "body": ""}
