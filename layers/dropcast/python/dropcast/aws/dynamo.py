"""DynamoDB items as plain Python values, and writes that survive a lost answer, a conflict or throttling.

Every conditional write stores its own `write_id` in the item. If DynamoDB makes the write and its answer is lost, the
SDK repeats the write and the condition fails. The stored `write_id` then shows that the first try succeeded.
"""

import re
from typing import Any, Literal

from botocore.exceptions import ClientError

from dropcast import ids
from dropcast.aws import clients
from dropcast.aws.attributes import from_attribute, to_attribute

Item = dict[str, Any]

PATIENCE_S = 1.5
"""How long, in seconds, a write is repeated while other writers or throttling prevent it."""
LONG_PATIENCE_S = 25.0
"""The same limit for values that TikTok returns only once: a granted token, the id of a post.

This includes the SDK's own tries. Five throttled tries of one call can take up to 15 seconds.
"""

_WRITE_ID = "write_id"
_NOT_OURS = f"(attribute_not_exists({_WRITE_ID}) OR {_WRITE_ID} <> :{_WRITE_ID})"


def to_item(values: Item) -> Item:
    """`values` in DynamoDB's form. Keys with the value None are left out."""
    return {key: to_attribute(value) for key, value in values.items() if value is not None}


def from_item(item: Item) -> Item:
    """A DynamoDB item as plain values, without its write id. Numbers are ints: the tables store no fractions."""
    return {key: from_attribute(value) for key, value in item.items() if key != _WRITE_ID}


def read_many(table: str, keys: list[Item]) -> list[Item]:
    """The items of `table` that exist at `keys` (plain values, at most 100), read consistently, in no order.

    ContendedError: after PATIENCE_S seconds DynamoDB still left some keys unread.
    """
    found: list[Item] = []
    wanted = [to_item(key) for key in keys]

    def read() -> None:
        nonlocal wanted
        request = {table: {"Keys": wanted, "ConsistentRead": True}}
        answer = clients.client("dynamodb").batch_get_item(RequestItems=request)
        found.extend(from_item(item) for item in answer["Responses"][table])
        wanted = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        if wanted:
            raise clients.UnfinishedError

    if wanted:
        clients.persist(read, PATIENCE_S)
    return found


def write(operation: Literal["put_item", "update_item"], *, patience_s: float = PATIENCE_S, **request: Any) -> Item:
    """Make an unconditional write that can be repeated without harm, and return DynamoDB's answer.

    ContendedError: the write could not be made within `patience_s` seconds.
    """
    return clients.persist(lambda: getattr(clients.client("dynamodb"), operation)(**request), patience_s)


def write_if(
    operation: Literal["put_item", "update_item"], *, patience_s: float = PATIENCE_S, **request: Any
) -> Item | None:
    """Make a conditional write once and return its answer, or None if the condition failed.

    If DynamoDB's answer was lost, this function returns {}, or {"Attributes": the stored item} if the request asks for
    ALL_NEW.
    ContendedError: the write could not be made within `patience_s` seconds.
    """
    write_id = _new_write_id()
    condition = request.get("ConditionExpression")
    request = {
        **_signed(request, write_id),
        "ConditionExpression": f"({condition}) AND {_NOT_OURS}" if condition else _NOT_OURS,
    }
    request["ExpressionAttributeValues"] = request.get("ExpressionAttributeValues", {}) | _value(write_id)
    try:
        return clients.persist(lambda: getattr(clients.client("dynamodb"), operation)(**request), patience_s)
    except ClientError as error:
        if not condition_failed(error):
            raise
        response: Item = dict(error.response)
        stored = response.get("Item", {})
        return _recovered(stored, request) if _is_signed(stored, write_id) else None


def mark_if(*, patience_s: float = PATIENCE_S, **request: Any) -> bool:
    """Make a conditional update that can be repeated without harm, in a function that has no permission to read the
    item.

    False if the condition failed and the item does not have this call's write id. The function's policy must allow the
    attribute `write_id`. ContendedError as for `write_if`.
    """
    write_id = _new_write_id()
    signed = _signed(request, write_id)
    signed["ConditionExpression"] = f"({request['ConditionExpression']}) OR {_WRITE_ID} = :{_WRITE_ID}"
    del signed["ReturnValuesOnConditionCheckFailure"]
    try:
        clients.persist(lambda: clients.client("dynamodb").update_item(**signed), patience_s)
    except ClientError as error:
        if condition_failed(error):
            return False
        raise
    return True


def delete(*, patience_s: float = PATIENCE_S, **request: Any) -> None:
    """Delete an item. If the item is gone or no longer meets the condition of `request`, nothing happens.

    If only one caller may succeed, mark the item by `write_if` instead. ContendedError as for `write_if`.
    """
    try:
        clients.persist(lambda: clients.client("dynamodb").delete_item(**request), patience_s)
    except ClientError as error:
        if not condition_failed(error):
            raise


def write_all(entries: list[Item], *, patience_s: float = PATIENCE_S) -> bool:
    """Write all entries of a transaction, or none of them. False if a condition failed.

    All tries use the same token, so DynamoDB makes the transaction once. ContendedError as for `write_if`.
    """
    write_id = _new_write_id()
    signed = [{kind: _signed(entry, write_id) for kind, entry in one.items()} for one in entries]
    request = {"TransactItems": signed, "ClientRequestToken": write_id}
    try:
        clients.persist(lambda: clients.client("dynamodb").transact_write_items(**request), patience_s)
    except ClientError as error:
        if not condition_failed(error):
            raise
        return any(_is_signed(reason.get("Item", {}), write_id) for reason in clients.cancellation(error))
    return True


def condition_failed(error: ClientError) -> bool:
    """Whether the condition of a write, or of an entry of a transaction, failed."""
    return clients.error_code(
        error
    ) == "ConditionalCheckFailedException" or "ConditionalCheckFailed" in clients.reasons(error)


def _new_write_id() -> str:
    return ids.random_bytes(9).hex()


def _signed(request: Item, write_id: str) -> Item:
    """The request, or the entry of a transaction, with the write id added."""
    signed = {**request, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if "Item" in request:
        signed["Item"] = {**request["Item"], _WRITE_ID: to_attribute(write_id)}
    if update := request.get("UpdateExpression"):
        sets = f"SET {_WRITE_ID} = :{_WRITE_ID}"
        with_set, found = re.subn(r"\bSET\s", f"{sets}, ", update, count=1)
        signed["UpdateExpression"] = with_set if found else f"{sets} {update}"
        signed["ExpressionAttributeValues"] = request.get("ExpressionAttributeValues", {}) | _value(write_id)
    return signed


def _recovered(stored: Item, request: Item) -> Item:
    """An answer in place of the lost one, for a write that succeeded."""
    return {"Attributes": stored} if request.get("ReturnValues") == "ALL_NEW" else {}


def _value(write_id: str) -> Item:
    return {f":{_WRITE_ID}": to_attribute(write_id)}


def _is_signed(stored: Item, write_id: str) -> bool:
    return stored.get(_WRITE_ID) == to_attribute(write_id)
