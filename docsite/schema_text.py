"""Words and Markdown tables for JSON schemas."""

from collections.abc import Iterable, Sequence
from typing import Any

_LIMITS = (
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table. Each text must be fit for a cell."""
    lines = [f"| {' | '.join(row)} |" for row in (head, *rows)]
    return "\n".join([lines[0], "|---" * len(head) + "|", *lines[1:]])


def cell(text: str) -> str:
    """`text` on one line, without a character that would end a cell."""
    return " ".join(text.split()).replace("|", "\\|")


def type_text(schema: dict[str, Any]) -> str:
    """The type of a schema in Markdown, with a link to the model that it names; empty if it has no type."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](models.md#{name.lower()})"
    if several := schema.get("anyOf") or schema.get("oneOf"):
        return " or ".join(dict.fromkeys(map(type_text, several)))
    if values := [schema["const"]] if "const" in schema else schema.get("enum"):
        return " or ".join(f"`{value}`" for value in values)
    if schema.get("type") == "array":
        return f"array of {type_text(schema['items'])}{_limits(schema)}"
    return f"{schema['type']}{_limits(schema)}" if "type" in schema else ""


def _limits(schema: dict[str, Any]) -> str:
    limits = [f"{name} {schema[name]:.15g}" for name in _LIMITS if name in schema]
    return f" ({', '.join(limits)})" if limits else ""
