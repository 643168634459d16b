"""What callers of the API may rely on, a promise a line, in docs/api-surface.txt: whether the code still keeps them.

`python -m tests.api_surface` says what a caller would notice and fails; with `--write` it adds new promises that take
nothing from anybody. To break one on purpose, delete its line by hand and say so to the callers.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.openapi import Schema, resolved

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "api-surface.txt"


def surface(document: Schema) -> list[str]:
    """Every promise of an OpenAPI document: what can be asked, with what, and what comes back."""
    lines = {
        line
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for line in _of_operation(document, f"{method.upper()} {path}", operation)
    }
    return sorted(lines)


def broken(promised: list[str], kept: list[str]) -> list[str]:
    """What a caller that relies on `promised` would trip over."""
    now, before = set(kept), set(promised)
    gone = [f"gone: {line}" for line in promised if line not in now and not _only_relaxed(line, now)]
    known_operations = {line for line in before if line.count(" ") == 1}
    known_values = {_value_of(line) for line in before}
    new = [line for line in kept if line not in before and _operation_of(line) in known_operations]
    demanded = [f"newly demanded: {line}" for line in new if line.endswith(" required")]
    shapes = [line for line in new if " <" in line and " = " not in line and _value_of(line) in known_values]
    return gone + demanded + [f"newly possible in an answer: {line}" for line in shapes]


def _only_relaxed(line: str, now: set[str]) -> bool:
    """What was demanded may become a choice."""
    return line.endswith(" required") and line.removesuffix("required") + "optional" in now


def _operation_of(line: str) -> str:
    return " ".join(line.split(" ")[:2])


def _value_of(line: str) -> str:
    """Which value a line speaks of: the line without its kind and whether it is always there."""
    return line.rsplit(" ", 2)[0]


def _of_operation(document: Schema, name: str, operation: Schema) -> Iterator[str]:
    yield name
    for parameter in operation.get("parameters", []):
        need = "required" if parameter.get("required") else "optional"
        yield from _of_value(document, f"{name} ?{parameter['name']}", parameter["schema"], need)
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    if body:
        yield from _of_value(document, f"{name} >", body, "required")
    for status, answer in operation["responses"].items():
        schema = answer.get("content", {}).get("application/json", {}).get("schema", {})
        if status >= "400":
            model = schema["$ref"].rsplit("/", 1)[-1]
            yield f"{name} <{status} {model} always"
            yield from _of_value(document, f"Refusals {model} <", schema, "always")
        else:
            yield from _of_value(document, f"{name} <{status}", schema, "always")


def _of_value(document: Schema, name: str, schema: Schema, need: str) -> Iterator[str]:
    """One value and what is in it."""
    for one in _alternatives(document, schema):
        kind = one.get("type", "anything")
        yield f"{name} {kind} {need}"
        for choice in [one["const"]] if "const" in one else one.get("enum", []):
            yield f"{name} = {json.dumps(choice)} {'possible' if '<' in name else 'accepted'}"
        inner = "always" if "<" in name else "required"
        rare = "rarely" if "<" in name else "optional"
        for field, value in one.get("properties", {}).items():
            found = inner if field in one.get("required", []) else rare
            yield from _of_value(document, f"{name} .{field}", value, found)
        if "items" in one:
            yield from _of_value(document, f"{name} []", one["items"], inner)


def _alternatives(document: Schema, schema: Schema) -> list[Schema]:
    """The schemas that `schema` may mean, references followed."""
    if "$ref" in schema:
        return _alternatives(document, resolved(document, schema["$ref"]))
    several: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or []
    return [found for one in several for found in _alternatives(document, one)] or [schema]


def main() -> None:
    sys.path[:0] = [str(ROOT / "layers/dropcast/python"), str(ROOT / "functions/http/api")]
    from description import document  # the way the function itself is loaded
    from handler import app

    kept = surface(document(app))
    promised = FILE.read_text().splitlines() if FILE.exists() else []
    found = broken(promised, kept)
    if found:
        print(*found, "A caller would notice. See tests/api_surface.py.", sep="\n", file=sys.stderr)
        sys.exit(1)
    if "--write" in sys.argv:
        FILE.write_text("\n".join(kept) + "\n")
    elif kept != promised:
        print("docs/api-surface.txt lacks what the API has come to promise: make format", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
