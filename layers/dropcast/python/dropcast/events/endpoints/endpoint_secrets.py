"""The secrets that sign an endpoint's webhooks. The endpoint's row holds them encrypted.

A process keeps a decrypted secret in memory for at most five minutes.
"""

from threading import Lock

from pydantic import SecretStr

from dropcast import clock
from dropcast.aws import vault
from dropcast.events.endpoints.endpoint_store import Endpoint

OVERLAP_S = 24 * 3600
"""How long the previous secret also signs after a rotation."""

_KEPT_S = 300

_open: dict[tuple[str, int], tuple[float, SecretStr]] = {}
_lock = Lock()


def sealed(secret: SecretStr, endpoint_id: str, version: int) -> bytes:
    """`secret`, encrypted for the row of its endpoint."""
    return vault.seal(secret, _context(endpoint_id, version))


def secrets_of(endpoint: Endpoint) -> list[SecretStr]:
    """The secrets that sign now, newest first."""
    found = [_opened(endpoint.endpoint_id, endpoint.secret_version, endpoint.secret_sealed)]
    if endpoint.previous_sealed and clock.now() < (endpoint.previous_until or 0):
        found.append(_opened(endpoint.endpoint_id, endpoint.secret_version - 1, endpoint.previous_sealed))
    return found


def forget() -> None:
    """Remove all decrypted secrets from memory."""
    with _lock:
        _open.clear()


def _opened(endpoint_id: str, version: int, sealed: bytes) -> SecretStr:
    key, now = (endpoint_id, version), clock.monotonic()
    with _lock:
        for old in [one for one, (until, _) in _open.items() if until <= now]:
            del _open[old]
        if key not in _open:
            _open[key] = now + _KEPT_S, vault.unseal(sealed, _context(endpoint_id, version))
        return _open[key][1]


def _context(endpoint_id: str, version: int) -> dict[str, str]:
    return {"endpoint": endpoint_id, "kind": "webhook_secret", "version": str(version)}
