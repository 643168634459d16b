"""The DynamoDB tables, and the operations on their items as plain Python values.

An expression names the attribute `status` as `#status`, or as `status` if DynamoDB does not reserve the word. It names
a value as `:status`, and the key of this value in `values` is "status". `values` and `names` may contain more names
than the expressions use.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dropcast.aws import clients, dynamo
from dropcast.aws.dynamo import PATIENCE_S, Item, from_item, to_item
from dropcast.settings import settings

Values = Mapping[str, Any]
"""The values in an expression, by name. None values are left out."""
Names = Mapping[str, str]
"""The attributes that an expression names differently. The key is the name in the expression."""

NEW = "attribute_not_exists(pk)"
"""The condition that the item does not exist yet."""
EXISTING = "attribute_exists(pk)"
"""The condition that the item exists."""


@dataclass(frozen=True)
class Query:
    """A query of a table, or of its `index`.

    DynamoDB reads the items that meet `condition`, and returns those of them that also meet `where`. `only`: the
    attributes to return.
    """

    condition: str
    values: Values
    index: str | None = None
    where: str | None = None
    only: str | None = None
    consistent: bool = False
    descending: bool = False


@dataclass(frozen=True)
class Table:
    """One table. Writes are retried as described in dropcast.aws.dynamo.

    ContendedError: AWS refused a write for too long.
    """

    name_of: Callable[[], str]

    def get(self, key: Item, *, only: str | None = None, consistent: bool = True) -> Item | None:
        """The item at `key`, or None. `only`: the attributes to return."""
        request = self._at(key) | {"ConsistentRead": consistent, "ProjectionExpression": only}
        answer = clients.client("dynamodb").get_item(**_request(request, None, None))
        return from_item(answer["Item"]) if "Item" in answer else None

    def get_many(self, keys: list[Item]) -> list[Item]:
        """The items that exist at `keys` (at most 100), read consistently, in no order."""
        return dynamo.read_many(self.name_of(), keys)

    def page(
        self, query: Query, limit: int | None = None, *, after: Item | None = None
    ) -> tuple[list[Item], Item | None]:
        """One page, and the key after which the next page begins. The key is None on the last page.

        DynamoDB reads at most `limit` items, after the item with the key `after`.
        """
        wanted: Item = {
            "KeyConditionExpression": query.condition,
            "FilterExpression": query.where,
            "ProjectionExpression": query.only,
            "IndexName": query.index,
            "Limit": limit,
            "ConsistentRead": query.consistent or None,
            "ScanIndexForward": False if query.descending else None,
            "ExclusiveStartKey": to_item(after) if after else None,
        }
        request = _request({"TableName": self.name_of(), **wanted}, query.values, None)
        answer = clients.client("dynamodb").query(**request)
        last = answer.get("LastEvaluatedKey")
        return [from_item(item) for item in answer["Items"]], from_item(last) if last else None

    def index_page(self, index: str, limit: int, *, after: Item | None = None) -> tuple[list[Item], Item | None]:
        """One page of the whole index, in the form that `page` returns.

        Items with the same partition key follow each other.
        """
        request = {"TableName": self.name_of(), "IndexName": index, "Limit": limit}
        start = {"ExclusiveStartKey": to_item(after)} if after else {}
        answer = clients.client("dynamodb").scan(**request, **start)
        last = answer.get("LastEvaluatedKey")
        return [from_item(item) for item in answer["Items"]], from_item(last) if last else None

    def pages(self, query: Query, size: int | None = None) -> Iterator[list[Item]]:
        """Every page of `query`. Each page is read when the caller reaches it."""
        items, last = self.page(query, size)
        yield items
        while last:
            items, last = self.page(query, size, after=last)
            yield items

    def items(self, query: Query) -> Iterator[Item]:
        """Every item of `query`. Each page is read when the caller reaches it."""
        for page in self.pages(query):
            yield from page

    def put(self, item: Item, *, patience_s: float = PATIENCE_S) -> None:
        """Store `item` and replace an item with the same key."""
        dynamo.write("put_item", patience_s=patience_s, TableName=self.name_of(), Item=to_item(item))

    def put_if(self, item: Item, condition: str, values: Values | None = None) -> bool:
        """Store `item`. Returns False and stores nothing if the present item at this key does not meet `condition`."""
        return dynamo.write_if("put_item", **self.put_entry(item, condition, values)["Put"]) is not None

    def replace_if(self, item: Item, condition: str, values: Values | None = None) -> Item | None:
        """Like `put_if`. Returns the replaced item ({} if there was none), or None if the condition failed.

        If DynamoDB's answer to this write was lost, the result is also {}.
        """
        request = self.put_entry(item, condition, values)["Put"]
        answer = dynamo.write_if("put_item", **request, ReturnValues="ALL_OLD")
        return None if answer is None else from_item(answer.get("Attributes", {}))

    def update(self, key: Item, update: str, values: Values, *, patience_s: float = PATIENCE_S) -> Item:
        """Make a change that can be repeated without harm. Returns the new values of the changed attributes."""
        request = self._update(key, update, None, values, None)
        answer = dynamo.write("update_item", patience_s=patience_s, **request, ReturnValues="UPDATED_NEW")
        return from_item(answer["Attributes"])

    def update_if(
        self,
        key: Item,
        update: str,
        condition: str | None = None,
        values: Values | None = None,
        names: Names | None = None,
        *,
        patience_s: float = PATIENCE_S,
    ) -> bool:
        """Change the item at `key` once; False if it does not meet `condition`."""
        request = self._update(key, update, condition, values, names)
        return dynamo.write_if("update_item", patience_s=patience_s, **request) is not None

    def update_and_get(
        self, key: Item, update: str, condition: str | None = None, values: Values | None = None
    ) -> Item | None:
        """Like `update_if`. Returns the changed item, or None if the condition failed."""
        request = self._update(key, update, condition, values, None)
        answer = dynamo.write_if("update_item", **request, ReturnValues="ALL_NEW")
        return from_item(answer["Attributes"]) if answer else None

    def get_and_update(
        self, key: Item, update: str, condition: str, values: Values, names: Names | None = None
    ) -> Item | None:
        """Like `update_if`. Returns the item before the change, or None if the condition failed.

        If DynamoDB's answer to this write was lost, the result is {}.
        """
        request = self._update(key, update, condition, values, names)
        answer = dynamo.write_if("update_item", **request, ReturnValues="ALL_OLD")
        return None if answer is None else from_item(answer.get("Attributes", {}))

    def mark_if(self, key: Item, update: str, condition: str, values: Values) -> bool:
        """Like `update_if`, for a function that has no permission to read the item.

        Repeating the change must do no harm.
        """
        return dynamo.mark_if(**self._update(key, update, condition, values, None))

    def delete(self, key: Item, condition: str | None = None, values: Values | None = None) -> None:
        """Delete the item at `key`. If the item is gone or does not meet `condition`, nothing happens."""
        dynamo.delete(**_request(self._at(key) | {"ConditionExpression": condition}, values, None))

    def put_entry(self, item: Item, condition: str | None = None, values: Values | None = None) -> Item:
        """An entry of a transaction that stores `item`, like `put` or `put_if`."""
        request = {"TableName": self.name_of(), "Item": to_item(item), "ConditionExpression": condition}
        return {"Put": _request(request, values, None)}

    def update_entry(
        self,
        key: Item,
        update: str,
        condition: str | None = None,
        values: Values | None = None,
        names: Names | None = None,
    ) -> Item:
        """An entry of a transaction that changes the item at `key`, like `update_if`."""
        return {"Update": self._update(key, update, condition, values, names)}

    def delete_entry(self, key: Item, condition: str | None = None, values: Values | None = None) -> Item:
        """An entry of a transaction that deletes an item. The transaction fails if the item does not meet
        `condition`.
        """
        return {"Delete": _request(self._at(key) | {"ConditionExpression": condition}, values, None)}

    def check_entry(self, key: Item, condition: str, values: Values) -> Item:
        """An entry of a transaction that changes nothing.

        The transaction fails if the item at `key` does not meet `condition`.
        """
        return {"ConditionCheck": _request(self._at(key) | {"ConditionExpression": condition}, values, None)}

    def _at(self, key: Item) -> Item:
        return {"TableName": self.name_of(), "Key": to_item(key)}

    def _update(
        self, key: Item, update: str, condition: str | None, values: Values | None, names: Names | None
    ) -> Item:
        request = self._at(key) | {"UpdateExpression": update, "ConditionExpression": condition}
        return _request(request, values, names)


def set_expression(changes: Values) -> str:
    """The update expression that sets the attributes in `changes` and removes those with the value None."""
    sets = ", ".join(f"#{name} = :{name}" for name, value in changes.items() if value is not None)
    removes = ", ".join(f"#{name}" for name, value in changes.items() if value is None)
    return " ".join(filter(None, (sets and f"SET {sets}", removes and f"REMOVE {removes}")))


def _request(request: Item, values: Values | None, names: Names | None) -> Item:
    """`request` without its None values, and with the names and values that its expressions use."""
    text = " ".join(str(part) for name, part in request.items() if part and name.endswith("Expression"))
    used_names = {f"#{name}": (names or {}).get(name, name) for name in re.findall(r"#(\w+)", text)}
    used_values = to_item({f":{name}": (values or {})[name] for name in re.findall(r":(\w+)", text)})
    request |= {"ExpressionAttributeNames": used_names or None, "ExpressionAttributeValues": used_values or None}
    return {name: part for name, part in request.items() if part is not None}


ACCOUNTS = Table(lambda: settings().accounts_table)
BUDGETS = Table(lambda: settings().budgets_table)
CONNECTIONS = Table(lambda: settings().connections_table)
CONSOLE = Table(lambda: settings().console_table)
HOOKS = Table(lambda: settings().hooks_table)
KEYS = Table(lambda: settings().keys_table)
OUTBOX = Table(lambda: settings().outbox_table)
PUBLISHES = Table(lambda: settings().publishes_table)
TRENDS = Table(lambda: settings().trends_table)
