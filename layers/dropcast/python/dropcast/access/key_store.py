"""API keys in DynamoDB, and the pepper of their hashes in Secrets Manager.

A row's `kind` puts it into the index `by_kind`, which lists keys and does not hold their hashes.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pydantic import SecretStr

from dropcast.aws import clients, dynamo
from dropcast.settings import settings

KeyStatus = Literal["active", "revoked"]

_KIND = "api_key"


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key; its secret is not. Times are in seconds since the epoch.

    `user_id`: the only user whose rows it sees; None is every user.
    """

    key_id: str
    name: str
    scopes: frozenset[str]
    status: KeyStatus
    created_at: int
    last_used_at: int | None = None
    revoked_at: int | None = None
    user_id: str | None = None


def put_key(key: ApiKey, keyed_hash: bytes) -> bool:
    """Keep a new key; False if there is one with this id already."""
    bound = {} if key.user_id is None else {"user_id": key.user_id}
    item = _key(key.key_id) | {
        "kind": _KIND,
        "key_id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "status": key.status,
        "created_at": key.created_at,
        "keyed_hash": keyed_hash,
        **bound,
    }
    table, new = settings().keys_table, "attribute_not_exists(pk)"
    return dynamo.write_if("put_item", TableName=table, Item=dynamo.to_item(item), ConditionExpression=new) is not None


def get_key(key_id: str) -> tuple[ApiKey, bytes] | None:
    """The key and its keyed hash, read consistently, or None."""
    answer = clients.client("dynamodb").get_item(
        TableName=settings().keys_table, Key=dynamo.to_item(_key(key_id)), ConsistentRead=True
    )
    if "Item" not in answer:
        return None
    item = dynamo.from_item(answer["Item"])
    return _from_row(item), bytes(item["keyed_hash"])


def keys_after(key_id: str, limit: int) -> list[ApiKey]:
    """Up to `limit` keys whose ids come after `key_id`, oldest first. Eventually consistent."""
    answer = clients.client("dynamodb").query(
        TableName=settings().keys_table,
        IndexName="by_kind",
        KeyConditionExpression="kind = :kind AND key_id > :after",
        ExpressionAttributeValues=dynamo.to_item({":kind": _KIND, ":after": key_id}),
        Limit=limit,
    )
    return [_from_row(dynamo.from_item(item)) for item in answer["Items"]]


def mark_revoked(key_id: str, at: int) -> ApiKey | None:
    """End the key; one that is revoked already keeps the time it was. None if there is no such key."""
    answer = dynamo.write_if(
        "update_item",
        TableName=settings().keys_table,
        Key=dynamo.to_item(_key(key_id)),
        UpdateExpression="SET #status = :revoked, revoked_at = if_not_exists(revoked_at, :at)",
        ConditionExpression="attribute_exists(pk)",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues=dynamo.to_item({":revoked": "revoked", ":at": at}),
        ReturnValues="ALL_NEW",
    )
    return _from_row(dynamo.from_item(answer["Attributes"])) if answer else None


def mark_used(key_id: str, at: int, *, unless_after: int) -> None:
    """Note that the key was in use at `at`, unless a use after `unless_after` is noted already.

    The authorizer may change nothing else of a key (infra/accounts.py).
    """
    dynamo.mark_if(
        TableName=settings().keys_table,
        Key=dynamo.to_item(_key(key_id)),
        UpdateExpression="SET last_used_at = :at",
        ConditionExpression="attribute_exists(pk) AND (attribute_not_exists(last_used_at) OR last_used_at <= :before)",
        ExpressionAttributeValues=dynamo.to_item({":at": at, ":before": unless_after}),
    )


@lru_cache
def pepper() -> SecretStr:
    """The deployment's pepper, read once by a process. Changing it ends every key."""
    return SecretStr(
        clients.client("secretsmanager").get_secret_value(SecretId=settings().key_pepper_arn)["SecretString"]
    )


def _from_row(row: dict[str, Any]) -> ApiKey:
    return ApiKey(
        key_id=row["key_id"],
        name=row["name"],
        scopes=frozenset(row["scopes"]),
        status=row["status"],
        created_at=row["created_at"],
        last_used_at=row.get("last_used_at"),
        revoked_at=row.get("revoked_at"),
        user_id=row.get("user_id"),
    )


def _key(key_id: str) -> dynamo.Item:
    return {"pk": f"key#{key_id}"}
