"""JSON Schemas of every event, in docs/events/schemas.json, made from the layer's shapes.

`python -m tests.event_schemas` says what a receiver would notice and fails; with `--write` it adds what takes nothing
from anybody. To break a promise on purpose, delete its lines of the file by hand and say so to the receivers.
"""

import json
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema_rs
from pydantic.json_schema import models_json_schema

from dropcast.events.shapes import SHAPES
from tests.api_surface import broken, promises

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docs" / "events" / "schemas.json"

Schema = dict[str, Any]

_SUFFIX = "Shape"


def published() -> Schema:
    """The document: it fits every event, and `$defs` has a schema by each event's name."""
    models = list(dict.fromkeys(SHAPES.values()))
    _, made = models_json_schema([(model, "serialization") for model in models], ref_template="#/$defs/{model}")
    parts = {name.removesuffix(_SUFFIX): _open(schema) for name, schema in made["$defs"].items()}
    events = {name: _envelope(name, shape.__name__.removesuffix(_SUFFIX)) for name, shape in SHAPES.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Events of Dropcast",
        "description": "The detail of an EventBridge event, the body of a webhook. Fields may be added.",
        "oneOf": [{"$ref": f"#/$defs/{name}"} for name in events],
        "$defs": events | parts,
    }


def _envelope(name: str, data: str) -> Schema:
    sequence: Schema = {"type": "null", "description": "Of events that are about no publish."}
    if name.startswith("publish."):
        sequence = {"type": "integer", "minimum": 1, "description": "Rises with each event of the same publish."}
    properties = {
        "event_id": {"type": "string", "description": "The same each time that the event is delivered."},
        "event": {"const": name, "type": "string"},
        "at": {"type": "string", "format": "date-time", "description": "When it happened."},
        "sequence": sequence,
        "data": {"$ref": f"#/$defs/{data}"},
    }
    return {"type": "object", "title": name, "properties": properties, "required": list(properties)}


def _open(schema: Any) -> Any:
    """A schema of ours without what binds us alone: receivers let pass what a later release adds."""
    match schema:
        case {"properties": fields, **others}:
            return _open(others) | {"properties": {name: _open(value) for name, value in fields.items()}}
        case {"$ref": ref}:
            return schema | {"$ref": ref.removesuffix(_SUFFIX)}
        case dict():
            ours = {"additionalProperties", "title"}
            return {name: _open(value) for name, value in schema.items() if name not in ours}
        case list():
            return [_open(one) for one in schema]
        case _:
            return schema


def promised(document: Schema) -> list[str]:
    """What a receiver may rely on, a promise a line."""
    return sorted(line for name in document["$defs"] for line in promises(document, name))


def table(name: str) -> str:
    """The fields of one schema of `$defs` as a table in Markdown."""
    schema = published()["$defs"][name]
    rows = [f"| `{field}` | {_kind(value)} | {value['description']} |" for field, value in schema["properties"].items()]
    return "\n".join(["| field | | |", "|---|---|---|", *rows]) + "\n"


def _kind(schema: Schema) -> str:
    match schema:
        case {"enum": choices}:
            return " · ".join(f"`{choice}`" for choice in choices)
        case {"anyOf": several}:
            return " or ".join(_kind(one) for one in several)
        case {"$ref": ref}:
            return ref.rsplit("/", 1)[-1]
        case {"items": items}:
            return f"list of {_kind(items)}"
        case {"format": form}:
            return form
        case _:
            return schema["type"]


def conforming(event: Any) -> Any:
    """`event`, if it is what docs/events/schemas.json says of the events of its name; else a ValueError."""
    schema = _schemas()
    named = schema | {"$ref": f"#/$defs/{event['event']}"}
    del named["oneOf"]
    jsonschema_rs.validator_for(named, validate_formats=True).validate(event)
    return event


@lru_cache
def _schemas() -> Schema:
    return json.loads(FILE.read_text())


def main() -> None:
    kept = published()
    before = json.loads(FILE.read_text()) if FILE.exists() else {"$defs": {}}
    found = broken(promised(before), promised(kept))
    if found:
        print(*found, "A receiver would notice. See tests/event_schemas.py.", sep="\n", file=sys.stderr)
        sys.exit(1)
    if "--write" in sys.argv:
        FILE.parent.mkdir(exist_ok=True)
        FILE.write_text(json.dumps(kept, indent=1) + "\n")
    elif kept != before:
        print("docs/events/schemas.json is not what the shapes say: make format", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
