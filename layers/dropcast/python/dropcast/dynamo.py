"""Items of DynamoDB as plain Python values."""

from typing import Any

from botocore.exceptions import ClientError

from dropcast import aws, clock
from dropcast.attributes import from_attribute, to_attribute

Item = dict[str, Any]

_CONFLICT_PAUSES_S = (0.05, 0.1, 0.2, 0.4, 0.8)


def to_item(values: Item) -> Item:
    """`values` as DynamoDB takes them; keys whose value is None are left out."""
    return {key: to_attribute(value) for key, value in values.items() if value is not None}


def from_item(item: Item) -> Item:
    """A DynamoDB item as plain values: numbers as int (we store no fractions)."""
    return {key: from_attribute(value) for key, value in item.items()}


def read_many(table: str, keys: list[Item]) -> list[Item]:
    """Those items of `table` that exist at `keys` (plain values, at most 100), read consistently, in no order."""
    found: list[Item] = []
    wanted = [to_item(key) for key in keys]
    while wanted:
        answer = aws.client("dynamodb").batch_get_item(RequestItems={table: {"Keys": wanted, "ConsistentRead": True}})
        found += [from_item(item) for item in answer["Responses"][table]]
        wanted = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    return found


def write_if(operation: str, **request: Any) -> Item | None:
    """A conditional write ("put_item", "update_item", "delete_item"): its answer, or None if the condition failed."""
    try:
        return getattr(aws.client("dynamodb"), operation)(**request)
    except ClientError as error:
        if condition_failed(error):
            return None
        raise


class ContendedError(Exception):
    """Others kept writing the same items."""


def write_all(entries: list[Item]) -> bool:
    """Write all entries of a transaction or none; False if a condition failed.

    A conflict is tried again for 1.5 s; then it is a ContendedError.
    """
    for pause_s in (*_CONFLICT_PAUSES_S, 0):
        try:
            return _write_all(entries)
        except ClientError as error:
            if not _has_reason(error, "TransactionConflict"):
                raise
            clock.sleep(pause_s)
    raise ContendedError


def _write_all(entries: list[Item]) -> bool:
    try:
        aws.client("dynamodb").transact_write_items(TransactItems=entries)
    except ClientError as error:
        if condition_failed(error):
            return False
        raise
    return True


def condition_failed(error: ClientError) -> bool:
    """Whether `error` says that a write's condition (alone or in a transaction) did not hold."""
    return aws.error_code(error) == "ConditionalCheckFailedException" or _has_reason(error, "ConditionalCheckFailed")


def _has_reason(error: ClientError, code: str) -> bool:
    return any(reason.get("Code") == code for reason in error.response.get("CancellationReasons", []))
