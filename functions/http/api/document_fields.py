"""The fields of the document's schemas: times, error codes, and no defaults for generated clients to send."""

import json
import re

from dropcast.errors.problem import CATALOGUE

from .document_walk import Schema, asked_of, components, schemas

_TIME = re.compile(r"(?:^|_)(?:at|until|since)$|^not_before$")


def tidy_fields(document: Schema) -> None:
    """Give times their format, codes their enum, and take away what says nothing or would be sent back to us."""
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
    """A code is one of the catalogue; a program leaves room for those that a later release adds."""
    for schema in schemas(document):
        field = schema.get("properties", {}).get("code", {})
        if field.get("type") == "string" and "message" in schema["properties"]:
            del field["type"]
            field["anyOf"] = [{"type": "string", "enum": list(CATALOGUE)}, {"type": "string"}]
            field.setdefault("description", "What went wrong; new codes may come.")


def _drop_defaults(document: Schema) -> None:
    """A generated client sends every default that it knows; what an unsent field means stands in its words.

    A body of PATCH or PUT has no defaults at all: there, what is not sent stays or is not set.
    """
    made = asked_of(document, "POST") - asked_of(document, "PATCH") - asked_of(document, "PUT")
    for name, component in components(document).items():
        for field in component.get("properties", {}).values():
            default = field.pop("default", None)
            if default is not None and name in made and "const" not in field:
                words = f"{field.get('description', '')} Left out: `{json.dumps(default)}`."
                field["description"] = words.strip()


def _drop_titles(document: Schema) -> None:
    """Only a component has a title, which is its name."""
    for schema in schemas(document):
        if isinstance(schema.get("title"), str):
            del schema["title"]
    for name, component in components(document).items():
        component["title"] = name
