"""Writes the page of all models from the API's OpenAPI document: each model's fields, and an example."""

import json
from typing import Any

from docsite.schema_text import cell, table, type_text

_INTRODUCTION = """\
# Models

The build of these pages writes this page from the OpenAPI document: the bodies, answers and events of
[all routes](routes.md), in alphabetical order.
"""


def models_page(document: dict[str, Any]) -> str:
    """The Markdown text of the page."""
    models = sorted(document["components"]["schemas"].items())
    return "\n".join([_INTRODUCTION, *(_model(name, schema) for name, schema in models)])


def _model(name: str, schema: dict[str, Any]) -> str:
    fields = schema.get("properties", {})
    required = schema.get("required", [])
    rows = [
        (f"`{field}`", type_text(one), "yes" if field in required else "no", cell(one.get("description", "")))
        for field, one in fields.items()
    ]
    shown = table(("field", "type", "required", "meaning"), rows) if rows else f"Type: {type_text(schema)}."
    example = [
        f"```json\n{json.dumps(one, indent=2, ensure_ascii=False)}\n```" for one in schema.get("examples", [])[:1]
    ]
    return "\n\n".join([f"## {name}", schema["description"], shown, *example]) + "\n"
