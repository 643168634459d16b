"""Sessions of the console in DynamoDB, under the hashes of their secrets.

Rows have `expires_at` for the table's TTL. DynamoDB deletes them late, so this module checks the time too.
"""

from dataclasses import dataclass

from dropcast import clock
from dropcast.access.caller_seal import is_sealed, seal
from dropcast.aws.dynamo import Item
from dropcast.aws.tables import CONSOLE
from dropcast.caller import Caller
from dropcast.idempotency import hashed


@dataclass(frozen=True)
class StoredSession:
    """A session's row. It is valid only for the caller for which it is sealed, until `expires_at` (epoch seconds)."""

    session_id: str
    key_id: str
    expires_at: int
    seal: bytes

    def is_of(self, secret: str, caller: Caller) -> bool:
        """Whether the session with this secret was started for `caller`, with the same key, scopes and user."""
        return is_sealed(self.seal, _row(secret), caller, self.expires_at)


def put_session(secret: str, session_id: str, caller: Caller, expires_at: int) -> None:
    """Store a new session for `caller` until `expires_at` (seconds since the epoch)."""
    row = _row(secret)
    CONSOLE.put(
        {
            "pk": row,
            "session_id": session_id,
            "key_id": caller.key_id,
            "created_at": clock.now(),
            "expires_at": expires_at,
            "seal": seal(row, caller, expires_at),
        }
    )


def get_session(secret: str) -> StoredSession | None:
    """The session, read consistently. None if it ended, expired or never existed."""
    item: Item | None = CONSOLE.get({"pk": _row(secret)})
    if not item or item["expires_at"] <= clock.now():
        return None
    return StoredSession(item["session_id"], item["key_id"], item["expires_at"], bytes(item["seal"]))


def delete_session(secret: str) -> None:
    """Delete the session. A missing session is no error."""
    CONSOLE.delete({"pk": _row(secret)})


def _row(secret: str) -> str:
    return f"session#{hashed(secret)}"
