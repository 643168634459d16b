"""The seal of a stored row that lets a browser act as a caller: a session, a one-time link or an embed.

The seal is a hash that is keyed with the pepper. It makes a row invalid if Dropcast did not write the row. It also
makes the row invalid if its key gets another user, other scopes or another expiry.
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
