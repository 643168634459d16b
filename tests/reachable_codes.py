"""Finds the error codes that a function can reach by reading the code: its own codes, and those of all functions that
it names.

The result is an upper bound: it includes codes that are stored with a publish, or that code handles on the way.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from dropcast.errors.problem import CATALOGUE
from dropcast.errors.tiktok import TIKTOK

ROOT = Path(__file__).parent.parent
_ROOMS = {"dropcast": ROOT / "layers/dropcast/python/dropcast", "functions.http.api": ROOT / "functions/http/api"}

# These modules contain the texts of all codes.
_WORDS = ("dropcast.errors.",)
# The codes of these functions are not answers. They are reported in a 200, stored with a publish, logged, or replaced.
_KEPT = {
    ("dropcast.accounts.abilities", "abilities"),
    ("dropcast.accounts.business.disconnect_business", "_revoke"),
    ("dropcast.accounts.creator", "recheck_creator"),
    ("dropcast.accounts.disconnect", "_revoke"),
    ("dropcast.idempotency", "release_refused"),
    ("dropcast.publishing.execution.launch", "launch"),
    ("dropcast.publishing.execution.launch", "cancel_launch"),
    ("dropcast.publishing.model.fit_row_size", "_MINOR"),
    ("dropcast.publishing.outcome.recheck", "recheck_now"),
    ("dropcast.publishing.model.problem_fields", "fields_of"),
    ("dropcast.publishing.model.publish", "NON_ERROR_CODES"),
    ("dropcast.publishing.intake.dry_run", "dry_run"),
    ("dropcast.publishing.intake.dry_run", "dry_run_with_creator"),
    ("dropcast.publishing.actions.resolve", "_RESOLVED_CODES"),
    ("dropcast.publishing.actions.resolve", "_end_as_stated"),
    ("dropcast.publishing.outcome.settle", "end_publish"),
}
_EXECUTES_PUBLISH = "dropcast.publishing.plans.execute_publish"
_EXECUTES_RETRY = "dropcast.publishing.plans.execute_retry"
_PLANS = "dropcast.publishing.plans.make_plan"
_KEPT_OF = {
    (("dropcast.accounts.disconnect", "disconnect"), ("dropcast.accounts.disconnect", "disconnect_business")),
    (
        (_PLANS, "plan_publish"),
        (_PLANS, "postable_account"),
    ),
    ((_EXECUTES_PUBLISH, "execute_publish"), (_EXECUTES_PUBLISH, "accept_one")),
    ((_EXECUTES_PUBLISH, "_pin_in_time"), (_EXECUTES_PUBLISH, "pin_as_planned")),
    (
        (_EXECUTES_PUBLISH, "execute_publish"),
        (_EXECUTES_PUBLISH, "time_refusal"),
    ),
    (
        (_EXECUTES_PUBLISH, "_account_or_creator_change"),
        (_EXECUTES_PUBLISH, "postable_account"),
    ),
    ((_EXECUTES_RETRY, "execute_retry"), (_EXECUTES_RETRY, "postable_account")),
    ((_EXECUTES_RETRY, "execute_retry"), (_EXECUTES_RETRY, "checked_retry")),
    (("dropcast.publishing.uploads.uploads", "_record_completion"), ("dropcast.publishing.sources.s3_object", "head")),
}
# Any TikTok code in the catalogue.
_ANY_OF_TIKTOKS = ("dropcast.tiktok.problems", "_known_problem")


@dataclass
class _Module:
    """A module's definitions by name, and the target of each imported name: a module, or a module and a name."""

    definitions: dict[str, ast.AST] = field(default_factory=dict[str, ast.AST])
    imports: dict[str, tuple[str, str | None]] = field(default_factory=dict[str, tuple[str, str | None]])


def reachable(module: str, function: str) -> set[str]:
    """The catalogue's codes that `function` of `module` can reach."""
    seen: set[tuple[str, str]] = set()
    waiting = [(module, function)]
    codes: set[str] = set()
    while waiting:
        place = waiting.pop()
        if place in seen or place in _KEPT or place[0].startswith(_WORDS):
            continue
        seen.add(place)
        own, further = _of(*place)
        codes |= TIKTOK.keys() if place == _ANY_OF_TIKTOKS else own
        waiting += [one for one in further if (place, one) not in _KEPT_OF]
    return codes


def stale_exceptions() -> list[tuple[str, str]]:
    """The exceptions above whose module or name no longer exists."""
    places = {*_KEPT, *(place for pair in _KEPT_OF for place in pair), _ANY_OF_TIKTOKS}
    known = {(module, name) for module, parsed in _modules().items() for name in (*parsed.definitions, *parsed.imports)}
    return sorted(places - known)


@cache
def _of(module: str, name: str) -> tuple[set[str], list[tuple[str, str]]]:
    """The codes that one definition names itself, and the definitions that it names."""
    known = _modules()[module]
    node = known.definitions.get(name)
    if node is None:
        target = known.imports.get(name)
        return set(), [target] if target and target[1] and target[0] in _modules() else []  # type: ignore[list-item]
    codes: set[str] = set()
    further: list[tuple[str, str]] = []
    for part in _lively(node):
        match part:
            case ast.Constant(value=str() as text) if text in CATALOGUE:
                codes.add(text)
            case ast.Attribute(value=ast.Name(id=base), attr=attribute) if base in known.imports:
                path, inner = known.imports[base]
                path = path if inner is None else f"{path}.{inner}"
                if path in _modules():
                    further.append((path, attribute))
            case ast.Attribute(attr=attribute) if attribute in _methods():
                further += _methods()[attribute]
            case ast.Name(id=other) if other in known.definitions or other in known.imports:
                further.append((module, other))
            case _:
                pass
    return codes, further


def _lively(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a definition that run. Leaves out annotations, matched patterns, and a class's methods."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "pattern") or isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST) and not (isinstance(node, ast.ClassDef) and isinstance(part, ast.FunctionDef)):
                yield from _lively(part)


@cache
def _methods() -> dict[str, list[tuple[str, str]]]:
    """The definition of each method name. Names that several classes use are left out."""
    found: dict[str, list[tuple[str, str]]] = {}
    for module, parsed in _modules().items():
        for name in parsed.definitions:
            if "." in name:
                found.setdefault(name.partition(".")[2], []).append((module, name))
    return {name: places for name, places in found.items() if len(places) == 1}


@cache
def _modules() -> dict[str, _Module]:
    return dict(_read())


def _read() -> Iterator[tuple[str, _Module]]:
    for package, folder in _ROOMS.items():
        for path in folder.rglob("*.py"):
            parts = [package, *path.relative_to(folder).with_suffix("").parts]
            yield ".".join(part for part in parts if part != "__init__"), _parsed(path, package)


def _parsed(path: Path, package: str) -> _Module:
    module = _Module()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            module.imports |= {(one.asname or one.name).partition(".")[0]: (one.name, None) for one in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [package if node.level else "", node.module]))
            module.imports |= {one.asname or one.name: (base, one.name) for one in node.names}
    for node in ast.parse(path.read_text()).body:
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                module.definitions[name] = node
                inner = node.body if isinstance(node, ast.ClassDef) else []
                methods = [one for one in inner if isinstance(one, ast.FunctionDef)]
                module.definitions |= {f"{name}.{one.name}": one for one in methods}
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                module.definitions[name] = node
            case _:
                pass
    return module
