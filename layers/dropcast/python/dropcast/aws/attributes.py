"""DynamoDB's way to write a value, {type: value}, for what we store: texts, ints, bytes, bools, and what holds them."""

from collections.abc import Mapping
from typing import Any, cast

Attribute = dict[str, Any]


def to_attribute(value: Any) -> Attribute:
    """`value` with its type. A TypeError for a float (DynamoDB's numbers are decimal) and for what is not ours."""
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": str(value)}
        case int():
            return {"N": str(value)}
        case bytes() | bytearray():
            return {"B": bytes(value)}
        case Mapping():
            parts = cast(Mapping[str, Any], value)
            return {"M": {key: to_attribute(part) for key, part in parts.items()}}
        case list() | tuple():
            return {"L": [to_attribute(part) for part in cast(list[Any], value)]}
        case _:
            raise TypeError(f"DynamoDB holds no {type(value).__name__} of ours")


def from_attribute(attribute: Attribute) -> Any:
    """The plain value; a number as an int (a ValueError for a fraction: we store none)."""
    ((kind, value),) = attribute.items()
    match kind:
        case "NULL":
            return None
        case "N":
            return int(value)
        case "M":
            return {key: from_attribute(part) for key, part in value.items()}
        case "L":
            return [from_attribute(part) for part in value]
        case "SS":
            return set(value)
        case "S" | "BOOL" | "B":
            return value
        case _:
            raise TypeError(f"an attribute of the type {kind} is none of ours")
