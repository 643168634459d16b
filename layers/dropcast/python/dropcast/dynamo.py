"""Items of DynamoDB as plain Python values."""

from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

_serializer = TypeSerializer()
_deserializer = TypeDeserializer()

Item = dict[str, Any]


def to_item(values: Item) -> Item:
    """`values` as DynamoDB takes them; keys whose value is None are left out."""
    return {key: _serializer.serialize(value) for key, value in values.items() if value is not None}


def from_item(item: Item) -> Item:
    """A DynamoDB item as plain values: numbers as int (we store no fractions)."""
    return {key: _plain(_deserializer.deserialize(value)) for key, value in item.items()}


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return int(value)
        case list():
            return [_plain(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
        case dict():
            return {key: _plain(part) for key, part in value.items()}  # pyright: ignore[reportUnknownVariableType]
        case _:
            return value


def condition_failed(error: ClientError) -> bool:
    """Whether `error` says that a write's condition (alone or in a transaction) did not hold."""
    code = error.response["Error"]["Code"]
    if code == "ConditionalCheckFailedException":
        return True
    reasons = error.response.get("CancellationReasons", [])
    return code == "TransactionCanceledException" and any(r.get("Code") == "ConditionalCheckFailed" for r in reasons)
