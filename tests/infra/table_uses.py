"""The tables and settings that each function uses, read from the code: whatever a handler's names can lead to.

It takes every name that is mentioned for a call, so it finds too much rather than too little. What it does not find, no
code does.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from local.synth import ROOT

_LIBRARY = ROOT / "layers" / "dropcast" / "python"
_FUNCTIONS = ROOT / "functions"
_BY_NAME = {
    "batch_get_item": "BatchGetItem",
    "delete_item": "DeleteItem",
    "get_item": "GetItem",
    "mark_if": "UpdateItem",
    "put_item": "PutItem",
    "query": "Query",
    "read_many": "BatchGetItem",
    "update_item": "UpdateItem",
}
# Entries of a transaction, by their keys.
_BY_KEY = {
    "ConditionCheck": "ConditionCheckItem",
    "Delete": "DeleteItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
}

Node = tuple[str, str]
Use = tuple[str, str]


@dataclass
class Code:
    """What one function, class or constant of a module mentions: other nodes, tables, operations, settings."""

    mentions: set[Node] = field(default_factory=set[Node])
    tables: set[str] = field(default_factory=set[str])
    actions: set[str] = field(default_factory=set[str])
    settings: set[str] = field(default_factory=set[str])
    names_index: bool = False


def uses_of(place: str) -> set[Use]:
    """(table, action) of the function at `place` ("http/api"): ("publishes", "PutItem") and so on.

    A query of an index is a use of "publishes/index".
    """
    code, reached = _reached(place)
    return {
        (table + place, action)
        for node in reached
        for action in code[node].actions
        for table in code[node].tables or _tables_near(code, node)
        for place in (_places_of_query(code, node) if action == "Query" else ("",))
    }


def settings_of(place: str) -> set[str]:
    """The names of the settings that the function at `place` reads."""
    code, reached = _reached(place)
    return {name for node in reached for name in code[node].settings}


@lru_cache
def _reached(place: str) -> tuple[dict[Node, Code], set[Node]]:
    """The function's code with the library's, and the nodes that its own code leads to."""
    read = [_read_module(file.stem, file) for file in (_FUNCTIONS / place).glob("*.py")]
    code = _library() | {node: one for module in read for node, one in module.items()}
    reached, ahead = set[Node](), {node for module in read for node in module}
    while ahead:
        node = ahead.pop()
        if node in code and node not in reached:
            reached.add(node)
            ahead |= code[node].mentions
    return code, reached


def _places_of_query(code: dict[Node, Code], node: Node) -> tuple[str, ...]:
    """Whether a query is of an index; both where only another function of its module says so."""
    if code[node].names_index:
        return ("/index",)
    elsewhere = any(one.names_index for (module, _), one in code.items() if module == node[0])
    return ("", "/index") if elsewhere else ("",)


def _tables_near(code: dict[Node, Code], node: Node) -> set[str]:
    """The tables of a function that names none: those that its module names, else those of what it mentions."""
    module = {table for (name, _), one in code.items() if name == node[0] for table in one.tables}
    return module or {table for near in code[node].mentions if near in code for table in code[near].tables}


@lru_cache
def _library() -> dict[Node, Code]:
    files = [file for file in (_LIBRARY / "dropcast").rglob("*.py") if file.name != "dynamo.py"]
    found: dict[Node, Code] = {}
    for file in files:
        name = ".".join(file.relative_to(_LIBRARY).with_suffix("").parts).removesuffix(".__init__")
        found |= _read_module(name, file)
    return found


def _read_module(name: str, file: Path) -> dict[Node, Code]:
    tree = ast.parse(file.read_text())
    known = dict(_imports(tree))
    for statement in tree.body:
        known |= {one: (name, one) for one in _defined(statement)}
    return {
        (name, one): _read(statement, known)
        for statement in tree.body
        for one in _defined(statement) or [str(statement)]
    }


def _imports(tree: ast.Module) -> Iterator[tuple[str, Node]]:
    """The node that each imported name stands for; ("module", "") is a whole module, and a sibling has no package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if node.module is None:
                    target = (alias.name, "")
                elif (_LIBRARY / node.module.replace(".", "/") / f"{alias.name}.py").exists():
                    target = (f"{node.module}.{alias.name}", "")
                else:
                    target = (node.module, alias.name)
                yield alias.asname or alias.name, target


def _defined(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.Assign(targets=targets):
            return [target.id for target in targets if isinstance(target, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name)):
            return [name]
        case _:
            return []


def _settings(statement: ast.stmt) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("settings()", "Settings"):
            yield node.attr


def _read(statement: ast.stmt, known: dict[str, Node]) -> Code:
    code = Code(settings=set(_settings(statement)))
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if known.get(name, ("", "x"))[1] == "":
                module = known[name][0]
                code.mentions.add((module, attribute))
                if module == "dropcast.aws.dynamo" and attribute == "delete":
                    code.actions.add("DeleteItem")
            case ast.Name(id=name) if name in known:
                code.mentions.add(known[name])
            case ast.Constant(value=str(text)) if text in _BY_NAME or text in _BY_KEY:
                code.actions.add(_BY_NAME.get(text) or _BY_KEY[text])
        if isinstance(node, ast.keyword | ast.Constant) and "IndexName" in (
            vars(node).get("arg"),
            vars(node).get("value"),
        ):
            code.names_index = True
        if isinstance(node, ast.Attribute):
            if node.attr.endswith("_table"):
                code.tables.add(node.attr.removesuffix("_table"))
            if node.attr in _BY_NAME:
                code.actions.add(_BY_NAME[node.attr])
    return code
