"""Adds an example to every component of the document, built from an example of each field."""

from typing import Any

from dropcast.errors.problem import problem

from .document_walk import Schema, asked_of, components, named

_NOW = "2027-01-31T18:00:00Z"
_VIDEO_ID = "7459000000000000001"
_REFUSAL = problem("account_not_found", account_id="acc_01jd3z8q9w0000000000000000")
# The example value of a field with this name, in any component.
_BY_FIELD: dict[str, Any] = {
    "account_id": "acc_01jd3z8q9w0000000000000000",
    "advertiser_ids": ["7000000000000000001"],
    "bucket": "your-media-bucket",
    "budget": "looks",
    "business_id": "bus_000example",
    "code": _REFUSAL.code,
    "comment_id": "7459000000000000002",
    "content_type": "video/mp4",
    "connect_url": "https://dropcast.example/oauth/tiktok/start?c=…",
    "connection_id": "biz_01jd3z8q9w0000000000000000",
    "country": "DE",
    "details": _REFUSAL.details,
    "doc_url": f"https://dropcast.example/errors/{_REFUSAL.code}",
    "endpoint_id": "whe_01jd3z8q9w0000000000000000",
    "event_id": "evt_01jd3z8q9w0000000000000000",
    "events": ["publish.*"],
    "filename": "video.mp4",
    "field": "account_id",
    "fix": _REFUSAL.fix,
    "key": "video.mp4",
    "key_id": "dk_01jd3z8q9w0000000000000000",
    "log_id": "20270131180000ABCDEF",
    "mended": ["size"],
    "message": _REFUSAL.message,
    "name": "backend",
    "next": None,
    "open_id": "-000example",
    "post_ids": [_VIDEO_ID],
    "publish_id": "pub_01jd3z8q9w0000000000000000",
    "request_id": "4c1f5b0e-0000-4000-8000-000000000000",
    "run_id": "run_01jd3z8q9w0000000000000000",
    "secret": "whsec_…",
    "sign_in_url": "https://dropcast.example/console/enter#…",
    "text": "Hello",
    "title": "Hello #demo",
    "tiktok_publish_id": "v_pub_url~v2.000example",
    "upload_id": "upl_01jd3z8q9w0000000000000000",
    "url": "https://hooks.example/dropcast",
    "user_id": "user-1",
    "username": "ana",
    "video_id": _VIDEO_ID,
    "video_ids": [_VIDEO_ID],
}
_BY_FORMAT = {"date-time": _NOW, "uri": "https://example.com/"}
_BY_COMPONENT: dict[str, Any] = {"GatewayAnswer": {"message": "Forbidden"}, "Next": "none"}
_NEW_KEY = "dk_01jd3z8q9w0000000000000000_…"


def add_examples(document: Schema) -> None:
    """Add an example to each component that has none. The example of a request has only the required fields."""
    asked = asked_of(document, "POST") | asked_of(document, "PATCH") | asked_of(document, "PUT")
    for name, component in components(document).items():
        if "examples" not in component:
            component["examples"] = [_BY_COMPONENT.get(name) or _example(document, component, name in asked)]
    components(document)["NewKeyView"]["examples"][0]["key"] = _NEW_KEY


def _example(document: Schema, schema: Schema, asked: bool) -> Any:
    if name := named(schema):
        component = components(document)[name]
        return component.get("examples", [None])[0] or _BY_COMPONENT.get(name) or _example(document, component, asked)
    if "const" in schema or "enum" in schema:
        return schema.get("const", schema.get("enum", [""])[0])
    if several := schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf"):
        plain = several[0] == {"type": "string"} and {"type": "null"} in several
        return None if plain else _example(document, several[0], asked)
    return _of_type(document, schema, asked)


def _of_type(document: Schema, schema: Schema, asked: bool) -> Any:
    match schema.get("type"):
        case "object":
            fields = schema.get("properties", {})
            shown = schema.get("required", []) if asked else fields
            return {name: _field(document, name, fields[name], asked) for name in shown}
        case "array":
            return [_example(document, schema["items"], asked)]
        case "integer" | "number":
            return int(schema.get("minimum", 1))
        case "boolean":
            return True
        case "null":
            return None
        case _:
            return _BY_FORMAT.get(schema.get("format", ""), "text")


def _field(document: Schema, name: str, schema: Schema, asked: bool) -> Any:
    """The example in _BY_FIELD for this field name if the example's type fits `schema`. Otherwise an example that is
    built from `schema`.
    """
    kinds = {one.get("type") for one in schema.get("anyOf", [schema])}
    given = _BY_FIELD.get(name, _BY_FIELD)
    fits = given is not _BY_FIELD and _KINDS[type(given)] in kinds
    return given if fits else _example(document, schema, asked)


_KINDS: dict[type, str] = {str: "string", list: "array", dict: "object", type(None): "null"}
