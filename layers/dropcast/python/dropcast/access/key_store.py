"""API keys in DynamoDB, and the pepper of their hashes in Secrets Manager."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from pydantic import SecretStr

from dropcast import aws, dynamo
from dropcast.settings import settings

KeyStatus = Literal["active", "revoked"]


@dataclass(frozen=True)
class ApiKey:
    """What is known of a key; its secret is not. `created_at` is in seconds since the epoch."""

    key_id: str
    name: str
    scopes: frozenset[str]
    status: KeyStatus
    created_at: int


def put_key(key: ApiKey, keyed_hash: bytes) -> None:
    """Keep a new key."""
    item = _key(key.key_id) | {
        "key_id": key.key_id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "status": key.status,
        "created_at": key.created_at,
        "keyed_hash": keyed_hash,
    }
    aws.client("dynamodb").put_item(
        TableName=settings().keys_table, Item=dynamo.to_item(item), ConditionExpression="attribute_not_exists(pk)"
    )


def get_key(key_id: str) -> tuple[ApiKey, bytes] | None:
    """The key and its keyed hash, read consistently, or None."""
    answer = aws.client("dynamodb").get_item(
        TableName=settings().keys_table, Key=dynamo.to_item(_key(key_id)), ConsistentRead=True
    )
    if "Item" not in answer:
        return None
    item = dynamo.from_item(answer["Item"])
    key = ApiKey(item["key_id"], item["name"], frozenset(item["scopes"]), item["status"], item["created_at"])
    return key, bytes(item["keyed_hash"])


@lru_cache
def pepper() -> SecretStr:
    """The deployment's pepper, read once by a process. Changing it ends every key."""
    return SecretStr(aws.client("secretsmanager").get_secret_value(SecretId=settings().key_pepper_arn)["SecretString"])


def _key(key_id: str) -> dynamo.Item:
    return {"pk": f"key#{key_id}"}
