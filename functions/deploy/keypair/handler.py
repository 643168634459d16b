"""Keypair: CloudFormation asks for the public half of a media key, which is made the first time."""

import logging
from typing import Any

import httpx
from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.publishing.media_key_store import public_key

logger = Logger()
logging.getLogger("httpx").setLevel(logging.WARNING)  # the address that it would write is signed


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Takes a custom resource's event; answers at its ResponseURL. A deletion leaves the secret to CloudFormation."""
    secret_arn = event["ResourceProperties"]["SecretArn"]
    answer: dict[str, Any] = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"PhysicalResourceId": secret_arn, "Status": "SUCCESS"}
    try:
        if event["RequestType"] != "Delete":
            key = public_key(secret_arn)
            answer["Data"] = {"PublicKey": key.pem, "KeyId": key.key_id}
    except Exception:
        logger.exception("no key")
        answer |= {"Status": "FAILED", "Reason": "The media key could not be made; see this function's log."}
    sent = httpx.put(event["ResponseURL"], json=answer, headers={"content-type": ""}, timeout=20)
    if sent.is_error:
        raise RuntimeError(f"CloudFormation did not take the answer: HTTP {sent.status_code}")
