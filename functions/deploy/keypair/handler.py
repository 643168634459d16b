"""Keypair: gives CloudFormation the public key of a media key pair. The first request creates the pair."""

from typing import Any

import httpx
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.function_telemetry import logger
from dropcast.publishing.photos.signing_key import ensure_public_key
from dropcast.tiktok.client import Unanswered, send
from dropcast.tiktok.http.http_client import new_client


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes a custom resource's event and sends the answer to its ResponseURL.

    On deletion it only answers, because CloudFormation deletes the secret.
    """
    secret_arn = event["ResourceProperties"]["SecretArn"]
    answer: dict[str, Any] = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"PhysicalResourceId": secret_arn, "Status": "SUCCESS"}
    try:
        if event["RequestType"] != "Delete":
            key = ensure_public_key(secret_arn)
            answer["Data"] = {"PublicKey": key.pem, "KeyId": key.key_id}
    except Exception:
        logger.exception("key.not_created")
        answer |= {"Status": "FAILED", "Reason": "The media key could not be created; see this function's log."}
    http = new_client(httpx.Timeout(20))
    sent = send(http, "PUT", event["ResponseURL"], json=answer, headers={"content-type": ""})
    if isinstance(sent, Unanswered):
        raise RuntimeError(f"CloudFormation did not accept the answer: {sent.reason}")
    if sent.is_error:
        raise RuntimeError(f"CloudFormation did not accept the answer: HTTP {sent.status_code}")
