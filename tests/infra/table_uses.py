"""Reads from the code which tables and settings each function uses. It follows every name from the handler on.

It treats every mentioned name as a call. So it may find uses that never happen, but it misses none.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from local.synth import ROOT

_LIBRARY = ROOT / "layers" / "dropcast" / "python"
_FUNCTIONS = ROOT / "functions"
PLACES = sorted(str(file.parent.relative_to(_FUNCTIONS)) for file in _FUNCTIONS.rglob("handler.py"))
"""The place of each function."""

# The methods of a Table of dropcast.aws.tables, and the DynamoDB actions that they need.
_BY_METHOD = {
    "check_entry": "ConditionCheckItem",
    "delete": "DeleteItem",
    "delete_entry": "DeleteItem",
    "get": "GetItem",
    "get_and_update": "UpdateItem",
    "get_many": "BatchGetItem",
    "index_page": "Scan",
    "items": "Query",
    "mark_if": "UpdateItem",
    "page": "Query",
    "pages": "Query",
    "put": "PutItem",
    "put_entry": "PutItem",
    "put_if": "PutItem",
    "replace_if": "PutItem",
    "update": "UpdateItem",
    "update_and_get": "UpdateItem",
    "update_entry": "UpdateItem",
    "update_if": "UpdateItem",
}
# Every Table.
_CONSTANTS = {
    ("dropcast.aws.tables", name)
    for name in ("ACCOUNTS", "BUDGETS", "CONNECTIONS", "CONSOLE", "HOOKS", "KEYS", "OUTBOX", "PUBLISHES", "TRENDS")
}

Node = tuple[str, str]
Use = tuple[str, str]


@dataclass
class Code:
    """What one function, class or constant of a module mentions: other definitions and settings.

    `uses`: its actions on tables. `queried`: "/index" for a query of an index, "" for another query.
    """

    mentions: set[Node] = field(default_factory=set[Node])
    settings: set[str] = field(default_factory=set[str])
    uses: set[Use] = field(default_factory=set[Use])
    queried: set[str] = field(default_factory=set[str])


def uses_of(place: str) -> set[Use]:
    """(table, action) of the function at `place` ("http/api"): ("publishes", "PutItem") and so on.

    A query of an index is a use of "publishes/index".
    """
    code, reached = _reached(place)
    return {
        (table + place, action)
        for node in reached
        for table, action in code[node].uses
        for place in _places(code, node, action)
    }


def settings_of(place: str) -> set[str]:
    """The names of the settings that the function at `place` reads."""
    code, reached = _reached(place)
    return {name for node in reached for name in code[node].settings}


def reaches(place: str, node: Node) -> bool:
    """Whether the code of the function at `place` mentions the name `node` of a module, directly or indirectly."""
    return node in _reached(place)[1]


@lru_cache
def _reached(place: str) -> tuple[dict[Node, Code], set[Node]]:
    """The function's code with the library's, and the nodes that its own code reaches."""
    read = [_read_module(file.stem, file) for file in (_FUNCTIONS / place).glob("*.py")]
    code = _library() | {node: one for module in read for node, one in module.items()}
    reached, ahead = set[Node](), {node for module in read for node in module}
    while ahead:
        node = ahead.pop()
        if node in code and node not in reached:
            reached.add(node)
            ahead |= code[node].mentions
    return code, reached


def _places(code: dict[Node, Code], node: Node, action: str) -> set[str]:
    """The places of the action: "" for the table, "/index" for an index. Only indexes are scanned."""
    if action == "Query":
        return _queried(code, node)
    return {"/index"} if action == "Scan" else {""}


def _queried(code: dict[Node, Code], node: Node) -> set[str]:
    """Whether the queries read an index. A function that receives its query counts with all queries of its module."""
    in_module = (one.queried for (module, _), one in code.items() if module == node[0])
    return code[node].queried or set[str]().union(*in_module)


@lru_cache
def _library() -> dict[Node, Code]:
    found: dict[Node, Code] = {}
    for file in (_LIBRARY / "dropcast").rglob("*.py"):
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
    """The node of each imported name; ("module", "") is a whole module, and a sibling has no package."""
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
    return Code(
        mentions=set(_mentions(statement, known)),
        settings=set(_settings(statement)),
        uses=set(_uses_of_tables(statement, known)),
        queried=set(_queries(statement)),
    )


def _mentions(statement: ast.stmt, known: dict[str, Node]) -> Iterator[Node]:
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute) if known.get(name, ("", "x"))[1] == "":
                yield known[name][0], attribute
            case ast.Name(id=name) if name in known:
                yield known[name]
            case _:
                continue


def _queries(statement: ast.stmt) -> Iterator[str]:
    """ "/index" for each query of an index, "" for each other query."""
    for node in ast.walk(statement):
        match node:
            case ast.Call(func=ast.Name(id="Query"), keywords=keywords):
                yield "/index" if "index" in [one.arg for one in keywords] else ""
            case _:
                continue


def _uses_of_tables(statement: ast.stmt, known: dict[str, Node]) -> Iterator[Use]:
    """`ACCOUNTS.get(...)` is a use of accounts. A table that is used in another form is a KeyError."""
    asked = {id(node.value): node.attr for node in ast.walk(statement) if isinstance(node, ast.Attribute)}
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and known.get(node.id) in _CONSTANTS:
            yield known[node.id][1].lower(), _BY_METHOD[asked[id(node)]]
