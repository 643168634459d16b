"""Creates requests from an OpenAPI document: for each operation the smallest request that its schema accepts."""

from dataclasses import dataclass
from typing import Any

Schema = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """One operation with a valid request for it.

    `route` is the documented method and path. `filters` are the optional query parameters.
    """

    method: str
    route: str
    path: str
    query: dict[str, str]
    body: Any
    filters: tuple[str, ...] = ()

    @property
    def reads_only(self) -> bool:
        """Whether the operation is a GET, or another read whose input is too long for a query string."""
        return self.method == "GET" or self.route.endswith("/query")


def operations(document: Schema) -> list[Operation]:
    """Every operation of `document`."""
    return [
        _operation(document, method.upper(), path, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]


def _operation(document: Schema, method: str, path: str, operation: Schema) -> Operation:
    needed = [one for one in operation.get("parameters", []) if one.get("required")]
    values = {(one["in"], one["name"]): str(smallest(document, one["schema"])) for one in needed}
    filled = path
    for (place, name), value in values.items():
        filled = filled.replace(f"{{{name}}}", value) if place == "path" else filled
    query = {name: value for (place, name), value in values.items() if place == "query"}
    content = operation.get("requestBody", {}).get("content", {})
    body = smallest(document, content["application/json"]["schema"]) if content else None
    parameters = operation.get("parameters", [])
    filters = tuple(one["name"] for one in parameters if one["in"] == "query" and not one.get("required"))
    return Operation(method, f"{method} {path}", filled, query, body, filters)


def smallest(document: Schema, schema: Schema) -> Any:
    """A value that `schema` accepts: its example, otherwise only the required parts."""
    if "$ref" in schema:
        return smallest(document, resolved(document, schema["$ref"]))
    if examples := schema.get("examples"):
        return examples[0]
    if fixed := [schema["const"]] if "const" in schema else schema.get("enum"):
        return fixed[0]
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        return smallest(document, several[0])
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            return {name: smallest(document, fields[name]) for name in schema.get("required", [])}
        case "array":
            return [smallest(document, schema["items"]) for _ in range(schema.get("minItems", 0))]
        case "integer" | "number":
            return schema.get("minimum", 0)
        case "boolean":
            return False
        case _:
            return "x" * max(1, schema.get("minLength", 1))


def resolved(document: Schema, reference: str) -> Schema:
    found = document
    for part in reference.removeprefix("#/").split("/"):
        found = found[part]
    return found
