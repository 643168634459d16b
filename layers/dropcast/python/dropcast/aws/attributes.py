"""Converts plain values to DynamoDB's form {type: value} and back: texts, ints, bytes, bools, and lists and maps of
these.
"""

from collections.abc import Mapping
from typing import Any, cast

Attribute = dict[str, Any]


def to_attribute(value: Any) -> Attribute:
    """`value` in DynamoDB's form.

    TypeError for a float, because DynamoDB's numbers are decimal, and for any other type.
    """
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
            raise TypeError(f"the tables store no {type(value).__name__}")


def from_attribute(attribute: Attribute) -> Any:
    """The plain value. A number becomes an int. ValueError for a fraction, because the tables store none."""
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
            raise TypeError(f"the tables store no attribute of the type {kind}")
