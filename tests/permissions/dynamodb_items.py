"""Tables with their keys and indexes, and DynamoDB's rules for the items in them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.infra.reading import Template, of_type

Attribute = Mapping[str, Any]
Item = Mapping[str, Attribute]

# The most bytes in a value of a partition key and of a sort key.
_KEY_BYTES = (2048, 1024)
_DIGITS = 38


@dataclass(frozen=True)
class Index:
    """`key` has the type of each key attribute, partition key first.

    `attributes`: the attributes that it holds, or all.
    """

    key: Mapping[str, str]
    attributes: frozenset[str] | None


@dataclass(frozen=True)
class Table:
    """A table. Its fields are like those of `Index`."""

    key: Mapping[str, str]
    indexes: Mapping[str, Index]


def tables_of(template: Template, resources: Mapping[str, str]) -> dict[str, Table]:
    """The tables of a template by name. `resources` maps logical ids to physical ids."""
    return {resources[name]: _table(one["Properties"]) for name, one in of_type(template, "DynamoDB::Table").items()}


def _table(made: Mapping[str, Any]) -> Table:
    types = {one["AttributeName"]: one["AttributeType"] for one in made["AttributeDefinitions"]}
    key = _key(made, types)
    return Table(key, {one["IndexName"]: _index(one, types, key) for one in made.get("GlobalSecondaryIndexes", [])})


def _key(made: Mapping[str, Any], types: Mapping[str, str]) -> dict[str, str]:
    parts = sorted(made["KeySchema"], key=lambda one: one["KeyType"])  # HASH, then RANGE
    return {one["AttributeName"]: types[one["AttributeName"]] for one in parts}


def _index(made: Mapping[str, Any], types: Mapping[str, str], of_table: Mapping[str, str]) -> Index:
    key, held = _key(made, types), made["Projection"]
    if held["ProjectionType"] == "ALL":
        return Index(key, None)
    return Index(key, frozenset([*key, *of_table, *held.get("NonKeyAttributes", [])]))


def key_breaches(key: Item, table: Table) -> Iterator[str]:
    """The reasons why DynamoDB refuses the key of a request."""
    if set(key) != set(table.key):
        yield f"the key {sorted(key)} is not {sorted(table.key)}"
    yield from _of_key(key, table.key, "the key")


def written_breaches(item: Item, table: Table) -> Iterator[str]:
    """The reasons why DynamoDB refuses written attributes: keys of the table and of its indexes, and values."""
    yield from (f"the item has no {name}" for name in table.key if name not in item)
    yield from _of_key(item, table.key, "the key")
    for name, index in table.indexes.items():
        yield from _of_key(item, index.key, f"the index {name}")
    for name, value in item.items():
        yield from _of_value(value, name)


def _of_key(item: Item, key: Mapping[str, str], place: str) -> Iterator[str]:
    for (name, kind), most in zip(key.items(), _KEY_BYTES, strict=False):
        if name not in item:
            continue
        value = item[name].get(kind)
        if value is None:
            yield f"{name} of {place} is {list(item[name])}, not {kind}"
        elif value == "":
            yield f"{name} of {place} is empty"
        elif kind == "S" and len(value.encode()) > most:
            yield f"{name} of {place} has {len(value.encode())} bytes"


def _of_value(value: Attribute, path: str) -> Iterator[str]:
    if len(value) != 1:
        yield f"{path}: one type, not {sorted(value)}"
    kind, one = next(iter(value.items()))
    match kind:
        case "SS" | "NS" | "BS":
            if not one or len(set(one)) < len(one):
                yield f"{path}: an empty set, or a value twice in it"
        case "N":
            if len(one.lstrip("-").replace(".", "").strip("0")) > _DIGITS:
                yield f"{path}: a number of more than {_DIGITS} digits"
        case "M":
            for name, part in one.items():
                yield from _of_value(part, f"{path}.{name}")
        case "L":
            for at, part in enumerate(one):
                yield from _of_value(part, f"{path}[{at}]")
        case _:
            return


def item_bytes(item: Item) -> int:
    """The size that DynamoDB counts for an item: the names and the values of its attributes."""
    return sum(len(name.encode()) + _bytes(value) for name, value in item.items())


def _bytes(value: Attribute) -> int:
    kind, one = next(iter(value.items()))
    match kind:
        case "S":
            return len(one.encode())
        case "N":
            return len(one) // 2 + 2
        case "B":
            return len(one) * 3 // 4
        case "SS" | "NS" | "BS":
            return sum(len(part.encode()) for part in one)
        case "M":
            return 3 + item_bytes(one) + len(one)
        case "L":
            return 3 + sum(map(_bytes, one)) + len(one)
        case _:
            return 1
