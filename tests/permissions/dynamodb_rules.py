"""Checks a request by DynamoDB's own rules, which the emulator does not enforce.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html lists the limits.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.permissions.dynamodb_items import Attribute, Item, Table, item_bytes, key_breaches, written_breaches
from tests.permissions.expressions import assignments, attributes_of, expressions_of
from tests.permissions.requests import Request

_EXPRESSION_BYTES = 4096
_ITEM_BYTES = 400 * 1024
_TRANSACTION = {"items": 100, "bytes": 4 * 1024 * 1024}
_BATCH_GET = 100
_IN_OPERANDS = 100


def breaches(request: Request, tables: Mapping[str, Table]) -> list[str]:
    """The reasons why DynamoDB refuses a request. `tables` are the stack's tables by name."""
    asked = request.asked
    match request.operation:
        case "TransactWriteItems":
            return list(_of_transaction(asked["TransactItems"], tables))
        case "BatchGetItem":
            return list(_of_batch(asked["RequestItems"], tables))
        case operation:
            return list(_of_one(operation, asked, tables[asked["TableName"]]))


def _of_transaction(entries: list[Mapping[str, Any]], tables: Mapping[str, Table]) -> Iterator[str]:
    if not 0 < len(entries) <= _TRANSACTION["items"]:
        yield f"{len(entries)} items in a transaction"
    targets = Counter[str]()
    size = 0
    for entry in entries:
        [(kind, one)] = entry.items()
        table = tables[one["TableName"]]
        yield from _of_one(f"{kind}Item", one, table)
        key = one.get("Key") or {name: one["Item"].get(name) for name in table.key}
        targets[f"{one['TableName']} {sorted(key.items())}"] += 1
        size += item_bytes(one.get("Item", {})) + item_bytes(one.get("ExpressionAttributeValues", {}))
    for target, times in targets.items():
        if times > 1:
            yield f"{times} actions on {target} in one transaction"
    if size > _TRANSACTION["bytes"]:
        yield f"a transaction of {size} bytes"


def _of_batch(wanted: Mapping[str, Any], tables: Mapping[str, Table]) -> Iterator[str]:
    keys = [(name, key) for name, one in wanted.items() for key in one["Keys"]]
    if not 0 < len(keys) <= _BATCH_GET:
        yield f"{len(keys)} keys in a batch"
    if len({f"{name} {sorted(key.items())}" for name, key in keys}) < len(keys):
        yield "a key is twice in a batch"
    for name, key in keys:
        yield from key_breaches(key, tables[name])
    for one in wanted.values():
        yield from _of_expressions(one)


def _of_one(operation: str, asked: Mapping[str, Any], table: Table) -> Iterator[str]:
    yield from _of_expressions(asked)
    if "Key" in asked:
        yield from key_breaches(asked["Key"], table)
    if "Item" in asked:
        yield from written_breaches(asked["Item"], table)
        if item_bytes(asked["Item"]) > _ITEM_BYTES:
            yield f"an item of {item_bytes(asked['Item'])} bytes"
    if operation == "UpdateItem":
        yield from _of_update(asked, table)
    if operation in ("Query", "Scan"):
        yield from _of_query(asked, table)


def _of_expressions(asked: Mapping[str, Any]) -> Iterator[str]:
    read = expressions_of(asked)
    for kind, one in read.items():
        if len(asked[kind].encode()) > _EXPRESSION_BYTES:
            yield f"{kind} of {len(asked[kind].encode())} bytes"
        for word in sorted(one.reserved):
            yield f"{kind}: {word} is a reserved word"
        if asked[kind].count(",") >= _IN_OPERANDS and " IN " in asked[kind]:
            yield f"{kind}: more than {_IN_OPERANDS} operands"
    for given, used in (
        (asked.get("ExpressionAttributeNames", {}), {name for one in read.values() for name in one.names}),
        (asked.get("ExpressionAttributeValues", {}), {name for one in read.values() for name in one.values}),
    ):
        yield from (f"{name} is not used in an expression" for name in sorted(given.keys() - used))
        yield from (f"{name} is used in an expression and not defined" for name in sorted(used - given.keys()))
    yield from (f"{name} is an empty set" for name, one in _values(asked).items() if _is_empty_set(one))


def _values(asked: Mapping[str, Any]) -> Mapping[str, Attribute]:
    return asked.get("ExpressionAttributeValues", {})


def _is_empty_set(value: Attribute) -> bool:
    return any(value.get(kind) == [] for kind in ("SS", "NS", "BS"))


def _of_update(asked: Mapping[str, Any], table: Table) -> Iterator[str]:
    changes = assignments(asked)
    for path, times in Counter(path for path, _ in changes).items():
        if times > 1:
            yield f"UpdateExpression changes {path} {times} times"
    changed = {path.partition(".")[0].partition("[")[0] for path, _ in changes}
    yield from (f"UpdateExpression changes the key {name}" for name in sorted(changed & set(table.key)))
    given = _values(asked)
    if item_bytes(given) > _ITEM_BYTES:
        yield f"an update with values of {item_bytes(given)} bytes"
    simple: Item = {path: given[value] for path, value in changes if value in given}
    yield from written_breaches({**asked.get("Key", {}), **simple}, table)


def _of_query(asked: Mapping[str, Any], table: Table) -> Iterator[str]:
    index = asked.get("IndexName")
    if index is not None and index not in table.indexes:
        yield f"there is no index {index}"
        return
    key = table.indexes[index].key if index else table.key
    if "KeyConditionExpression" in asked:
        wanted = attributes_of(asked, "KeyConditionExpression")
        if not wanted <= set(key) or next(iter(key)) not in wanted:
            yield f"KeyConditionExpression names {sorted(wanted)}, and the key is {list(key)}"
    if (filtered := attributes_of(asked, "FilterExpression") & set(key)) and "KeyConditionExpression" in asked:
        yield f"FilterExpression names the key {sorted(filtered)}"
    if index is None:
        return
    if asked.get("ConsistentRead"):
        yield "a consistent read of an index"
    if (held := table.indexes[index].attributes) is not None:
        for one in sorted(attributes_of(asked, "FilterExpression", "ProjectionExpression") - held):
            yield f"the index {index} does not hold {one}"
