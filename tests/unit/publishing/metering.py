"""Counts the billed units, call by call, while a publish runs against moto."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dropcast.aws import clients
from tests.unit.publishing.conftest import _forget
from tests.unit.support.memory_aws import maker

_ROW_WRITES = {"PutItem", "UpdateItem", "DeleteItem"}
_SORTED = {"publishes_table", "accounts_table", "budgets_table"}


class Meter:
    """Calls by service and operation, and DynamoDB's units.

    A write costs a unit for each kB of the larger item, before or after it. A transaction costs twice as much. Each
    index whose entry changes costs as much again. A consistent read costs a unit for each 4 kB.
    """

    def __init__(self) -> None:
        self.calls: Counter[str] = Counter()
        self.write_units = 0
        self.read_units = 0
        self.invocations: list[str] = []
        self._dynamodb = maker("dynamodb")
        self._before: dict[str, Any] = {}

    @contextmanager
    def invocation(self, function: str) -> Iterator[None]:
        """Start a cold process of `function`, without cached values."""
        _forget()
        clients._session.cache_clear()
        self.invocations.append(function)
        session: Any = clients._session()
        session.register("before-parameter-build", self._begin)
        session.register("after-call", self._end)
        try:
            yield
        finally:
            _forget()
            clients._session.cache_clear()

    def kms(self) -> int:
        return sum(number for call, number in self.calls.items() if call.startswith("kms."))

    def s3(self) -> int:
        return sum(number for call, number in self.calls.items() if call.startswith("s3."))

    def _begin(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls[f"{model.service_model.service_name}.{model.name}"] += 1
        if model.service_model.service_name != "dynamodb":
            return
        if model.name in ("GetItem", "Query", "BatchGetItem"):
            self.read_units += 1
        self._written = [(model.name, params, 1)] if model.name in _ROW_WRITES else []
        for entry in params.get("TransactItems", []):
            ((kind, request),) = entry.items()
            self._written.append((f"{kind}Item", request, 2))
        self._before = {str(request): self._item(kind, request) for kind, request, _ in self._written}

    def _end(self, model: Any, **_: Any) -> None:
        if model.service_model.service_name != "dynamodb":
            return
        for kind, request, times in self._written:
            before, after = self._before[str(request)], self._item(kind, request)
            self.write_units += times * _kilobytes(before, after) + _index_units(request["TableName"], before, after)
        self._written = []

    def _item(self, kind: str, request: dict[str, Any]) -> dict[str, Any]:
        keys = {"publishes_table": ("pk", "sk"), "accounts_table": ("pk", "sk"), "budgets_table": ("pk", "sk")}.get(
            request["TableName"], ("pk",)
        )
        key = request.get("Key") or {name: request["Item"][name] for name in keys}
        return self._dynamodb.get_item(TableName=request["TableName"], Key=key).get("Item", {})


def _index_units(table: str, before: dict[str, Any], after: dict[str, Any]) -> int:
    """The units of the indexes that a write changes.

    The publishes' indexes hold whole rows by account, states by month, and keys of publishes that wait or have not
    begun. The outbox's index holds keys of events that were not sent.
    """
    if before == after:
        return 0
    if table == "outbox_table":
        return 1
    if table != "publishes_table":
        return 0
    units = _kilobytes(before, after) if "account_id" in (before | after) else 0
    for names in (("listed_in", "state"), ("unstarted_shard", "unstarted_at"), ("waits_in", "waits_at")):
        old, new = ({name: item.get(name) for name in names if item.get(names[0])} for item in (before, after))
        units += old != new
    return units


def _kilobytes(*items: dict[str, Any]) -> int:
    return max(1, *(-(-_size({"M": item}) // 1024) for item in items))


def _size(attribute: dict[str, Any]) -> int:
    """The size in bytes as DynamoDB counts it: names and values. Numbers have two digits per byte."""
    ((kind, value),) = attribute.items()
    match kind:
        case "M":
            return 3 + sum(1 + len(name) + _size(part) for name, part in value.items())
        case "L":
            return 3 + sum(1 + _size(part) for part in value)
        case "N":
            return 1 + (len(value) + 1) // 2
        case "S":
            return len(value.encode())
        case "B":
            return len(value)
        case _:
            return 1
