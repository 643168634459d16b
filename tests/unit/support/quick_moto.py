"""Makes moto faster: the same answers to DynamoDB and KMS calls in a third of the time.

moto parses each request and each expression several times, copies whole tables before a transaction, and tries the
address patterns of all AWS services. tests/unit/aws/test_quick_moto.py checks that answers and tables stay the same.
"""

import base64
import copy
import json
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import moto.kms.models
import moto.sqs.models
import pytest
from moto import backend_index
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core import responses as core_responses
from moto.core.base_backend import AccountSpecificBackend
from moto.core.botocore_stubber import BotocoreStubber
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.core.responses import ActionResult
from moto.core.serialize import AttributePicker, AttributePickerContext
from moto.dynamodb import comparisons, responses
from moto.dynamodb import models as dynamodb_models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing import validators
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Expression, Node, UpdateExpressionFunction
from moto.dynamodb.parsing.expressions import UpdateExpressionParser

from tests.unit.support.quick_backends import regions, underscores
from tests.unit.support.quick_kms import QUICK_KMS, seal_or_open

Answer = tuple[int, dict[str, str], Any]

_QUICK = {
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
}
_SERVICES = {
    *("dynamodb", "events", "kms", "logs", "s3", "scheduler", "secretsmanager", "sqs", "ssm", "stepfunctions", "sts"),
}
_TAGS = {"S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"}

_INNER = (Expression, UpdateExpressionFunction)

_process_request = BotocoreStubber.process_request
_transact = DynamoDBBackend.transact_write_items
_make_update = UpdateExpressionParser.make.__func__  # type: ignore[attr-defined]
_pick = AttributePicker.__call__


_replaced = pytest.MonkeyPatch()


@contextmanager
def quick_moto() -> Iterator[None]:
    _replace()
    try:
        yield
    finally:
        _replaced.undo()


@contextmanager
def moto_itself() -> Iterator[None]:
    """The original moto inside `quick_moto`."""
    _replaced.undo()
    try:
        yield
    finally:
        _replace()


def _replace() -> None:
    put = _replaced.setattr
    put(backend_index, "backend_url_patterns", _patterns())
    put(BotocoreStubber, "process_request", _processed)
    put(DynamoDBBackend, "transact_write_items", _transact_in_place)
    put(Table, "__deepcopy__", lambda table, memo: table, raising=False)
    put(UpdateExpressionParser, "make", _parsed_update)
    put(validators, "deepcopy", _copied)
    put(DepthFirstTraverser, "traverse", _traversed)
    put(Node, "find_clauses", _clauses)
    put(Item, "__init__", _item_made)
    for module in (comparisons, responses, dynamodb_models):
        put(module, "create_condition_expression_parser", _condition_parser)
    put(AttributePicker, "__call__", _picked)
    put(core_responses, "method_names_from_class", lru_cache(core_responses.method_names_from_class))
    for module in (core_responses, moto.sqs.models):
        put(module, "camelcase_to_underscores", underscores)
    put(AccountSpecificBackend, "_generate_regions", regions)
    # moto generates RSA keys for every new KMS key, even for symmetric ones.
    put(moto.kms.models, "generate_private_key", lru_cache(moto.kms.models.generate_private_key))


def _patterns() -> list[Any]:
    return [(service, pattern) for service, pattern in backend_index.backend_url_patterns if service in _SERVICES]


def _processed(stubber: BotocoreStubber, request: Any) -> Any:
    target = request.headers.get("X-Amz-Target") or ""
    api, _, action = (target.decode() if isinstance(target, bytes) else target).partition(".")
    if api.startswith("DynamoDB_") and action in _QUICK:
        return _answer(action, request)
    if api == "TrentService" and action in QUICK_KMS:
        try:
            return seal_or_open(action, request)
        except (JsonRESTError, ServiceException):
            return _process_request(stubber, request)  # moto creates the text of its refusal
    return _process_request(stubber, request)


