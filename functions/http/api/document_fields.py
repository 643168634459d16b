"""Completes the fields of the document's schemas: time formats, error codes, and defaults as text."""

import json
import re

from dropcast.errors.problem import CATALOGUE

from .document_walk import Schema, asked_of, components, operations, schemas

_TIME = re.compile(r"(?:^|_)(?:at|until|since)$|^not_before$")


def tidy_fields(document: Schema) -> None:
    """Add the format of times and the enum of error codes.

    Remove the titles of fields. Move the defaults into the descriptions, because generated clients would send them.
    """
    _mark_times(document)
    _name_codes(document)
    _drop_defaults(document)
    _drop_titles(document)


def _mark_times(document: Schema) -> None:
    for schema in schemas(document):
        for name, field in schema.get("properties", {}).items():
            if _TIME.search(name):
                for one in field.get("anyOf", [field]):
                    if one.get("type") == "string":
                        one["format"] = "date-time"


def _name_codes(document: Schema) -> None:
    """Allow a code to be one of the catalogue's codes or any other string, because later releases may add codes."""
    for schema in schemas(document):
        field = schema.get("properties", {}).get("code", {})
        if field.get("type") == "string" and "message" in schema["properties"]:
            del field["type"]
            field["anyOf"] = [{"type": "string", "enum": list(CATALOGUE)}, {"type": "string"}]
            field.setdefault("description", "What went wrong. Later releases may add codes.")


def _drop_defaults(document: Schema) -> None:
    """Move defaults from the schemas into the descriptions: a generated client would send every default.

    The bodies of PATCH and PUT get no default in their descriptions: an absent field stays unchanged or unset.
    """
    for _, _, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            content["schema"].pop("default", None)
    made = asked_of(document, "POST") - asked_of(document, "PATCH") - asked_of(document, "PUT")
    for name, component in components(document).items():
        for field in component.get("properties", {}).values():
            default = field.pop("default", None)
            if default is not None and name in made and "const" not in field:
                field["description"] = f"{field.get('description', '')} Default: `{json.dumps(default)}`.".strip()


def _drop_titles(document: Schema) -> None:
    """Remove the titles of fields. The title of a component is its name."""
    for schema in schemas(document):
        if isinstance(schema.get("title"), str):
            del schema["title"]
    for name, component in components(document).items():
        component["title"] = name
