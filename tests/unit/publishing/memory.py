"""An in-memory DynamoDB with the features that publish rows use. It is fast enough for long random walks."""

import re
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

from dropcast.aws.dynamo import Item, from_item, to_item

Key = tuple[str, str]

_TOKENS = re.compile(r"[#:]?\w+|[()]|<=|>=|<>|[=<>+,]")
_WORDS = {"AND": "and", "OR": "or", "NOT": "not", "=": "==", "<>": "!=", "(": "(", ")": ")", ",": ","}
_WORDS |= {sign: sign for sign in ("<", "<=", ">", ">=", "+")}
_FUNCTIONS = {"attribute_exists": "has", "attribute_not_exists": "lacks", "begins_with": "begins"}


class Missing:
    """The value of a missing attribute: no comparison with it is true."""

    def _no(self, _: object) -> bool:
        return False

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _no  # type: ignore[assignment]
    __hash__ = object.__hash__


@dataclass
class Memory:
    """A DynamoDB client: tables of items in plain values, by partition and sort key."""

    tables: dict[str, dict[Key, Item]] = field(default_factory=dict)

    def get_item(self, **request: Any) -> Item:
        item = self._table(request).get(_key(request["Key"]))
        return {} if item is None else {"Item": to_item(_projected(item, request))}

    def put_item(self, **request: Any) -> Item:
        if not self._holds(request, _key(request["Item"])):
            raise _refused("ConditionalCheckFailedException")
        self._put(request)
        return {}

    def update_item(self, **request: Any) -> Item:
        if not self._holds(request, _key(request["Key"])):
            raise _refused("ConditionalCheckFailedException")
        return {"Attributes": to_item(self._update(request))}

    def query(self, **request: Any) -> Item:
        found = [
            item
            for _, item in sorted(self._table(request).items())
            if _evaluated(request["KeyConditionExpression"], item, request)
        ]
        return {"Items": [to_item(item) for item in found]}

    def get_paginator(self, operation: str) -> SimpleNamespace:
        """Everything is one page."""
        return SimpleNamespace(paginate=lambda **request: [getattr(self, operation)(**request)])

    def transact_write_items(self, TransactItems: list[dict[str, Item]], ClientRequestToken: str) -> Item:
        writes = [(kind, request) for entry in TransactItems for kind, request in entry.items()]
        held = [self._holds(request, _key(request.get("Key") or request["Item"])) for _, request in writes]
        if not all(held):
            raise _refused("TransactionCanceledException", [None if one else "ConditionalCheckFailed" for one in held])
        for kind, request in writes:
            (self._put if kind == "Put" else self._update)(request)
        return {}

    def _table(self, request: Item) -> dict[Key, Item]:
        return self.tables.setdefault(request["TableName"], {})

    def _holds(self, request: Item, key: Key) -> bool:
        condition = request.get("ConditionExpression")
        return condition is None or bool(_evaluated(condition, self._table(request).get(key, {}), request))

    def _put(self, request: Item) -> None:
        self._table(request)[_key(request["Item"])] = from_item(request["Item"])

    def _update(self, request: Item) -> Item:
        key = _key(request["Key"])
        before = self._table(request).get(key, from_item(request["Key"]))
        sets, _, removes = request["UpdateExpression"].partition("REMOVE")
        after = dict(before)
        for one in filter(None, sets.removeprefix("SET").strip().split(", ")):
            name, _, value = one.partition("=")
            after[_name(name.strip(), request)] = _evaluated(value, before, request)
        for name in removes.split(","):
            after.pop(_name(name.strip(), request), None)
        self._table(request)[key] = after
        return after


def _evaluated(expression: str, item: Item, request: Item) -> Any:
    """Evaluate a condition or a value of DynamoDB in Python."""
    values = from_item(request.get("ExpressionAttributeValues", {}))
    words: list[str] = []
    for token in _TOKENS.findall(expression):
        if token in _WORDS:
            words.append(_WORDS[token])
        elif token in _FUNCTIONS:
            words.append(_FUNCTIONS[token])
        elif token.startswith(":"):
            words.append(f"values[{token!r}]")
        else:
            name = _name(token, request)
            is_named = len(words) >= 2 and words[-1] == "(" and words[-2] in _FUNCTIONS.values()
            words.append(repr(name) if is_named else f"item.get({name!r}, missing)")
    known = {
        "item": item,
        "values": values,
        "missing": Missing(),
        "has": lambda name: name in item,
        "lacks": lambda name: name not in item,
        "begins": lambda name, start: str(item.get(name, "")).startswith(start),
    }
    return eval(" ".join(words), {"__builtins__": {}}, known)


def _name(token: str, request: Item) -> str:
    return request.get("ExpressionAttributeNames", {}).get(token, token)


def _key(item: Item) -> Key:
    key = from_item({name: item[name] for name in ("pk", "sk") if name in item})
    return key["pk"], key.get("sk", "")


def _refused(code: str, reasons: list[str | None] | None = None) -> ClientError:
    said: Any = {"Error": {"Code": code}}
    if reasons is not None:
        said["CancellationReasons"] = [{"Code": reason or "None"} for reason in reasons]
    return ClientError(said, "Write")


def _projected(item: Item, request: dict[str, Any]) -> Item:
    expression = request.get("ProjectionExpression")
    wanted = {_name(token.strip(), request) for token in expression.split(",")} if expression else item.keys()
    return {name: value for name, value in item.items() if name in wanted}
