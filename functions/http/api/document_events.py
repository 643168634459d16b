"""The document's webhooks: each event as a request that Dropcast sends to the webhook endpoints of its users."""

from typing import Any

from dropcast.events.json_schemas import event_schemas
from dropcast.events.models import SHAPES

from .document_walk import Schema, components, reference

_WORDS = (
    "Sent to each webhook endpoint that wants it, until it answers 2xx; it may come more than once (docs/webhooks.md)."
)
_HEADERS = {
    "webhook-id": "The event's id: the same each time that the event is sent.",
    "webhook-timestamp": "When it was sent, in seconds since the epoch; part of what is signed.",
    "webhook-signature": "`v1,` and the signature of id, timestamp and body by the endpoint's secret, in base64.",
}
_ANSWERS = {
    "200": {"description": "Taken; any 2xx will do."},
    "410": {"description": "The endpoint is gone: Dropcast disables it."},
}


def tell_events(document: Schema) -> None:
    """Add the section `webhooks` and the schemas of events, which have names of their own."""
    schemas: dict[str, Schema] = event_schemas()["$defs"]
    names = {name: _component(name) for name in schemas}
    for name, schema in schemas.items():
        words = {"description": f"The event {name}; `data` tells of it."} if name in SHAPES else {}
        components(document)[names[name]] = _renamed(schema, names) | words
    document["webhooks"] = {name: {"post": _operation(name, names[name])} for name in SHAPES}


def _component(name: str) -> str:
    """publish.in_inbox is PublishInInboxEvent, and the part Publish is EventPublish."""
    if name not in SHAPES:
        return f"Event{name}"
    return "".join(word.capitalize() for word in name.replace(".", "_").split("_")) + "Event"


def _renamed(schema: Any, names: dict[str, str]) -> Any:
    if isinstance(schema, list):
        return [_renamed(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {name: _renamed(value, names) for name, value in schema.items()}
    return told | reference(names[told["$ref"].rpartition("/")[2]]) if "$ref" in told else told


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
