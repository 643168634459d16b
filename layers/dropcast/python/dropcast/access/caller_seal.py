"""The seal of a stored row that lets a browser act as a caller: a session, a one-time link or an embed.

The seal is a hash that is keyed with the pepper. A row is valid only if Dropcast wrote it, if it has not changed since,
and if the API key in it still has the same user and scopes.
"""

import hmac
import json

from dropcast.access.pepper import keyed_hash
from dropcast.caller import Caller


def seal(row: str, caller: Caller, expires_at: int, *more: str | None) -> bytes:
    """The seal of the row with the partition key `row`, valid for `caller` until `expires_at` (epoch seconds).

    `more`: further contents of the row that must not change.
    """
    return keyed_hash(json.dumps([row, caller.key_id, sorted(caller.scopes), caller.user_id, expires_at, *more]))


def is_sealed(found: bytes, row: str, caller: Caller, expires_at: int, *more: str | None) -> bool:
    """Whether `found` is the seal of this row for this caller, with the same `more`."""
    return hmac.compare_digest(bytes(found), seal(row, caller, expires_at, *more))
