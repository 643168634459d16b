"""Signs webhooks by the Standard Webhooks scheme, with the library of standardwebhooks.com."""

from base64 import b64encode
from datetime import UTC, datetime

from pydantic import SecretStr
from standardwebhooks import Webhook

from dropcast import ids

_SECRET_BYTES = 32


def new_secret() -> SecretStr:
    """A new secret: `whsec_` and 32 random bytes in base64."""
    return SecretStr(f"whsec_{b64encode(ids.random_bytes(_SECRET_BYTES)).decode()}")


def signed_headers(secrets: list[SecretStr], event_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of one attempt to deliver `body` at `at` (seconds since the epoch).

    They have one signature per secret.
    """
    time = datetime.fromtimestamp(at, UTC)
    signatures = [Webhook(secret.get_secret_value()).sign(event_id, time, body.decode()) for secret in secrets]
    return {"webhook-id": event_id, "webhook-timestamp": str(at), "webhook-signature": " ".join(signatures)}
