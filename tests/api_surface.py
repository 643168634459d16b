"""Checks that the API keeps its promises to callers. docs/api-surface.txt has one promise per line.

`python -m tests.api_surface` prints each change that breaks a caller, and fails. With `--write` it adds new promises
that break no caller. To break a promise on purpose, delete its line by hand and tell the callers.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.openapi import Schema, resolved

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "api-surface.txt"


def surface(document: Schema) -> list[str]:
    """Every promise of an OpenAPI document: the requests that it accepts, their fields, and the answers."""
    document = {**document, "told": set()}
    lines = {
        line
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for line in _of_operation(document, f"{method.upper()} {path}", operation)
    }
    return sorted(lines)


def promises(document: Schema, name: str) -> list[str]:
    """Every promise of one schema in a document's $defs: the fields that a receiver can rely on."""
    return list(_of_value({**document, "told": set()}, f"EVENT {name} <", {"$ref": f"#/$defs/{name}"}, "always"))


def broken(promised: list[str], kept: list[str]) -> list[str]:
    """The changes that break a caller who relies on `promised`."""
    now, before = set(kept), set(promised)
    gone = [f"gone: {line}" for line in promised if line not in now and not _only_relaxed(line, now)]
    known = {_subject_of(line) for line in before}
    known_values = {_value_of(line) for line in before}
    new = [line for line in kept if line not in before and _subject_of(line) in known]
    # An array's items are required only if the array is present.
    demands = [line for line in new if line.endswith(" required") and not _value_of(line).endswith(" []")]
    demanded = [f"newly demanded: {line}" for line in demands]
    shapes = [line for line in new if " <" in line and " = " not in line and _value_of(line) in known_values]
    return gone + demanded + [f"newly possible in an answer: {line}" for line in shapes]


def _only_relaxed(line: str, now: set[str]) -> bool:
    """Whether a required field only became optional."""
    return line.endswith(" required") and line.removesuffix("required") + "optional" in now


def _subject_of(line: str) -> str:
    """The operation or the model of a line."""
    return " ".join(line.split(" ")[:2])


def _value_of(line: str) -> str:
    """The value in a line: the line without its kind and without the mark for a value that is always present."""
    return line.rsplit(" ", 2)[0]


def _of_operation(document: Schema, name: str, operation: Schema) -> Iterator[str]:
    yield name
    for parameter in operation.get("parameters", []):
        need = "required" if parameter.get("required") else "optional"
        yield from _of_value(document, f"{name} ?{parameter['name']}", parameter["schema"], need)
    body = operation.get("requestBody", {})
    for schema in _bodies(body):
        yield from _of_value(document, f"{name} >", schema, "required" if body.get("required") else "optional")
    for status, answer in operation["responses"].items():
        for schema in _bodies(answer):
            yield from _of_value(document, f"{name} <{status}", schema, "always")


def _bodies(described: Schema) -> list[Schema]:
    return [content["schema"] for content in described.get("content", {}).values() if "schema" in content]


def _of_value(document: Schema, name: str, schema: Schema, need: str) -> Iterator[str]:
    """The promises of a value and of its content. A named schema is listed once, under its name."""
    if "$ref" in schema and "enum" in (named := resolved(document, schema["$ref"])):
        yield from _of_value(document, name, named, need)  # the allowed values, not the name of their type
        return
    if "$ref" in schema:
        model = schema["$ref"].rsplit("/", 1)[-1]
        yield f"{name} {model} {need}"
        direction = "<" if "<" in name else ">"
        yield from _of_model(document, f"{model} model {direction}", resolved(document, schema["$ref"]))
        return
    several: list[Schema] = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf") or []
    if several:
        for one in several:
            yield from _of_value(document, name, one, need)
    else:
        yield f"{name} {schema.get('type', 'anything')} {need}"
        yield from _inside(document, name, schema)


def _of_model(document: Schema, name: str, schema: Schema) -> Iterator[str]:
    seen = document.setdefault("told", set())
    if name not in seen:
        seen.add(name)
        yield from _inside(document, name, schema)


def _inside(document: Schema, name: str, schema: Schema) -> Iterator[str]:
    answered = "<" in name
    for choice in [schema["const"]] if "const" in schema else schema.get("enum", []):
        yield f"{name} = {json.dumps(choice)} {'possible' if answered else 'accepted'}"
    always, rarely = ("always", "rarely") if answered else ("required", "optional")
    for field, value in schema.get("properties", {}).items():
        need = always if field in schema.get("required", []) else rarely
        yield from _of_value(document, f"{name} .{field}", value, need)
    if "items" in schema:
        yield from _of_value(document, f"{name} []", schema["items"], always)


def main() -> None:
    sys.path[:0] = [str(ROOT / "layers/dropcast/python"), str(ROOT)]
    from functions.http.api.description import document

    kept = surface(document())
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
