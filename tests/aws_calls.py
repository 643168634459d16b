"""Reads the code's AWS calls from its syntax.

A call is found by its client: `clients.client("s3").head_object(...)`, a function that returns a client, a local name
of a client, a paginator, or a presigned URL. The writes of dropcast.aws.dynamo name their operation in a string. A
client that is used in any other form is an error, so that no call is missed.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from botocore import xform_name
from botocore.session import get_session

ROOT = Path(__file__).parent.parent
PLACES = ("layers/dropcast/python/dropcast", "functions", "cli")

_NAMED_BY_TEXT = {"get_paginator", "get_waiter", "generate_presigned_url"}
_WRITES = {"write", "write_if"}
# Every call needs one of these names. Parsing the other modules would take a second.
_NAMES_A_CALL = re.compile(r"\b(clients|dynamo)\b")


@dataclass(frozen=True, order=True)
class Call:
    """An operation with the name in the service's model: Call("dynamodb", "PutItem")."""

    service: str
    operation: str


def calls() -> set[Call]:
    """Every call that the layer, the functions and the command make. ValueError: a client is used in another form."""
    files = [file for place in PLACES for file in sorted((ROOT / place).rglob("*.py"))]
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in files}
    return set().union(*(calls_in(text, name) for name, text in texts.items() if _NAMES_A_CALL.search(text)))


def calls_in(source: str, name: str) -> set[Call]:
    """The calls in the text of one module; `name` is for the error."""
    return set(_Module(ast.parse(source), name).calls())


class _Module:
    """One module: its functions that return a client, and all places where a client is used."""

    def __init__(self, tree: ast.Module, name: str) -> None:
        self.name = name
        self.is_dynamo = name.endswith("dropcast/aws/dynamo.py")
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        self.nodes = list(ast.walk(tree))
        self.makers: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Return) and node.value and (service := _made(node.value)):
                maker = self._function_of(node).name
                if not maker.startswith("_"):
                    raise self._unclear(node)  # other modules could use its return value
                self.makers[maker] = service

    def calls(self) -> Iterator[Call]:
        for node in self.nodes:
            if not isinstance(node, ast.Call):
                continue
            if _is_write_of_dynamo(node):
                yield self._of_text("dynamodb", node)
            service = _made(node) or self._from_maker(node)
            if service is not None:
                yield from self._used(node, service)
            elif _is_client(node) and not isinstance(self.parents[node], ast.Expr):
                raise self._unclear(node)

    def _used(self, client: ast.expr, service: str) -> Iterator[Call]:
        """The operation that is called on the client at this place."""
        match self.parents[client]:
            case ast.Return() | ast.Expr():
                return
            case ast.Assign(targets=[ast.Name(id=local)]):
                for node in ast.walk(self._function_of(client)):
                    if isinstance(node, ast.Name) and node.id == local and isinstance(node.ctx, ast.Load):
                        yield from self._used(node, service)
            case ast.Attribute(attr=method) as attribute:
                yield self._of_method(service, method, self.parents[attribute])
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Name()]) if self.is_dynamo:
                return  # write or write_if names the operation at the place of its call
            case _:
                raise self._unclear(client)

    def _of_method(self, service: str, method: str, call: ast.AST) -> Call:
        if method in _NAMED_BY_TEXT:
            return self._of_text(service, call)
        if isinstance(call, ast.Call):
            return _call(service, method)
        raise self._unclear(call)

    def _of_text(self, service: str, call: ast.AST) -> Call:
        match call:
            case ast.Call(args=[ast.Constant(value=str(text)), *_]):
                return _call(service, text)
            case _:
                raise self._unclear(call)

    def _from_maker(self, node: ast.Call) -> str | None:
        return self.makers.get(node.func.id) if isinstance(node.func, ast.Name) else None

    def _function_of(self, node: ast.AST) -> ast.FunctionDef:
        while not isinstance(node, ast.FunctionDef):
            node = self.parents[node]
        return node

    def _unclear(self, node: ast.AST) -> ValueError:
        return ValueError(f"{self.name}:{getattr(node, 'lineno', '?')} uses a client of AWS in an unknown way")


def _made(node: ast.expr) -> str | None:
    """The service in `clients.client("s3")`."""
    match node:
        case ast.Call(args=[ast.Constant(value=str(service)), *_]) if _is_client(node):
            return service
        case _:
            return None


def _is_client(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="clients"), attr="client")):
            return True
        case _:
            return False


def _is_write_of_dynamo(node: ast.Call) -> bool:
    """Whether it is `dynamo.write_if("put_item", ...)` or `dynamo.write(...)`."""
    match node.func:
        case ast.Attribute(value=ast.Name(id="dynamo"), attr=attr):
            return attr in _WRITES
        case _:
            return False


def _call(service: str, method: str) -> Call:
    return Call(service, _operations(service)[method])


@lru_cache
def _operations(service: str) -> dict[str, str]:
    """The operations of a service by the names of a client's methods."""
    return {xform_name(name): name for name in get_session().get_service_model(service).operation_names}
