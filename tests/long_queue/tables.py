"""Lets moto's tables handle many items and calls, and measures the cost of each ledger write."""

import copy
from typing import Any

import pytest
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

from dropcast.aws import clients
from tests.unit.support.memory_aws import maker

_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}


def copy_only_what_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Copy only the changed items. moto copies whole tables before each transaction, to restore them if it fails."""
    real = DynamoDBBackend.transact_write_items

    def transact(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
        touched = [_Touched(self.tables, next(iter(entry.values()))) for entry in transact_items]
        try:
            real(self, transact_items)
        except Exception:
            for one in touched:
                one.restore()
            raise

    monkeypatch.setattr(Table, "__deepcopy__", lambda table, _: table, raising=False)
    monkeypatch.setattr(DynamoDBBackend, "transact_write_items", transact)


class _Touched:
    """An item before a transaction. Its table may have a sort key."""

    def __init__(self, tables: dict[str, Table], request: dict[str, Any]) -> None:
        table, key = tables[request["TableName"]], request.get("Key") or request["Item"]
        partition = DynamoType(key[table.hash_key_attr])
        sort = table.range_key_attr
        self._items: Any = table.items if sort is None else table.items[partition]
        self._key = partition if sort is None else DynamoType(key[sort])
        self._before = copy.deepcopy(self._items.get(self._key))

    def restore(self) -> None:
        if self._before is None:
            self._items.pop(self._key, None)
        else:
            self._items[self._key] = self._before


def answer_as_stored(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return values as they are stored. moto searches every value for every possible member, which takes most of its
    time.
    """
    real = BaseJSONSerializer._serialize_type_structure

    def serialized(self: Any, result: Any, value: Any, shape: Any, key: str) -> None:
        if shape.name == "AttributeValue" and isinstance(value, dict) and "B" not in value:
            self._default_serialize(result, value, shape, key)
        else:
            real(self, result, value, shape, key)

    monkeypatch.setattr(BaseJSONSerializer, "_serialize_type_structure", serialized)


class Units:
    """The write units of every change of the budgets table, and the rows of every query."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.changes: list[int] = []
        self.rows: list[int] = []
        events = clients.client("dynamodb").meta.events
        events.register("provide-client-params.dynamodb", self._begin)
        events.register("after-call.dynamodb.Query", self._queried)

    def _begin(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name in _WRITES:
            written = [(params, 1)]
        elif model.name == "TransactWriteItems":
            written = [(next(iter(entry.values())), 2) for entry in params["TransactItems"]]
        else:
            return
        units = [times * self._kilobytes(request) for request, times in written if request["TableName"] == self.table]
        if units:
            self.changes.append(sum(units))

    def _queried(self, parsed: dict[str, Any], **_: Any) -> None:
        self.rows.append(parsed.get("ScannedCount", 0))

    def _kilobytes(self, request: dict[str, Any]) -> int:
        """The kilobytes, rounded up, of a put's item, or of the stored item plus the request's values."""
        if "Item" in request:
            return -(-size({"M": request["Item"]}) // 1024)
        before = maker("dynamodb").get_item(TableName=self.table, Key=request["Key"]).get("Item", {})
        added = size({"M": request.get("ExpressionAttributeValues", {})})
        return -(-(size({"M": before}) + added) // 1024)


def size(attribute: dict[str, Any]) -> int:
    """The size in bytes as DynamoDB counts it: names and values. Numbers have two digits per byte."""
    ((kind, value),) = attribute.items()
    match kind:
        case "M":
            return 3 + sum(1 + len(name) + size(part) for name, part in value.items())
        case "L":
            return 3 + sum(1 + size(part) for part in value)
        case "N":
            return 1 + (len(value) + 1) // 2
        case "S":
            return len(value.encode())
        case _:
            return 1
