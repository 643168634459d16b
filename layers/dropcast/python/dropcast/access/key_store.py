"""API keys in DynamoDB.

A row's `kind` puts the row into the index `by_kind`, which lists keys. A row stays when its key expires or is revoked,
because old publishes name their key. The key's expiry is in the attribute `valid_until`, because DynamoDB deletes a row
whose `expires_at` has passed.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from dropcast import clock
from dropcast.aws.dynamo import Item
from dropcast.aws.tables import EXISTING, KEYS, NEW, Query

if TYPE_CHECKING:
    from dropcast.caller import Caller

KeyStatus = Literal["active", "expired", "revoked"]

_KIND = "api_key"


@dataclass(frozen=True)
class ApiKey:
    """A key without its secret, as stored at the time of the read. Times are in seconds since the epoch.

    `user_id`: the only user whose data the key can access. None: all users' data.
    `expires_at`: when the key stops working. None: never.
    """

    key_id: str
    name: str
    scopes: frozenset[str]
    status: KeyStatus
    created_at: int
    last_used_at: int | None = None
    revoked_at: int | None = None
    user_id: str | None = None
    expires_at: int | None = None

    def caller(self) -> "Caller":
        """The key as a caller, with its scopes and its user."""
        from dropcast.caller import Caller  # slow to import, and the authorizer does not need it

        return Caller(self.key_id, self.scopes, self.user_id)


def put_key(key: ApiKey, keyed_hash: bytes) -> bool:
    """Store a new key. False if the id already exists."""
    item = _key(key.key_id) | {
        "kind": _KIND,
        "key_id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "status": key.status,
        "created_at": key.created_at,
        "keyed_hash": keyed_hash,
        "user_id": key.user_id,
        "valid_until": key.expires_at,
    }
    return KEYS.put_if(item, NEW)


def get_key(key_id: str) -> tuple[ApiKey, bytes] | None:
    """The key and its hash, read consistently. None if there is no such key."""
    row = KEYS.get(_key(key_id))
    return (_from_row(row), bytes(row["keyed_hash"])) if row else None


def keys_after(key_id: str, limit: int) -> list[ApiKey]:
    """Up to `limit` (at most 100) keys whose ids come after `key_id`, oldest first. A new key may be missing."""
    values = {"kind": _KIND, "after": key_id}
    found, _ = KEYS.page(Query("kind = :kind AND key_id > :after", values, index="by_kind", only="pk"), limit)
    # CloudFormation cannot add an attribute to an index, so the rows themselves are read.
    keys = [_from_row(row) for row in KEYS.get_many(found)]
    return sorted(keys, key=lambda key: key.key_id)


def mark_revoked(key_id: str, at: int) -> ApiKey | None:
    """Revoke the key. A revoked key keeps the time of its first revocation. None if the key does not exist."""
    update = "SET #status = :revoked, revoked_at = if_not_exists(revoked_at, :at)"
    row = KEYS.update_and_get(_key(key_id), update, EXISTING, {"revoked": "revoked", "at": at})
    return _from_row(row) if row else None


def mark_used(key_id: str, at: int, *, unless_after: int) -> None:
    """Store that the key was used at `at`, unless a use after `unless_after` is already stored.

    The authorizer has no permission to change another attribute of a key (infra/accounts_and_keys.py).
    """
    not_lately = f"{EXISTING} AND (attribute_not_exists(last_used_at) OR last_used_at <= :before)"
    KEYS.mark_if(_key(key_id), "SET last_used_at = :at", not_lately, {"at": at, "before": unless_after})


def _from_row(row: dict[str, Any]) -> ApiKey:
    expires_at = row.get("valid_until")
    has_expired = row["status"] == "active" and expires_at is not None and expires_at <= clock.now()
    return ApiKey(
        key_id=row["key_id"],
        name=row["name"],
        scopes=frozenset(row["scopes"]),
        status="expired" if has_expired else row["status"],
        created_at=row["created_at"],
        last_used_at=row.get("last_used_at"),
        revoked_at=row.get("revoked_at"),
        user_id=row.get("user_id"),
        expires_at=expires_at,
    )


def _key(key_id: str) -> Item:
    return {"pk": f"key#{key_id}"}
