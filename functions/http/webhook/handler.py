"""Verifies TikTok's webhooks, queues them and answers 200 at once."""

import base64
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import count_metric, logger, metrics
from dropcast.publishing.outcome.webhook_inbox import receive


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Takes API Gateway's event (payload 2.0). Answers 200 to a webhook that TikTok signed, otherwise 401."""
    body = event.get("body") or ""
    raw = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    accepted = receive(raw, event["headers"].get("tiktok-signature"))
    count_metric("WebhooksReceived" if accepted else "WebhooksRefused")
    return {"statusCode": 200 if accepted else 401, "body": ""}
