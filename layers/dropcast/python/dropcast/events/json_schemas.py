"""JSON Schemas of all events, generated from the models that validate events."""

from typing import Any, cast

from pydantic.json_schema import models_json_schema

from dropcast.events.models import SHAPES

Schema = dict[str, Any]

_SUFFIX = "Shape"


def event_schemas() -> Schema:
    """The JSON Schema that validates every event. `$defs` holds one schema per event name."""
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
    sequence: Schema = {"type": "null", "description": "Null, because the event does not concern a publish."}
    if name.startswith("publish."):
        sequence = {"type": "integer", "minimum": 1, "description": "Rises with each event of the publish."}
    properties = {
        "event_id": {"type": "string", "description": "The event's id, the same in each delivery of the event."},
        "event": {"const": name, "type": "string"},
        "at": {"type": "string", "format": "date-time", "description": "When the event happened."},
        "sequence": sequence,
        "data": {"$ref": f"#/$defs/{data}"},
    }
    return {"type": "object", "title": name, "properties": properties, "required": list(properties)}


def _open(schema: Any) -> Any:
    """The schema without the rules that bind only Dropcast, so that receivers accept the fields of later releases."""
    match cast(Schema | list[Any] | str, schema):
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
