"""Authenticates callers by their API key, and returns the key's scopes and bound user. The API decides what the key may
do.

The gateway caches the answer for up to 60 s, for all routes. During this time a revoked key may still work.
"""

from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.utilities.typing import LambdaContext

from dropcast.access.authentication import authenticate
from dropcast.function_telemetry import logger


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    scheme, _, text = event.get("headers", {}).get("authorization", "").partition(" ")
    key = authenticate(text.strip() if scheme.lower() == "bearer" else "")
    if not key:
        return {"isAuthorized": False}
    # Percent-encoded, because the gateway does not promise to pass every character.
    bound = {} if key.user_id is None else {"user_id": quote(key.user_id, safe="")}
    return {"isAuthorized": True, "context": {"key_id": key.key_id, "scopes": ",".join(sorted(key.scopes)), **bound}}
