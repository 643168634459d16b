"""API keys: created, shown once, stored as hashes.

A key has the form `dk_{id}_{secret}`. The hashes are keyed with the pepper, which is in Secrets Manager and not in the
table of keys. So a copy of this table is useless. The hash covers the key's user_id and expiry. If either is changed or
removed in the row, the key is invalid.
"""

import re

from dropcast import clock, ids
from dropcast.access import key_store
from dropcast.access.authentication import hash_key
from dropcast.access.key_store import ApiKey
from dropcast.caller import SCOPES
from dropcast.errors.problem import Problem, problem

# The gateway caches an authorizer's answer for this many seconds. Meanwhile a revoked or expired key may still work.
REVOCATION_LAG_S = 60
# Because of its cache, the gateway could accept a key for this long, even if the key expires sooner.
EXPIRES_IN_MIN_S = REVOCATION_LAG_S
EXPIRES_IN_MAX_S = 10 * 365 * 86_400

_ID = re.compile(r"dk_[0-9a-z]{26}")
_BEFORE_FIRST = "dk_"


def create_key(
    name: str,
    scopes: frozenset[str],
    user_id: str | None = None,
    key_id: str | None = None,
    *,
    expires_in: int | None = None,
) -> tuple[ApiKey, str] | Problem:
    """Create a key. Returns the key and its text, which is not stored and cannot be shown again.

    `user_id`: the only user whose rows the key will see. `key_id`: the id of the new key, if the request's
    Idempotency-Key has reserved an id.
    `expires_in`: after how many seconds the key stops working; None: never.
    Problems: `bound_key_admin`, `invalid_request` (a blank user_id, an expiry that is too early or too late),
    `secret_was_shown` (the key `key_id` exists already). ValueError: no scopes, or unknown ones.
    """
    if not scopes or not scopes <= SCOPES:
        raise ValueError(f"a key's scopes are some of {', '.join(sorted(SCOPES))}")
    if user_id is not None and not user_id.strip():
        return problem("invalid_request", reason="user_id must not be blank")
    if user_id is not None and "admin" in scopes:
        return problem("bound_key_admin")
    if expires_in is not None and not EXPIRES_IN_MIN_S <= expires_in <= EXPIRES_IN_MAX_S:
        bounds = f"{EXPIRES_IN_MIN_S} to {EXPIRES_IN_MAX_S} seconds"
        return problem("invalid_request", reason=f"expires_in must be {bounds}")
    now = clock.now()
    expires_at = None if expires_in is None else now + expires_in
    key = ApiKey(key_id or ids.new_id("dk"), name, scopes, "active", now, user_id=user_id, expires_at=expires_at)
    secret = ids.new_secret()
    if not key_store.put_key(key, hash_key(key.key_id, secret, user_id, expires_at)):
        return problem("secret_was_shown", made=key.key_id)
    return key, f"{key.key_id}_{secret}"


def list_keys(limit: int, after: str | None = None) -> list[ApiKey]:
    """Up to `limit` (at most 100) keys, including expired and revoked ones, oldest first.

    `after` is the last key_id of the previous page.
    """
    return key_store.keys_after(after or _BEFORE_FIRST, limit)


def find_key(key_id: str) -> ApiKey | Problem:
    """The key, even if it is revoked or expired, read consistently. Problem: `not_found`."""
    found = key_store.get_key(key_id) if _ID.fullmatch(key_id) else None
    return found[0] if found else problem("not_found", what="API key")


def revoke_key(key_id: str) -> ApiKey | Problem:
    """Revoke a key. After REVOCATION_LAG_S seconds no route accepts it. A second call changes nothing.

    Problem: `not_found`.
    """
    revoked = key_store.mark_revoked(key_id, clock.now()) if _ID.fullmatch(key_id) else None
    return revoked or problem("not_found", what="API key")