def _answer(action: str, request: Any) -> Answer:
    """The answer of DynamoHandler, without werkzeug's request and response and without shapes of the model."""
    handler = responses.DynamoHandler()
    handler.current_account = DEFAULT_ACCOUNT_ID
    handler.region = urlsplit(request.url).netloc.split(".")[1]
    handler.body = json.loads(request.body, object_hook=_with_bytes if b'"B' in request.body else None)
    headers = {"x-amzn-requestid": "request-of-moto", "Content-Type": "application/x-amz-json-1.0"}
    try:
        result: ActionResult = getattr(handler, underscores(action))()
    except JsonRESTError as error:
        return error.code, headers | {"X-Amzn-ErrorType": error.relative_error_type}, error.description
    return 200, headers, json.dumps(result.result, default=_base64)


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    match value:
        case {"B": str() as text} if len(value) == 1:
            return {"B": base64.b64decode(text)}
        case {"BS": [*texts]} if len(value) == 1:
            return {"BS": [base64.b64decode(text) for text in texts]}
    return value


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _transact_in_place(backend: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Keep only the written items and their order, instead of copies of each table."""
    kept = [found for entry in transact_items if (found := _kept(backend, entry))]
    try:
        _transact(backend, transact_items)
    except Exception:
        for items, _, order, _ in kept:
            items.clear()
            items.update(order)
        for items, key, _, item in kept:
            if item is not None:
                items[key] = item
        raise


def _kept(backend: DynamoDBBackend, entry: dict[str, Any]) -> tuple[dict[Any, Any], Any, dict[Any, Any], Any] | None:
    """The items beside the item that `entry` writes, its key, all current items, and that item."""
    request = next(iter(entry.values()))
    table, key = backend.tables.get(request["TableName"]), request.get("Key") or request.get("Item")
    if table is None or table.hash_key_attr not in key:
        return None
    partition, sort = backend.get_keys_value(table, key)
    items: Any = table.items if sort is None else table.items[partition]
    own = partition if sort is None else sort
    return items, own, dict(items), copy.deepcopy(items.get(own))


@lru_cache(1000)
def _parsed_update(expression: str) -> Any:
    """The parsed update. Callers only read it, or copy it first."""
    parsed = _make_update(UpdateExpressionParser, expression)
    parsed.words = expression
    return parsed


def _copied(value: Any) -> Any:
    return _thaw(value) if isinstance(value, Node) else copy.deepcopy(value)


def _thaw(node: Any) -> Any:
    return pickle.loads(_frozen(node))


@lru_cache(1000)
def _frozen(node: Any) -> bytes:
    return pickle.dumps(node, pickle.HIGHEST_PROTOCOL)


def _traversed(traverser: Any, root: Any) -> Any:
    """Like moto's own function, which collects the kinds of nodes again at each node.

    A function that reads only the text of an expression runs once for equal texts.
    """
    looked = (type(traverser), root.words, repr(getattr(traverser, "expression_attribute_names", None)))
    if looked in _passed:
        return root
    kinds = traverser.nodes_to_be_processed()
    is_prepared = type(traverser).pre_processing_of_child is not DepthFirstTraverser.pre_processing_of_child

    def visit(node: Any, place: int) -> Any:
        is_node, is_processed = _judged(type(node), kinds)
        if not is_node:
            return node
        parent = node.parent
        for number, child in enumerate(node.children or ()):
            if is_prepared:
                traverser.pre_processing_of_child(node, number)
            visit(child, number)
        if is_processed:
            node = traverser.process(node)
            node.parent = parent
            if parent:
                parent.children[place] = node
        return node

    done = visit(root, -1)
    if isinstance(traverser, _OF_WORDS_ALONE):
        _passed.add(looked)
    return done


_passed: set[tuple[type, str, str]] = set()
_OF_WORDS_ALONE = (validators.ActionCountValidator, validators.OverlappingPathsValidator)


@lru_cache(1000)
def _judged(kind: type, kinds: tuple[type, ...]) -> tuple[bool, bool]:
    return issubclass(kind, Node), issubclass(kind, kinds)


def _clauses(root: Any, kinds: list[type]) -> list[Any]:
    """Like moto's own function, without a list for each node."""
    found: list[Any] = []

    def visit(node: Any) -> None:
        for child in node.children or ():
            if type(child) in kinds:
                found.append(child)
            elif _judged(type(child), _INNER)[1]:
                visit(child)

    visit(root)
    return found


def _item_made(item: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """Measure an item once. moto measures all attributes again for each added attribute."""
    item.hash_key, item.range_key, item.attrs = hash_key, range_key, LimitedSizeDict()
    *others, last = attrs or [None]
    for name in others:
        dict.__setitem__(item.attrs, name, DynamoType(attrs[name]))
    if last is not None:
        item.attrs[last] = DynamoType(attrs[last])


class _Parsed(comparisons.ConditionExpressionParser):
    """Parse the same expression with the same values only once for consecutive calls."""

    def parse(self) -> Any:
        if not self.condition_expression:
            return super().parse()
        key = (self.condition_expression, repr(self.expression_attribute_names), repr(self.expression_attribute_values))
        if key not in _conditions:
            if len(_conditions) > 200:
                _conditions.clear()
            operation = super().parse()
            _conditions[key] = operation, self.expr_attr_names_found, self.expr_attr_values_found
        operation, names, values = _conditions[key]
        self.expr_attr_names_found, self.expr_attr_values_found = list(names), list(values)
        return operation


_conditions: dict[tuple[str, str, str], tuple[Any, list[str], list[str]]] = {}


def _condition_parser(expression: Any, names: Any, values: Any) -> comparisons.ConditionExpressionParser:
    return _Parsed(expression, names, values)


def _picked(picker: AttributePicker, context: AttributePickerContext) -> Any:
    """Read each tag directly: for each tag of each DynamoDB value, moto would try every spelling of its name."""
    if context.key in _TAGS and isinstance(context.obj, dict):
        return context.obj.get(context.key)
    return _pick(picker, context)
