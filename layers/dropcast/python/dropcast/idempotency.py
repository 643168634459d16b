"""An Idempotency-Key of a request that makes one thing: a repeat of the request gets the id of the same thing."""

import hashlib
from dataclasses import dataclass
from typing import Any

from dropcast import clock
from dropcast.aws import clients, dynamo
from dropcast.errors.problem import Problem, problem
from dropcast.settings import settings

KEPT_S = 24 * 3600


@dataclass(frozen=True)
class Claim:
    """The id of what is made with a key, claimed at `at` (seconds since the epoch). `first`: by this request.

    `noted`: `note_made` said that it is made.
    """

    made: str
    at: int
    first: bool
    noted: bool = False


def claim(name: str, body: str, made: str) -> Claim | Problem:
    """Claim the key `name` for the id `made` for a day, or tell what an earlier request claimed it for.

    A repeat makes what is missing under that id, because the first request may have died. Problem:
    idempotency_conflict (an earlier request used the key with another `body`).
    """
    now, key = clock.now(), {"pk": f"once#{_hash(name)}", "sk": "made"}
    item = key | {"made": made, "at": now, "body": _hash(body), "expires_at": now + KEPT_S}
    put = dynamo.write_if(
        "put_item",
        TableName=settings().publishes_table,
        Item=dynamo.to_item(item),
        ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
        ExpressionAttributeValues=dynamo.to_item({":now": now}),
    )
    if put is not None:
        return Claim(made, now, first=True)
    answer = clients.client("dynamodb").get_item(
        TableName=settings().publishes_table, Key=dynamo.to_item(key), ConsistentRead=True
    )
    found: dict[str, Any] = dynamo.from_item(answer["Item"]) if "Item" in answer else item
    if found["body"] != _hash(body):
        return problem("idempotency_conflict")
    return Claim(found["made"], found["at"], first=False, noted=found.get("noted", False))


def note_made(name: str, claim: Claim) -> None:
    """Note that what the key `name` was claimed for is made, where nothing else tells it."""
    _set(name, claim, "noted", value=True)


def release(name: str, claim: Claim) -> None:
    """Give a claim back: nothing was made with it. A later claim of the same key stays."""
    _set(name, claim, "expires_at", value=clock.now())


def _set(name: str, claim: Claim, attribute: str, *, value: int) -> None:
    dynamo.write_if(
        "update_item",
        TableName=settings().publishes_table,
        Key=dynamo.to_item({"pk": f"once#{_hash(name)}", "sk": "made"}),
        UpdateExpression=f"SET {attribute} = :value",
        ConditionExpression="made = :made",
        ExpressionAttributeValues=dynamo.to_item({":value": value, ":made": claim.made}),
    )


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
