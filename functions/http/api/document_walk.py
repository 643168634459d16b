"""Iterates over an OpenAPI document: its operations and all schemas, including nested ones."""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_SEVERAL = ("anyOf", "oneOf", "allOf")


def operations(document: Schema) -> Iterator[tuple[str, str, Schema]]:
    """The method in capitals, the path and the description of each operation."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def components(document: Schema) -> dict[str, Schema]:
    """The named schemas."""
    return document["components"]["schemas"]


def schemas(document: Schema) -> Iterator[Schema]:
    """Every schema of the components and parameters, including nested ones."""
    for schema in components(document).values():
        yield from within(schema)
    for _, _, operation in operations(document):
        for parameter in operation.get("parameters", []):
            yield from within(parameter["schema"])


def within(schema: Schema) -> Iterator[Schema]:
    """`schema` and every schema in it, without following references."""
    yield schema
    for part in parts(schema):
        yield from within(part)


def parts(schema: Schema) -> list[Schema]:
    """The schemas directly in `schema`: the schemas of its fields, its items and its alternatives."""
    inner = [*schema.get("properties", {}).values(), *(one for key in _SEVERAL for one in schema.get(key, []))]
    return inner + [one for key in ("items", "additionalProperties") if isinstance(one := schema.get(key), dict)]


def asked_of(document: Schema, method: str) -> set[str]:
    """The names of the components that occur at any depth in the request bodies of `method`."""
    bodies = [one["requestBody"] for verb, _, one in operations(document) if verb == method and "requestBody" in one]
    waiting = [content["schema"] for body in bodies for content in body["content"].values()]
    found: set[str] = set()
    while waiting:
        for part in within(waiting.pop()):
            name = named(part)
            if name and name not in found:
                found.add(name)
                waiting.append(components(document)[name])
    return found


def named(schema: Schema) -> str:
    """The name of the component to which `schema` refers, or ""."""
    return schema.get("$ref", "").rpartition("/")[2]


def reference(name: str) -> Schema:
    """A schema that refers to a component."""
    return {"$ref": f"#/components/schemas/{name}"}
