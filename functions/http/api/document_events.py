"""Adds the document's webhooks: each event is a request that Dropcast sends to webhook endpoints."""

from typing import Any

from dropcast.events.json_schemas import event_schemas
from dropcast.events.models import SHAPES

from .document_walk import Schema, components, reference

_WORDS = (
    "Dropcast sends the event to each endpoint that subscribes to it, and tries again if the endpoint does not answer "
    "2xx. An event may arrive more than once (docs/webhooks.md)."
)
_HEADERS = {
    "webhook-id": "The event's id, the same for every delivery of the event.",
    "webhook-timestamp": "The time of sending in epoch seconds. The signature covers it.",
    "webhook-signature": "`v1,` and the base64 signature of id, timestamp and body with the endpoint's secret.",
}
_ANSWERS = {
    "200": {"description": "Received. Any 2xx status has the same effect."},
    "410": {"description": "The endpoint no longer exists: Dropcast disables it."},
}


def add_events(document: Schema) -> None:
    """Add the section `webhooks`, and the schemas of events as separate components."""
    schemas: dict[str, Schema] = event_schemas()["$defs"]
    names = {name: _component(name) for name in schemas}
    for name, schema in schemas.items():
        words = {"description": f"The event {name}. `data` has its content."} if name in SHAPES else {}
        components(document)[names[name]] = _renamed(schema, names) | words
    document["webhooks"] = {name: {"post": _operation(name, names[name])} for name in SHAPES}


def _component(name: str) -> str:
    """The component's name. The event publish.in_inbox becomes PublishInInboxEvent. The schema Publish, which events
    contain, becomes EventPublish.
    """
    if name not in SHAPES:
        return f"Event{name}"
    return "".join(word.capitalize() for word in name.replace(".", "_").split("_")) + "Event"


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {name: _renamed(value, names) for name, value in schema.items()}
    return copy | reference(names[copy["$ref"].rpartition("/")[2]]) if "$ref" in copy else copy


def _operation(event: str, component: str) -> Schema:
    return {
        "operationId": "on_" + event.replace(".", "_"),
        "summary": f"The event {event}",
        "description": _WORDS,
        "tags": ["events"],
        "security": [],
        "parameters": [
            {"name": name, "in": "header", "required": True, "description": words, "schema": {"type": "string"}}
            for name, words in _HEADERS.items()
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": reference(component)}}},
        "responses": _ANSWERS,
    }
